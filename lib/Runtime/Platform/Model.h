//===- Model.h - The platform under a deterministic scheduler ---*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// The same calls as NativePlatform, each turned into an operation for the
/// current Host. Atomics and cells have the size and layout of their values, so
/// that they can lie over the storage that a driver's headers declare.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PLATFORM_MODEL_H
#define IRQLINT_RUNTIME_PLATFORM_MODEL_H

#include "Runtime/Platform/Host.h"
#include <cstring>
#include <optional>
#include <utility>

namespace irqlint::runtime {

/// Runs one operation; without a host at once.
void performOperation(const Operation &Op);

template <typename T> class ModelAtomic {
  static_assert(sizeof(T) <= 16 && std::is_trivially_copyable_v<T>);
  mutable T Value;

  /// Change: T -> optional<T>, Ready: T -> bool.
  template <typename C, typename R>
  void run(Operation::Kind K, Order O, Order Failed, C &&Change, const R *Ready,
           Site Where) const {
    auto Apply = [&](void *Buffer) {
      T V;
      std::memcpy(&V, Buffer, sizeof(T));
      std::optional<T> Next = Change(V);
      if (Next)
        std::memcpy(Buffer, &*Next, sizeof(T));
      return Next.has_value();
    };
    auto IsReady = [&](const void *Buffer) {
      T V;
      std::memcpy(&V, Buffer, sizeof(T));
      return (*Ready)(V);
    };
    Operation Op;
    Op.K = K;
    Op.O = O;
    Op.Failed = Failed;
    Op.Size = sizeof(T);
    Op.Address = &Value;
    Op.Apply = Apply;
    if (Ready)
      Op.Ready = IsReady;
    Op.Where = Where;
    performOperation(Op);
  }

  struct Always {
    bool operator()(T) const { return true; }
  };
  static constexpr const Always *NoWait = nullptr;

  /// An update that cannot fail; returns the old value.
  template <typename C> T change(Order O, C &&Function, Site Where) {
    T Old;
    run(
        Operation::Kind::Update, O, onFailure(O),
        [&](T V) -> std::optional<T> {
          Old = V;
          return Function(V);
        },
        NoWait, Where);
    return Old;
  }

public:
  ModelAtomic(Site Where = Site::here()) : Value() {
    if (Host *H = Host::current())
      H->begin(&Value, sizeof(T), Where);
  }
  explicit ModelAtomic(T V, Site Where = Site::here()) : Value(V) {
    if (Host *H = Host::current())
      H->begin(&Value, sizeof(T), Where);
  }
  ~ModelAtomic() {
    if (Host *H = Host::current())
      H->end(&Value, sizeof(T), Site());
  }
  ModelAtomic(const ModelAtomic &) = delete;
  ModelAtomic &operator=(const ModelAtomic &) = delete;

  T load(Order O, Site Where = Site::here()) const {
    T Seen;
    run(
        Operation::Kind::Load, O, O,
        [&](T V) -> std::optional<T> {
          Seen = V;
          return std::nullopt;
        },
        NoWait, Where);
    return Seen;
  }
  void store(T V, Order O, Site Where = Site::here()) {
    run(
        Operation::Kind::Store, O, O, [&](T) { return std::optional<T>(V); },
        NoWait, Where);
  }
  T exchange(T V, Order O, Site Where = Site::here()) {
    return change(O, [&](T) { return V; }, Where);
  }
  bool compareExchange(T &Expected, T Desired, Order O,
                       Site Where = Site::here()) {
    T Seen;
    bool Equal;
    run(
        Operation::Kind::Update, O, onFailure(O),
        [&](T V) -> std::optional<T> {
          Seen = V;
          Equal = std::memcmp(&V, &Expected, sizeof(T)) == 0;
          return Equal ? std::optional<T>(Desired) : std::nullopt;
        },
        NoWait, Where);
    if (!Equal)
      Expected = Seen;
    return Equal;
  }
  T fetchAdd(T V, Order O, Site Where = Site::here()) {
    return change(O, [&](T Old) { return T(Old + V); }, Where);
  }
  T fetchSub(T V, Order O, Site Where = Site::here()) {
    return change(O, [&](T Old) { return T(Old - V); }, Where);
  }
  T fetchAnd(T V, Order O, Site Where = Site::here()) {
    return change(O, [&](T Old) { return T(Old & V); }, Where);
  }
  T fetchOr(T V, Order O, Site Where = Site::here()) {
    return change(O, [&](T Old) { return T(Old | V); }, Where);
  }
  T fetchXor(T V, Order O, Site Where = Site::here()) {
    return change(O, [&](T Old) { return T(Old ^ V); }, Where);
  }

  template <typename F>
  T await(F Ready, Order O, Site Where = Site::here()) const {
    T Seen;
    run(
        Operation::Kind::Load, O, O,
        [&](T V) -> std::optional<T> {
          Seen = V;
          return std::nullopt;
        },
        &Ready, Where);
    return Seen;
  }
  template <typename F>
  std::pair<T, bool> update(F Step, Order O, Site Where = Site::here()) {
    std::pair<T, bool> Result;
    run(
        Operation::Kind::Update, O, onFailure(O),
        [&](T V) {
          std::optional<T> Next = Step(V);
          Result = {V, Next.has_value()};
          return Next;
        },
        NoWait, Where);
    return Result;
  }
  template <typename F>
  T awaitUpdate(F Step, Order O, Site Where = Site::here()) {
    T Old;
    auto Ready = [&](T V) { return Step(V).has_value(); };
    run(
        Operation::Kind::Update, O, onFailure(O),
        [&](T V) {
          Old = V;
          return Step(V);
        },
        &Ready, Where);
    return Old;
  }
};

template <typename T> class ModelCell {
  T Value;

public:
  ModelCell(Site Where = Site::here()) : Value() {
    if (Host *H = Host::current())
      H->begin(&Value, sizeof(T), Where);
  }
  explicit ModelCell(T V, Site Where = Site::here()) : Value(V) {
    if (Host *H = Host::current())
      H->begin(&Value, sizeof(T), Where);
  }
  ~ModelCell() {
    if (Host *H = Host::current())
      H->end(&Value, sizeof(T), Site());
  }
  ModelCell(const ModelCell &) = delete;
  ModelCell &operator=(const ModelCell &) = delete;

  T get(Site Where = Site::here()) const {
    if (Host *H = Host::current())
      H->read(&Value, sizeof(T), Where);
    return Value;
  }
  void set(T V, Site Where = Site::here()) {
    Host *H = Host::current();
    if (!H || H->write(&Value, sizeof(T), Where))
      Value = V;
  }
};

/// All but fence() need a current host.
struct ModelPlatform {
  template <typename T> using Atomic = ModelAtomic<T>;
  template <typename T> using Cell = ModelCell<T>;
  using Thread = ModelThread;

  static void fence(Order O, Site Where = Site::here());
  static Thread *self() { return &Host::current()->self(); }
  static void park(Site Where = Site::here()) { parkUntil(Never, Where); }
  static bool parkUntil(Time Deadline, Site Where = Site::here());
  static void unpark(Thread *T, Site Where = Site::here());
  static unsigned cpu() { return self()->Cpu; }
  static unsigned cpuCount() { return Host::current()->cpuCount(); }
  static Time now() { return Host::current()->now(); }
  static void *allocate(size_t Size, size_t Alignment) {
    return Host::current()->allocate(Size, Alignment);
  }
  static void deallocate(void *Memory, size_t Size, size_t Alignment) {
    Host::current()->deallocate(Memory, Size, Alignment);
  }
  static void misuse(Misuse M, const void *Object, const char *Primitive) {
    Host::current()->misuse(M, Object, Primitive);
  }
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PLATFORM_MODEL_H
