// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the library's guards need of the standard one, under the names it has there.
#pragma once
#ifdef __cplusplus
#include <stddef.h>
namespace wistd {
using size_t = ::size_t;
using nullptr_t = decltype(nullptr);
template <typename T, T V> struct integral_constant {
  static constexpr T value = V;
  typedef T value_type;
  constexpr operator T() const noexcept { return V; }
};
template <bool B> using bool_constant = integral_constant<bool, B>;
using true_type = bool_constant<true>;
using false_type = bool_constant<false>;

template <typename T> struct remove_reference { typedef T type; };
template <typename T> struct remove_reference<T &> { typedef T type; };
template <typename T> struct remove_reference<T &&> { typedef T type; };
template <typename T> using remove_reference_t = typename remove_reference<T>::type;
template <typename T> struct remove_cv { typedef T type; };
template <typename T> struct remove_cv<const T> { typedef T type; };
template <typename T> struct remove_cv<volatile T> { typedef T type; };
template <typename T> struct remove_cv<const volatile T> { typedef T type; };
template <typename T> using remove_cv_t = typename remove_cv<T>::type;
template <typename T> struct remove_extent { typedef T type; };
template <typename T> struct remove_extent<T[]> { typedef T type; };
template <typename T, size_t N> struct remove_extent<T[N]> { typedef T type; };
template <typename T> using remove_extent_t = typename remove_extent<T>::type;
template <typename T> struct remove_pointer { typedef T type; };
template <typename T> struct remove_pointer<T *> { typedef T type; };
template <typename T> using remove_pointer_t = typename remove_pointer<T>::type;
template <bool, typename T = void> struct enable_if {};
template <typename T> struct enable_if<true, T> { typedef T type; };
template <bool B, typename T = void> using enable_if_t = typename enable_if<B, T>::type;
template <typename A, typename B> struct is_same : false_type {};
template <typename A> struct is_same<A, A> : true_type {};
template <typename T> struct is_lvalue_reference : false_type {};
template <typename T> struct is_lvalue_reference<T &> : true_type {};
template <typename T> struct is_pointer : false_type {};
template <typename T> struct is_pointer<T *> : true_type {};
template <typename T> struct is_trivially_destructible : bool_constant<__is_trivially_destructible(T)> {};
template <typename T> struct is_enum : bool_constant<__is_enum(T)> {};

template <typename T> constexpr remove_reference_t<T> &&move(T &&From) noexcept {
  return static_cast<remove_reference_t<T> &&>(From);
}
template <typename T> constexpr T &&forward(remove_reference_t<T> &From) noexcept {
  return static_cast<T &&>(From);
}
template <typename T> constexpr T &&forward(remove_reference_t<T> &&From) noexcept {
  return static_cast<T &&>(From);
}
template <typename T, typename U = T> T exchange(T &Place, U &&Value) {
  T Old = wistd::move(Place);
  Place = wistd::forward<U>(Value);
  return Old;
}
template <typename T> void swap(T &A, T &B) noexcept {
  T Old(wistd::move(A));
  A = wistd::move(B);
  B = wistd::move(Old);
}
template <typename T> T *addressof(T &Object) noexcept { return __builtin_addressof(Object); }
} // namespace wistd
#endif
