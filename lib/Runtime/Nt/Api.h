//===- Api.h - What routines of the system are built from -------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//
/// \file
/// Routines are compiled like a driver: for the Windows convention, against the
/// kit's headers, where long has 32 bits. The machine is compiled for the host.
/// This header is what both understand: flat functions on integers and
/// pointers, in the Windows calling convention.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_NT_API_H
#define IRQLINT_RUNTIME_NT_API_H

#ifdef _WIN32
#define IRQLINT_RT
#else
#define IRQLINT_RT __attribute((ms_abi))
#endif

extern "C" {

typedef __UINT64_TYPE__ RtWord;

//===--- Written by the loader into the driver's code
//----------------------===//

/// A call or return is about to happen at this site.
extern unsigned irqlint_rt_site;
void IRQLINT_RT irqlint_rt_enter(const void *FunctionInfo);
void IRQLINT_RT irqlint_rt_leave(void);
void IRQLINT_RT irqlint_rt_load(RtWord Address, RtWord Size, unsigned Site);
void IRQLINT_RT irqlint_rt_store(RtWord Address, RtWord Size, unsigned Site);
/// One that others cannot come in between of, or that is marked as shared.
/// \p How: 1 reads, 2 writes, 3 both.
void IRQLINT_RT irqlint_rt_atomic(RtWord Address, RtWord Size, unsigned How,
                                  unsigned Site);
/// Once around a loop.
void IRQLINT_RT irqlint_rt_tick(void);
/// The function to call through this pointer.
RtWord IRQLINT_RT irqlint_rt_callee(RtWord Function);
/// A routine without a body: what its contract says, and a chosen result.
/// \p Result: 0 none, 1 integer, 2 pointer.
RtWord IRQLINT_RT irqlint_rt_routine(const char *Name, const RtWord *Args,
                                     unsigned N, unsigned Result);

/// A routine that does not return was called: a failed assertion, say.
void IRQLINT_RT irqlint_rt_no_return(void);

//===--- A routine with a body
//---------------------------------------------===//

void *IRQLINT_RT irqlint_rt_begin(const char *Name, const RtWord *Args,
                                  unsigned N);
RtWord IRQLINT_RT irqlint_rt_end(void *Frame, RtWord Result);

//===--- Levels, choices, memory
//-------------------------------------------===//

unsigned IRQLINT_RT irqlint_rt_irql(void);
unsigned IRQLINT_RT irqlint_rt_choose(unsigned N);
/// Something that only other parts of the driver or of the system know may be
/// either way (1: it is left open; 0: all is known).
unsigned IRQLINT_RT irqlint_rt_open(void);
/// Zeroed or filled with a pattern; null when an allocation fails.
void *IRQLINT_RT irqlint_rt_allocate(RtWord Size, unsigned Zeroed);
void IRQLINT_RT irqlint_rt_free(void *P);
/// Nothing has been written there: other parts of the driver prepared it.
unsigned IRQLINT_RT irqlint_rt_unknown(const void *P, RtWord Size);
/// About to read or write there on behalf of the driver.
void IRQLINT_RT irqlint_rt_touch(const void *P, RtWord Size, unsigned Write);
void IRQLINT_RT irqlint_rt_unsupported(const char *What);
void IRQLINT_RT irqlint_rt_report(const char *Check, const char *Message);
RtWord IRQLINT_RT irqlint_rt_now(void);
void IRQLINT_RT irqlint_rt_pass_time(RtWord Units);

//===--- Dispatcher objects: kinds as in Machine/Dispatcher.h
//---------------===//

void IRQLINT_RT irqlint_rt_object(void *Object, unsigned Kind, int Signal,
                                  int Limit);
/// 1 if it was initialized in this execution.
unsigned IRQLINT_RT irqlint_rt_object_known(void *Object);
int IRQLINT_RT irqlint_rt_object_state(void *Object);
/// \p How: 0 set, 1 reset, 2 pulse, 3 release a mutex. The state before.
int IRQLINT_RT irqlint_rt_signal(void *Object, unsigned How, int Count);
/// \p Timeout: null for ever; else negative relative, positive absolute, in
/// 100 ns. The index of the object, 0 for all, or -1 when time is up.
int IRQLINT_RT irqlint_rt_wait(void *const *Objects, unsigned N, unsigned All,
                               const long long *Timeout);

//===--- Threads, deferred procedures, timers, interrupts
//------------------===//

/// A call of a driver's function by the system.
struct RtCallback {
  const char *Role; ///< typedef name; null: unknown
  RtWord Function;
  RtWord Args[6];
  unsigned Level;
  /// It interrupts what runs on its processor.
  unsigned Interrupts;
  /// Held while it runs (0: nothing): a lock of this kind at this address.
  RtWord Lock;
  const char *LockKind;
  /// It is a part of the system that calls the driver: it may come back without
  /// the lock, at another level.
  unsigned OfSystem;
};
RtWord IRQLINT_RT irqlint_rt_call(const RtCallback *C);
/// A thread that calls it; \p Object is signalled when it ends.
void IRQLINT_RT irqlint_rt_thread(const RtCallback *C, void *Object);
void IRQLINT_RT irqlint_rt_exit_thread(void);
RtWord IRQLINT_RT irqlint_rt_current_thread(void);
unsigned IRQLINT_RT irqlint_rt_current_cpu(void);
unsigned IRQLINT_RT irqlint_rt_cpu_count(void);
/// False if \p Key is queued already. \p Cpu below 0: this one.
unsigned IRQLINT_RT irqlint_rt_queue_dpc(const void *Key, const RtCallback *C,
                                         int Cpu);
unsigned IRQLINT_RT irqlint_rt_remove_dpc(const void *Key);
/// Requests an interrupt on some processor.
void IRQLINT_RT irqlint_rt_interrupt(const RtCallback *C);
/// Waits until no deferred procedure is queued or runs.
void IRQLINT_RT irqlint_rt_flush_dpcs(void);
/// Calls \p Fire (a routine of the runtime) with \p Context at time \p Due.
RtWord IRQLINT_RT irqlint_rt_timer(RtWord Due,
                                   void(IRQLINT_RT *Fire)(void *Context),
                                   void *Context);
unsigned IRQLINT_RT irqlint_rt_cancel_timer(RtWord Id);

//===--- Scenarios: several callbacks at once
//------------------------------===//

/// One of several ways in which the surroundings may act.
unsigned IRQLINT_RT irqlint_rt_decide(unsigned N);
/// A request that a dispatch routine has left pending: how it is known to be
/// over, and how it is given up.
void IRQLINT_RT irqlint_rt_expect(void *Request,
                                  unsigned(IRQLINT_RT *Over)(void *),
                                  void(IRQLINT_RT *GiveUp)(void *));
/// Drivers of the framework: a device that works (0: it is no such driver), and
/// what happens to it.
RtWord IRQLINT_RT irqlint_rt_plug_in(void);
unsigned IRQLINT_RT irqlint_rt_is_framework(const void *Device);
RtWord IRQLINT_RT irqlint_rt_request(const void *Device, unsigned Major,
                                     unsigned Code);
RtWord IRQLINT_RT irqlint_rt_serve(RtWord Request);
void IRQLINT_RT irqlint_rt_give_up(RtWord Request);
void IRQLINT_RT irqlint_rt_event(const void *Device, unsigned Major,
                                 unsigned Minor);
void IRQLINT_RT irqlint_rt_interrupt_framework(void);
/// What other drivers do with a request, as SCENARIO_... numbers it; set: what
/// they may do from now on.
unsigned IRQLINT_RT irqlint_rt_answer(void);
void IRQLINT_RT irqlint_rt_answers(unsigned Which);
/// A thread that calls a routine of the runtime; \p Name: a function of the
/// driver, to be told by.
void IRQLINT_RT irqlint_rt_spawn(RtWord Name, void(IRQLINT_RT *Body)(void *),
                                 void *Context);
/// Waits until all that were spawned have ended, and what they queued.
void IRQLINT_RT irqlint_rt_join(void);
/// Waits until no interrupt is requested or being served.
void IRQLINT_RT irqlint_rt_flush_interrupts(void);
/// Waits until nobody owns this lock.
void IRQLINT_RT irqlint_rt_await_free(const void *Lock);
/// Whoever acquires this lock later knows what has happened until now.
void IRQLINT_RT irqlint_rt_publish(const void *Lock);
/// A lock of the whole system, by its name in the rules; for RtCallback.
RtWord IRQLINT_RT irqlint_rt_global_lock(const char *Name);
/// Kept for the execution.
void *IRQLINT_RT irqlint_rt_slot(unsigned Index, void *Value, unsigned Set);
/// The driver must not be here.
void IRQLINT_RT irqlint_rt_misuse(const char *Message);

/// All routines with a body: name and address, until a null name.
struct RtExport {
  const char *Name;
  void *Address;
};
extern const struct RtExport irqlint_rt_exports[];
/// Those that only scenarios need: elsewhere their contracts are enough.
extern const struct RtExport irqlint_rt_scenario_exports[];
}

#ifdef _WIN32
/// A routine's body between its contract's two halves.
class Call {
public:
  template <typename... T> explicit Call(const char *Name, T... Args) {
    RtWord A[] = {word(Args)..., 0};
    Frame = irqlint_rt_begin(Name, A, sizeof...(Args));
  }
  /// The contract's effects that depend on the result; returns it.
  template <typename R> R end(R Result) {
    irqlint_rt_end(Frame, word(Result));
    return Result;
  }
  void end() { irqlint_rt_end(Frame, 0); }

private:
  template <typename T> static RtWord word(T *P) {
    return reinterpret_cast<RtWord>(P);
  }
  template <typename T> static RtWord word(T V) {
    return static_cast<RtWord>(V);
  }
  void *Frame;
};
#endif

#endif // IRQLINT_RUNTIME_NT_API_H
