//===- FunctionRef.h - A callable by reference ------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// The runtime is linked into drivers under test, without LLVM; so this little
/// is its own. As with llvm::function_ref the callable must outlive it.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PLATFORM_FUNCTIONREF_H
#define IRQLINT_RUNTIME_PLATFORM_FUNCTIONREF_H

#include <type_traits>
#include <utility>

namespace irqlint::runtime {

template <typename Signature> class FunctionRef;

template <typename R, typename... Args> class FunctionRef<R(Args...)> {
  R (*Call)(void *, Args...) = nullptr;
  void *Callee = nullptr;

public:
  FunctionRef() = default;
  FunctionRef(std::nullptr_t) {}
  template <typename F, typename = std::enable_if_t<
                            !std::is_same_v<std::decay_t<F>, FunctionRef>>>
  FunctionRef(F &&Function)
      : Call([](void *C, Args... A) -> R {
          return (*static_cast<std::remove_reference_t<F> *>(C))(
              std::forward<Args>(A)...);
        }),
        Callee(const_cast<void *>(static_cast<const void *>(&Function))) {}

  R operator()(Args... A) const {
    return Call(Callee, std::forward<Args>(A)...);
  }
  explicit operator bool() const { return Call != nullptr; }
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PLATFORM_FUNCTIONREF_H
