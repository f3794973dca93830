//===- LazyTable.h - Records decoded when first asked for -------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RULES_LAZYTABLE_H
#define IRQLINT_RULES_LAZYTABLE_H

#include <atomic>
#include <cstdint>
#include <memory>

namespace irqlint {

/// Contracts of one index, decoded when first asked for. Two threads may decode
/// the same record; the first one to finish wins.
template <typename Contract> class LazyTable {
public:
  explicit LazyTable(uint32_t Size)
      : Slots(new std::atomic<const Contract *>[Size]()), Size(Size) {}
  ~LazyTable() {
    for (uint32_t I = 0; I != Size; ++I)
      delete Slots[I].load();
  }
  template <typename Make> const Contract *get(uint32_t I, Make M) const {
    if (const Contract *C = Slots[I].load(std::memory_order_acquire))
      return C;
    const Contract *Expected = nullptr, *Made = new Contract(M());
    if (Slots[I].compare_exchange_strong(Expected, Made))
      return Made;
    delete Made;
    return Expected;
  }

private:
  std::unique_ptr<std::atomic<const Contract *>[]> Slots;
  uint32_t Size;
};

} // namespace irqlint

#endif // IRQLINT_RULES_LAZYTABLE_H
