// Every primitive, as it is used in production, whole.
#include "Runtime/Platform/Native.h"
#include "Runtime/Primitives/AddressWait.h"
#include "Runtime/Primitives/CallbackObject.h"
#include "Runtime/Primitives/CancelSafeQueue.h"
#include "Runtime/Primitives/ConditionVariable.h"
#include "Runtime/Primitives/CriticalSection.h"
#include "Runtime/Primitives/DriverLocks.h"
#include "Runtime/Primitives/FastMutex.h"
#include "Runtime/Primitives/Interlocked.h"
#include "Runtime/Primitives/KernelQueue.h"
#include "Runtime/Primitives/KeyedEvent.h"
#include "Runtime/Primitives/PerProcessor.h"
#include "Runtime/Primitives/PushLockBlocks.h"
#include "Runtime/Primitives/RemoveLock.h"
#include "Runtime/Primitives/Resource.h"
#include "Runtime/Primitives/RunOnce.h"
#include "Runtime/Primitives/Rundown.h"
#include "Runtime/Primitives/SList.h"
#include "Runtime/Primitives/ThreadPool.h"
#include "Runtime/Primitives/Timer.h"

namespace irqlint::runtime {
using N = NativePlatform;
template class AddressWait<N>;
template class Apc<N>;
template class AutoExpandPushLock<N>;
template class CacheAwareRundown<N>;
template class CallbackObject<N>;
template class CancelableRequest<N>;
template class CancelSafeQueue<N>;
template class CompletionPort<N>;
template class ConditionVariable<N>;
template class CriticalSection<N>;
template class Dpc<N>;
template class DpcQueue<N>;
template class ExSpinLock<N>;
template class ExTimer<N>;
template class FastMutex<N>;
template class Gate<N>;
template class Interrupt<N>;
template class InterlockedList<N>;
template class KernelEvent<N>;
template class KernelQueue<N>;
template class KernelThread<N>;
template class KernelTimer<N>;
template class KeyedEvent<N>;
template class Mutex<N>;
template class NumberedQueuedLocks<N, 2>;
template class ObjectWaits<N>;
template class PerProcessorLock<N, ExSpinLock<N>>;
template class PerProcessorLock<N, PushLock<N>>;
template class PushLock<N>;
template class QueuedSpinLock<N>;
template class RemoveLock<N>;
template class TaggedRemoveLock<N>;
template class PushLockBlocks<N>;
template class Resource<N>;
template class RtlResource<N>;
template class RunOnce<N>;
template class Rundown<N>;
template class Semaphore<N>;
template class SList<N>;
template class SpinLock<N>;
template class PoolWait<N>;
template class PoolWaits<N>;
template class PoolWork<N>;
template class ThreadAlert<N>;
template class ThreadPool<N>;
template class TimerQueue<N>;
template class WdfCallbackLock<N>;
template class WdfWaitLock<N>;
template class WorkQueue<N>;

#ifdef WRONG
// What a user of these headers must be told.
struct Counter {
  SpinLock<N> Lock;
  int Value IRQLINT_GUARDED_BY(Lock) = 0;
  void unprotected() { ++Value; }
  void forgotten() {
    Lock.acquire();
    ++Value;
  }
  void twice() {
    Lock.acquire();
    Lock.acquire();
    Lock.release();
  }
  void notHeld() { Lock.release(); }
};
int shared(PushLock<N> &L, int &Data) {
  L.acquireShared();
  L.releaseExclusive();
  return Data;
}
#endif
} // namespace irqlint::runtime
