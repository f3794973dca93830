//===- Routines.cpp - Routines of the framework ---------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//
/// \file
/// Objects, timers, procedures for later. Handles that are not known are left
/// to what the contract says.
//===----------------------------------------------------------------------===//

#include "Runtime/Kmdf/Framework.h"
#include <cstring>

using namespace irqlint;
using namespace irqlint::rt;

const std::map<std::string, Framework::Handler> &Framework::handlers() {
  using F = Framework;
  static const std::map<std::string, Handler> All = {
      {"WdfObjectGetTypedContextWorker", &F::context},
      {"WdfObjectAllocateContext", &F::allocateContext},
      {"WdfObjectContextGetObject", &F::contextObject},
      {"WdfObjectDelete", &F::deleteObject},
      {"WdfObjectReference", &F::reference},
      {"WdfObjectReferenceActual", &F::reference},
      {"WdfObjectReferenceWithTag", &F::reference},
      {"WdfObjectDereference", &F::dereference},
      {"WdfObjectDereferenceActual", &F::dereference},
      {"WdfObjectDereferenceWithTag", &F::dereference},
      {"WdfGetDriver", &F::theDriver},
      {"WdfDeviceGetDriver", &F::theDriver},
      {"WdfDeviceGetDefaultQueue", &F::defaultQueue},
      {"WdfDeviceConfigureRequestDispatching", &F::configureDispatching},
      {"WdfRequestStopAcknowledge", &F::requestStopped},
      {"WdfTimerStart", &F::timerStart},
      {"WdfTimerStop", &F::timerStop},
      {"WdfDpcEnqueue", &F::dpcEnqueue},
      {"WdfDpcCancel", &F::dpcCancel},
      {"WdfWorkItemEnqueue", &F::workEnqueue},
      {"WdfWorkItemFlush", &F::workFlush},
      {"WdfInterruptQueueDpcForIsr", &F::interruptDpc},
      {"WdfInterruptQueueWorkItemForIsr", &F::interruptWork},
      {"WdfInterruptSynchronize", &F::interruptSynchronize},
      {"WdfInterruptEnable", &F::interruptEnable},
      {"WdfInterruptDisable", &F::interruptEnable},
      {"WdfDeviceInitSetPowerPolicyOwnership", &F::initOwnership},
      {"WdfFdoInitSetFilter", &F::initFilter},
      {"WdfPdoInitAllocate", &F::initBusChild},
      {"WdfRequestComplete", &F::requestComplete},
      {"WdfRequestCompleteWithInformation", &F::requestComplete},
      {"WdfRequestCompleteWithPriorityBoost", &F::requestComplete},
      {"WdfRequestForwardToIoQueue", &F::requestForward},
      {"WdfRequestSetCompletionRoutine", &F::requestOnCompletion},
      {"WdfRequestSend", &F::requestSend},
      {"WdfRequestGetStatus", &F::requestStatus},
      {"WdfRequestCancelSentRequest", &F::requestCancelSent},
      {"WdfRequestRequeue", &F::requestRequeue},
      {"WdfRequestMarkCancelable", &F::requestMark},
      {"WdfRequestMarkCancelableEx", &F::requestMark},
      {"WdfRequestUnmarkCancelable", &F::requestUnmark},
      {"WdfRequestIsCanceled", &F::requestCanceled},
      {"WdfRequestRetrieveInputBuffer", &F::requestBuffer},
      {"WdfRequestRetrieveOutputBuffer", &F::requestBuffer},
      {"WdfRequestRetrieveUnsafeUserInputBuffer", &F::requestBuffer},
      {"WdfRequestRetrieveUnsafeUserOutputBuffer", &F::requestBuffer},
      {"WdfRequestGetIoQueue", &F::requestQueue},
      {"WdfIoQueueRetrieveNextRequest", &F::queueRetrieve},
      {"WdfIoQueueRetrieveRequestByFileObject", &F::queueRetrieve},
      {"WdfIoQueueStart", &F::queueStart},
      {"WdfIoQueueStop", &F::queueStop},
      {"WdfIoQueueStopSynchronously", &F::queueStop},
      {"WdfIoQueuePurge", &F::queueStop},
      {"WdfIoQueuePurgeSynchronously", &F::queueStop},
      {"WdfIoQueueStopAndPurge", &F::queueStop},
      {"WdfIoQueueStopAndPurgeSynchronously", &F::queueStop},
      {"WdfIoQueueDrain", &F::queueStop},
      {"WdfIoQueueDrainSynchronously", &F::queueStop},
  };
  return All;
}

std::optional<uint64_t> Framework::perform(Frame &F) {
  // What only looks at how objects are made leaves others alone.
  static const std::set<std::string> Looks = {"WdfObjectGetTypedContextWorker",
                                              "WdfObjectContextGetObject",
                                              "WdfGetDriver",
                                              "WdfDeviceGetDriver",
                                              "WdfDeviceGetDefaultQueue",
                                              "WdfRequestGetIoQueue"};
  const SetupContract *Gives = Rules.setup(F.Name);
  if (Looks.count(F.Name) || (Gives && Gives->Gives != SetupContract::None))
    W.machine().touched(0, /*Writes=*/false);
  else if (handlers().count(F.Name) || Rules.object(F.Name))
    W.machine().touchedAll();
  if (const ObjectContract *C = Rules.object(F.Name))
    return create(F, *C);
  if (const SetupContract *S = Rules.setup(F.Name);
      S && S->Gives != SetupContract::None)
    return related(F);
  auto H = handlers().find(F.Name);
  return H == handlers().end() ? std::nullopt : (this->*H->second)(F);
}

std::optional<uint64_t> Framework::done(Frame &F, uint64_t Result) {
  W.after(F, Result);
  W.Here = F.Where;
  return Result;
}

WdfThing *Framework::argument(const Frame &F, unsigned I) const {
  return I < F.Args.size() ? find(F.Args[I]) : nullptr;
}

WdfThing *Framework::begin(Frame &F, llvm::StringRef Kind) {
  WdfThing *T = argument(F, 0);
  if (!T || (!Kind.empty() && T->Kind != Kind))
    return nullptr;
  W.before(F);
  return T;
}

//===----------------------------------------------------------------------===//
// Objects
//===----------------------------------------------------------------------===//

/// From handle to handle, as the rules have it.
std::optional<uint64_t> Framework::related(Frame &F) {
  const SetupContract &S = *Rules.setup(F.Name);
  WdfThing *T = argument(F, S.Target.Index);
  if (!T)
    return std::nullopt;
  WdfThing *To = S.Gives == SetupContract::DeviceOf ? T->Device : T->Parent;
  uint64_t Result = To ? To->handle() : T->attribute("ParentObject");
  if (!Result)
    return std::nullopt;
  W.before(F);
  return done(F, Result);
}

std::optional<uint64_t> Framework::context(Frame &F) {
  WdfThing *T = argument(F, 0);
  if (!T || (T->StandsFor && !T->Contexts.count(F.Args[1])))
    return std::nullopt;
  W.before(F);
  auto C = T->Contexts.find(F.Args[1]);
  return done(F, C == T->Contexts.end() ? 0 : C->second);
}

std::optional<uint64_t> Framework::allocateContext(Frame &F) {
  WdfThing *T = begin(F);
  if (!T)
    return std::nullopt;
  WdfThing Extra;
  readAttributes(Extra, F.Args[1]);
  uint64_t Type = Extra.attribute("ContextTypeInfo");
  if (T->Contexts.count(Type)) {
    store(F.Args[2], T->Contexts[Type]);
    return done(F, status("STATUS_OBJECT_NAME_EXISTS"));
  }
  if (fails())
    return done(F, status("STATUS_INSUFFICIENT_RESOURCES"));
  addContext(Extra);
  for (auto &[Of, At] : Extra.Contexts) {
    T->Contexts[Of] = At;
    store(F.Args[2], At);
  }
  T->Cleanup.insert(T->Cleanup.end(), Extra.Cleanup.begin(),
                    Extra.Cleanup.end());
  T->Destroy.insert(T->Destroy.end(), Extra.Destroy.begin(),
                    Extra.Destroy.end());
  return done(F, 0);
}

std::optional<uint64_t> Framework::contextObject(Frame &F) {
  for (const auto &T : Things)
    for (const auto &[Type, At] : T->Contexts)
      if (At && At == F.Args[0]) {
        W.before(F);
        return done(F, T->handle());
      }
  return std::nullopt;
}

std::optional<uint64_t> Framework::deleteObject(Frame &F) {
  WdfThing *T = begin(F);
  if (!T)
    return std::nullopt;
  destroy(*T);
  return done(F, 0);
}

std::optional<uint64_t> Framework::reference(Frame &F) {
  WdfThing *T = begin(F);
  if (!T)
    return std::nullopt;
  ++T->References;
  return done(F, 0);
}

/// The last one of a deleted object ends it.
std::optional<uint64_t> Framework::dereference(Frame &F) {
  WdfThing *T = argument(F, 0);
  if (!T || !T->References)
    return std::nullopt;
  W.before(F);
  if (--T->References == 0 && T->Deleted)
    end(*T);
  return done(F, 0);
}

std::optional<uint64_t> Framework::theDriver(Frame &F) {
  if (!Driver)
    return std::nullopt;
  W.before(F);
  return done(F, Driver->handle());
}

std::optional<uint64_t> Framework::defaultQueue(Frame &F) {
  WdfThing *T = begin(F);
  if (!T)
    return std::nullopt;
  return done(F, T->Queue ? T->Queue->handle() : 0);
}

//===----------------------------------------------------------------------===//
// Later
//===----------------------------------------------------------------------===//

std::optional<uint64_t> Framework::timerStart(Frame &F) {
  WdfThing *T = begin(F, "timer");
  if (!T)
    return std::nullopt;
  bool Was = T->Alarm != 0;
  auto Due = static_cast<int64_t>(F.Args[1]);
  uint64_t Now = W.machine().now();
  startTimer(*T, Due <= 0                           ? uint64_t(-Due)
                 : static_cast<uint64_t>(Due) > Now ? uint64_t(Due) - Now
                                                    : 0);
  return done(F, Was);
}

std::optional<uint64_t> Framework::timerStop(Frame &F) {
  WdfThing *T = begin(F, "timer");
  if (!T)
    return std::nullopt;
  bool Was = T->Alarm != 0 && W.machine().cancelTimer(T->Alarm);
  T->Alarm = 0;
  if ((F.Args[1] & 0xFF) && W.machine().irql() == PassiveLevel &&
      W.activation().First != T->handle())
    waitFor(*T);
  return done(F, Was);
}

std::optional<uint64_t> Framework::dpcEnqueue(Frame &F) {
  WdfThing *T = begin(F, "DPC");
  if (!T)
    return std::nullopt;
  bool Was = T->Queued;
  if (!Was)
    queueDpc(*T, "EvtDpcFunc", {T->handle()});
  return done(F, !Was);
}

std::optional<uint64_t> Framework::dpcCancel(Frame &F) {
  WdfThing *T = begin(F, "DPC");
  if (!T)
    return std::nullopt;
  bool Was = W.machine().removeDpc(T->handle());
  T->Queued = false;
  if ((F.Args[1] & 0xFF) && W.machine().irql() == PassiveLevel &&
      W.activation().First != T->handle())
    waitFor(*T);
  return done(F, Was);
}

std::optional<uint64_t> Framework::workEnqueue(Frame &F) {
  WdfThing *T = begin(F, "work item");
  if (!T)
    return std::nullopt;
  if (!T->Queued && T->Fired < 3) {
    ++T->Fired;
    queueWork(*T, "EvtWorkItemFunc", {T->handle()});
  }
  return done(F, 0);
}

std::optional<uint64_t> Framework::workFlush(Frame &F) {
  WdfThing *T = begin(F, "work item");
  if (!T)
    return std::nullopt;
  if (W.machine().irql() == PassiveLevel && W.activation().First != T->handle())
    waitFor(*T);
  return done(F, 0);
}
