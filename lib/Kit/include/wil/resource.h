// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Owners of locks and other resources. As in the library, what belongs to a
// system header is there once that header has been included, so this file may be
// included again.
#ifdef __cplusplus
#include <wil/common.h>
#include <wil/result_macros.h>
#include <wil/wistd_memory.h>
#include <wil/wistd_type_traits.h>

#ifndef IRQLINT_WIL_RESOURCE
#define IRQLINT_WIL_RESOURCE
namespace wil {
namespace details {
typedef wistd::integral_constant<size_t, 0> pointer_access_all;
typedef wistd::integral_constant<size_t, 1> pointer_access_noaddress;
typedef wistd::integral_constant<size_t, 2> pointer_access_none;

/// How one kind of resource is named, stored and given back.
template <typename Pointer, typename CloseFn, CloseFn Close, typename Access, typename Stored,
          typename InvalidType, InvalidType Invalid, typename PointerInvalid>
struct resource_policy {
  typedef Pointer pointer;
  typedef Stored pointer_storage;
  typedef Access pointer_access;
  typedef PointerInvalid pointer_invalid;
  static pointer_storage invalid_value() { return (Pointer)Invalid; }
  static bool is_valid(const Stored &S) noexcept { return static_cast<Pointer>(S) != (Pointer)Invalid; }
  static void close(const Stored &S) noexcept { Close(S); }
};

template <typename Policy> class unique_storage {
public:
  typedef Policy policy;
  typedef typename Policy::pointer pointer;
  typedef typename Policy::pointer_storage pointer_storage;
  typedef unique_storage base_storage;

  unique_storage() noexcept : Owned(Policy::invalid_value()) {}
  explicit unique_storage(pointer_storage P) noexcept : Owned(P) {}
  unique_storage(unique_storage &&From) noexcept : Owned(From.Owned) { From.forget(); }
  ~unique_storage() noexcept { close(); }

  bool is_valid() const noexcept { return Policy::is_valid(Owned); }
  void reset() noexcept {
    close();
    forget();
  }
  void reset(wistd::nullptr_t) noexcept { reset(); }
  void reset(pointer_storage New) noexcept {
    close();
    Owned = New;
  }
  pointer get() const noexcept { return static_cast<pointer>(Owned); }
  pointer_storage release() noexcept {
    pointer_storage Old = Owned;
    forget();
    return Old;
  }
  pointer_storage *addressof() noexcept { return &Owned; }

protected:
  void replace(unique_storage &&From) noexcept {
    reset(From.Owned);
    From.forget();
  }

private:
  pointer_storage Owned;
  void close() noexcept {
    if (Policy::is_valid(Owned))
      Policy::close(Owned);
  }
  void forget() noexcept { Owned = Policy::invalid_value(); }
};
} // namespace details

template <typename Storage> class unique_any_t : public Storage {
public:
  typedef typename Storage::policy policy;
  typedef typename Storage::pointer pointer;
  typedef typename Storage::pointer_storage pointer_storage;

  unique_any_t() = default;
  unique_any_t(const unique_any_t &) = delete;
  unique_any_t &operator=(const unique_any_t &) = delete;
  unique_any_t(wistd::nullptr_t) noexcept {}
  unique_any_t(unique_any_t &&From) noexcept : Storage(static_cast<Storage &&>(From)) {}
  template <typename First, typename... Rest>
  explicit unique_any_t(First &&F, Rest &&...R) noexcept
      : Storage(wistd::forward<First>(F), wistd::forward<Rest>(R)...) {}
  unique_any_t &operator=(unique_any_t &&From) noexcept {
    if (this != __builtin_addressof(From))
      Storage::replace(static_cast<typename Storage::base_storage &&>(From));
    return *this;
  }
  unique_any_t &operator=(wistd::nullptr_t) noexcept {
    Storage::reset();
    return *this;
  }
  void swap(unique_any_t &Other) noexcept {
    unique_any_t Own(wistd::move(*this));
    *this = wistd::move(Other);
    Other = wistd::move(Own);
  }
  explicit operator bool() const noexcept { return Storage::is_valid(); }
  pointer_storage *put() noexcept {
    Storage::reset();
    return Storage::addressof();
  }
  pointer_storage *operator&() noexcept { return put(); }
};
template <typename S> bool operator==(const unique_any_t<S> &A, wistd::nullptr_t) { return !A; }
template <typename S> bool operator!=(const unique_any_t<S> &A, wistd::nullptr_t) { return !!A; }

template <typename Pointer, typename CloseFn, CloseFn Close, typename Access = details::pointer_access_all,
          typename Stored = Pointer, typename InvalidType = Pointer, InvalidType Invalid = InvalidType{},
          typename PointerInvalid = wistd::nullptr_t>
using unique_any = unique_any_t<details::unique_storage<
    details::resource_policy<Pointer, CloseFn, Close, Access, Stored, InvalidType, Invalid, PointerInvalid>>>;

namespace details {
/// A call at the end of the scope.
template <typename Call> class lambda_call {
public:
  explicit lambda_call(Call &&C) noexcept : What(wistd::move(C)) {}
  lambda_call(lambda_call &&From) noexcept : What(wistd::move(From.What)), Due(From.Due) { From.Due = false; }
  lambda_call(const lambda_call &) = delete;
  lambda_call &operator=(const lambda_call &) = delete;
  ~lambda_call() noexcept { reset(); }
  void release() noexcept { Due = false; }
  void reset() noexcept {
    if (!Due)
      return;
    Due = false;
    What();
  }
  explicit operator bool() const noexcept { return Due; }

private:
  Call What;
  bool Due = true;
};

/// Hands a pointer to an owner when the full expression ends.
template <typename Owner> class out_param_t {
public:
  typedef typename Owner::pointer pointer;
  explicit out_param_t(Owner &O) noexcept : To(O), Got(nullptr) {}
  ~out_param_t() { To.reset(Got); }
  operator pointer *() noexcept { return &Got; }

private:
  Owner &To;
  pointer Got;
};
} // namespace details

template <typename Call> auto scope_exit(Call &&C) noexcept {
  return details::lambda_call<Call>(wistd::forward<Call>(C));
}
template <typename Owner> details::out_param_t<Owner> out_param(Owner &O) noexcept {
  return details::out_param_t<Owner>(O);
}
template <typename T, typename... Arguments>
typename wistd::enable_if<!__is_array(T), wistd::unique_ptr<T>>::type
make_unique_nothrow(Arguments &&...A) noexcept {
  return wistd::unique_ptr<T>(new (std::nothrow) T(wistd::forward<Arguments>(A)...));
}
template <typename T>
typename wistd::enable_if<__is_array(T), wistd::unique_ptr<T>>::type
make_unique_nothrow(size_t Count) noexcept {
  return wistd::unique_ptr<T>(new (std::nothrow) wistd::remove_extent_t<T>[Count]());
}
} // namespace wil
#endif // IRQLINT_WIL_RESOURCE

#if defined(_WDMDDK_) || defined(_NTDDK_) || defined(_NTIFS_)
#include <irqlint_kit/wil-kernel.h>
#endif
#ifdef WDFAPI
#include <irqlint_kit/wil-wdf.h>
#endif
#if defined(_WINBASE_) || defined(_SYNCHAPI_H_)
#include <irqlint_kit/wil-user.h>
#endif
#endif // __cplusplus
