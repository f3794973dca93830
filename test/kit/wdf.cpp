// The framework headers in C++: contexts, handles, callbacks as members.
//
// RUN: %clang_kit -std=c++17 -fsyntax-only -Wall -Wextra -Werror %s

#include <wdf.h>
#include <wdfusb.h>
#include <ntifs.h>

template <typename A, typename B> constexpr bool Same = false;
template <typename A> constexpr bool Same<A, A> = true;

static_assert(Same<PFN_WDF_TIMER, EVT_WDF_TIMER *>);
static_assert(Same<decltype(WDF_DPC_CONFIG::EvtDpcFunc), EVT_WDF_DPC *>);
static_assert(!Same<WDFSPINLOCK, WDFWAITLOCK>);
static_assert(Same<decltype(&WdfRequestComplete), void (*)(WDFREQUEST, NTSTATUS)>);
static_assert(Same<decltype(&WdfSpinLockAcquire), void (*)(WDFSPINLOCK)>);
static_assert(Same<decltype(&WdfWaitLockAcquire), NTSTATUS (*)(WDFWAITLOCK, PLONGLONG)>);
static_assert(Same<WDFOBJECT, void *>);

namespace driver {
struct Context {
  WDFSPINLOCK Lock;
  WDFTIMER Timer;
};
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(Context, GetContext)

class Guard {
public:
  explicit Guard(WDFSPINLOCK L) : Lock(L) { WdfSpinLockAcquire(Lock); }
  ~Guard() { WdfSpinLockRelease(Lock); }
  Guard(const Guard &) = delete;

private:
  WDFSPINLOCK Lock;
};

EVT_WDF_TIMER Fired;
void Fired(WDFTIMER Timer) {
  Guard G(GetContext(WdfTimerGetParentObject(Timer))->Lock);
  WdfTimerStart(Timer, WDF_REL_TIMEOUT_IN_MS(5));
}
} // namespace driver
