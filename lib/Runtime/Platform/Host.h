//===- Host.h - What a model platform runs on -------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// ModelPlatform describes each operation that others can notice and hands it
/// to the host, a deterministic scheduler: the explorer, which tries all
/// interleavings, or a machine that runs one chosen by a seed. The host decides
/// when the operation happens, applies it, and tracks what happens before what.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PLATFORM_HOST_H
#define IRQLINT_RUNTIME_PLATFORM_HOST_H

#include "Runtime/Platform/FunctionRef.h"
#include "Runtime/Platform/Misuse.h"
#include "Runtime/Platform/Order.h"
#include <cstddef>

namespace irqlint::runtime {

/// A thread of a host. Wakers may keep the address; it lives as long as the
/// host's execution.
struct ModelThread {
  unsigned Id = 0; ///< index in creation order
  const char *Name = "";
  uint32_t Token = 0;   ///< 1 when unparked; a shared location like any other
  Time Clock = 0;       ///< the latest deadline that it saw pass
  unsigned Cpu = 0;     ///< what ModelPlatform::cpu() says
  void *User = nullptr; ///< the machine's own record
};

/// One operation on one atomic object.
struct Operation {
  enum class Kind : uint8_t { Load, Store, Update, Fence };
  Kind K = Kind::Load;
  Order O = Order::SeqCst;      ///< when it writes
  Order Failed = Order::SeqCst; ///< when it turns out only to read
  unsigned Size = 0;            ///< bytes, at most 16
  void *Address = nullptr;      ///< null for a fence
  /// Gets the current value in a buffer of Size bytes, changes it there, and
  /// says whether that is to be written. May be called to see what it would do.
  FunctionRef<bool(void *)> Apply;
  /// Whether the operation can happen at this value; none: always.
  FunctionRef<bool(const void *)> Ready;
  /// From this time on it can happen even if it is not Ready.
  Time Deadline = Never;
  Site Where;
};

class Host {
public:
  virtual ~Host();

  /// Returns after Op has been applied.
  virtual void perform(const Operation &Op) = 0;
  /// Accesses to data that is not atomic: judged, not scheduled. False: the
  /// write must not happen (a mutant of the program).
  virtual void read(const void *Address, size_t Size, Site Where) = 0;
  virtual bool write(void *Address, size_t Size, Site Where) = 0;
  /// Begin and end of the lifetime of an atomic or a cell, which others must
  /// not touch outside of it.
  virtual void begin(void *Address, size_t Size, Site Where) = 0;
  virtual void end(void *Address, size_t Size, Site Where) = 0;

  virtual ModelThread &self() = 0;
  virtual unsigned cpuCount() = 0;
  virtual Time now() = 0;
  virtual void *allocate(size_t Size, size_t Alignment) = 0;
  virtual void deallocate(void *Memory, size_t Size, size_t Alignment) = 0;
  /// Ends the execution with a report when that is what the host does.
  virtual void misuse(Misuse M, const void *Object, const char *Primitive) = 0;
  /// The program under test found something wrong: as misuse().
  virtual void fail(const char *What) = 0;

  /// The host of the calling thread of the machine; none outside executions,
  /// when a model object is plain memory.
  static Host *current();
  /// Returns the previous one.
  static Host *setCurrent(Host *H);
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PLATFORM_HOST_H
