//===- Targets.cpp - Requests that are sent to other drivers --------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include "Runtime/Kmdf/Framework.h"
#include "Runtime/Nt/Layout.h"
#include <iterator>
#include <utility>

using namespace irqlint;
using namespace irqlint::rt;

namespace {
// As the kit numbers the flags of WDF_REQUEST_SEND_OPTIONS.
constexpr uint64_t Synchronous = 2, AndForget = 8;
/// Until another driver answers that does not at once, in units of 100 ns.
constexpr uint64_t Until = 1000;
} // namespace

/// In scenarios as those say; else each in its turn, once in an execution.
Answer Framework::answer() {
  if (W.isScenario())
    return W.answer();
  static constexpr Answer All[] = {Answer::SucceedLater, Answer::Succeed,
                                   Answer::Fail, Answer::FailLater,
                                   Answer::CancelLater};
  if (Answered || !W.program().OpenWorld)
    return Answer::SucceedLater;
  Answered = true;
  return All[W.choices().choose(std::size(All))];
}

std::optional<uint64_t> Framework::requestOnCompletion(Frame &F) {
  WdfThing *R = F.Args.size() > 2 ? begin(F, "request") : nullptr;
  if (!R)
    return std::nullopt;
  R->CompletionRoutine = F.Args[1];
  R->CompletionContext = F.Args[2];
  return done(F, 0);
}

/// The other driver is through with it.
void Framework::comeBack(WdfThing &R, uint64_t Target, uint64_t Status) {
  R.Sent = false;
  R.SentStatus = R.CancelSent ? status("STATUS_CANCELLED") : Status;
  R.CancelSent = false;
  uint64_t Routine = std::exchange(R.CompletionRoutine, 0);
  if (!Routine)
    return;
  uint64_t Parameters = 0;
  for (const RtMember *M = irqlint_rt_members; M->Routine; ++M)
    if (llvm::StringRef(M->Struct) == "WDF_REQUEST_COMPLETION_PARAMS") {
      if (!*M->Name)
        Parameters =
            reinterpret_cast<uint64_t>(W.allocate(M->Size, /*Zeroed=*/true));
      else
        store(Parameters + M->Offset, static_cast<uint32_t>(R.SentStatus));
    }
  WdfEntry E;
  E.Member = "completion";
  E.Function = Routine;
  E.Role = Rules.role("EVT_WDF_REQUEST_COMPLETION_ROUTINE");
  E.UpTo = true;
  call(R, E, {R.handle(), Target, Parameters, R.CompletionContext});
}

std::optional<uint64_t> Framework::requestSend(Frame &F) {
  WdfThing *R = F.Args.size() > 2 ? begin(F, "request") : nullptr;
  if (!R)
    return std::nullopt;
  std::map<std::string, uint64_t> Options;
  if (F.Args[2])
    read(Options, "", "WDF_REQUEST_SEND_OPTIONS", F.Args[2]);
  uint64_t Flags = Options["Flags"], Target = F.Args[1];
  if (R->Completed || R->Sent) {
    R->SentStatus = status("STATUS_WDF_REQUEST_INVALID_STATE");
    return done(F, 0);
  }
  Answer A = answer();
  if (A == Answer::Fail) { // the target does not take it
    R->SentStatus = status("STATUS_INVALID_DEVICE_STATE");
    return done(F, 0);
  }
  uint64_t Status = A == Answer::FailLater     ? status("STATUS_UNSUCCESSFUL")
                    : A == Answer::CancelLater ? status("STATUS_CANCELLED")
                                               : 0;
  if (Flags & AndForget) {
    R->Completed = true;
    finish(*R);
    return done(F, 1);
  }
  R->Sent = true;
  if (Flags & Synchronous) {
    if (A != Answer::Succeed && W.machine().irql() == PassiveLevel)
      sleep(Until);
    R->CompletionRoutine = 0;
    comeBack(*R, Target, Status);
  } else if (A == Answer::Succeed) {
    comeBack(*R, Target, Status);
  } else {
    Deferred D;
    D.Key = R->handle() + 1;
    D.Run = [this, R, Target, Status, Known = W.known()] {
      W.interrupt(Known, [&] { comeBack(*R, Target, Status); });
    };
    W.machine().addTimer(W.machine().now() + Until, [this, D] {
      W.machine().queueDpc(W.machine().cpu().Index, D);
    });
  }
  return done(F, 1);
}

std::optional<uint64_t> Framework::requestStatus(Frame &F) {
  WdfThing *R = begin(F, "request");
  if (!R)
    return std::nullopt;
  return done(F, R->SentStatus);
}

/// It comes back sooner or later, and says that it was canceled.
std::optional<uint64_t> Framework::requestCancelSent(Frame &F) {
  WdfThing *R = begin(F, "request");
  if (!R)
    return std::nullopt;
  R->CancelSent = R->Sent;
  return done(F, R->Sent);
}
