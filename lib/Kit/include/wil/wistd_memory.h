// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Owners of memory.
#pragma once
#ifdef __cplusplus
#include <new.h>
#include <wil/wistd_type_traits.h>
namespace wistd {
template <typename T> struct default_delete {
  void operator()(T *P) const noexcept { delete P; }
};
template <typename T> struct default_delete<T[]> {
  void operator()(T *P) const noexcept { delete[] P; }
};

template <typename T, typename Delete = default_delete<T>> class unique_ptr {
public:
  typedef remove_extent_t<T> element_type;
  typedef element_type *pointer;
  typedef Delete deleter_type;

  unique_ptr() noexcept {}
  unique_ptr(nullptr_t) noexcept {}
  explicit unique_ptr(pointer P) noexcept : Owned(P) {}
  unique_ptr(unique_ptr &&From) noexcept : Owned(From.release()) {}
  template <typename U, typename D>
  unique_ptr(unique_ptr<U, D> &&From) noexcept : Owned(From.release()) {}
  unique_ptr(const unique_ptr &) = delete;
  unique_ptr &operator=(const unique_ptr &) = delete;
  ~unique_ptr() { reset(); }
  unique_ptr &operator=(unique_ptr &&From) noexcept {
    reset(From.release());
    return *this;
  }
  unique_ptr &operator=(nullptr_t) noexcept {
    reset();
    return *this;
  }

  void reset() noexcept { reset(nullptr); }
  void reset(pointer New) noexcept {
    pointer Old = Owned;
    Owned = New;
    if (Old)
      Delete()(Old);
  }
  pointer release() noexcept {
    pointer Old = Owned;
    Owned = nullptr;
    return Old;
  }
  void swap(unique_ptr &Other) noexcept { wistd::swap(Owned, Other.Owned); }
  pointer get() const noexcept { return Owned; }
  pointer operator->() const noexcept { return Owned; }
  element_type &operator*() const noexcept { return *Owned; }
  element_type &operator[](size_t Index) const noexcept { return Owned[Index]; }
  explicit operator bool() const noexcept { return Owned != nullptr; }

private:
  pointer Owned = nullptr;
};
template <typename T, typename D> bool operator==(const unique_ptr<T, D> &P, nullptr_t) { return !P; }
template <typename T, typename D> bool operator!=(const unique_ptr<T, D> &P, nullptr_t) { return !!P; }
} // namespace wistd
#endif
