//===- Framework.h - Objects of the driver framework at run time *- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//
/// \file
/// The framework of one execution: the objects that the driver has created,
/// what they inherit, under which lock and at which level their callbacks run,
/// and the story of a device from its arrival to its removal. What an object
/// may be and what it gets from whom stands in the rules (config-rules,
/// objects); here it is only looked up, over values that are all known.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_KMDF_FRAMEWORK_H
#define IRQLINT_RUNTIME_KMDF_FRAMEWORK_H

#include "Runtime/Verifier/World.h"
#include <deque>

namespace irqlint::rt {

/// What the driver has said of a device before it created it.
struct InitSays {
  std::optional<bool> OwnsPowerPolicy;
  bool OfBus = false; ///< it is the bus driver's
};

/// An object of the framework. Its address is its handle, unless it stands for
/// one of which no more is known than what it is.
struct WdfThing {
  uint64_t handle() const {
    return StandsFor ? StandsFor : reinterpret_cast<uint64_t>(this);
  }
  uint64_t StandsFor = 0;

  std::string Kind, Name;
  /// How it was made; null for what the framework makes.
  const ObjectContract *How = nullptr;
  SiteIndex Where = 0;
  std::string CreatedIn; ///< role
  /// Members that are known.
  std::map<std::string, uint64_t> Config, Attributes;
  std::optional<bool> Given; ///< attributes
  WdfThing *Parent = nullptr, *Device = nullptr;
  /// One that is not known may be among them.
  bool ParentGiven = false;
  std::optional<int64_t> Level, Scope;
  std::map<uint64_t, uint64_t> Contexts; ///< by type
  std::vector<uint64_t> Cleanup, Destroy;
  bool Deleted = false;
  unsigned References = 0; ///< of the driver
  /// A lock that an interrupt has taken over.
  WdfThing *TakenBy = nullptr;

  // Callbacks.
  uint64_t Number = 0;
  std::set<std::string> Reached;
  bool Queued = false;  ///< a run is to come
  unsigned Running = 0; ///< callbacks in progress
  unsigned Fired = 0;
  uint64_t Alarm = 0; ///< of the machine
  bool Connected = false;
  bool SelfManaged = false; ///< was told to begin with that
  InitSays Said;
  /// How far a device has come.
  enum : uint8_t {
    Created,
    Prepared,
    Powered,
    Enabled,
    Working
  } Stage = Created;

  // A queue; a request.
  std::deque<WdfThing *> Waiting;
  std::vector<WdfThing *> Presented;
  bool Accepts = true, Dispatches = true;
  WdfThing *Queue = nullptr;
  bool Completed = false, Canceled = false, Stopped = false;
  uint64_t Status = 0;                   ///< that it was completed with
  std::map<uint64_t, WdfThing *> Queues; ///< of a device, by type of request
  /// Something about the whole device is being done.
  bool Busy = false;
  /// For the order of what happens: the ends of its callbacks, the requests
  /// that have come to an end.
  uint64_t end() const { return handle() + 1; }
  uint64_t completions() const { return handle() + 2; }
  uint64_t CancelRoutine = 0;
  /// Sent to another driver: what is called when it comes back, and with what.
  uint64_t CompletionRoutine = 0, CompletionContext = 0, SentStatus = 0;
  bool Sent = false, CancelSent = false;
  /// The callback that it is meant for, and what that gets.
  std::string Member;
  std::vector<uint64_t> Args;

  uint64_t config(const char *Member) const {
    auto I = Config.find(Member);
    return I == Config.end() ? 0 : I->second;
  }
  uint64_t attribute(const char *Member) const {
    auto I = Attributes.find(Member);
    return I == Attributes.end() ? 0 : I->second;
  }
};

/// How a callback is entered.
struct WdfEntry {
  std::string Member, Struct;
  /// Else it is that of the member.
  const RoleContract *Role = nullptr;
  uint64_t Function = 0;
  /// Not known: what decides over it is not part of this execution.
  bool Known = true;
  Level At = PassiveLevel;
  /// Up to DISPATCH_LEVEL, as the caller brings it.
  bool UpTo = false;
  /// Held around it: the object whose lock it is; null for none.
  WdfThing *Lock = nullptr;
  bool OfInterrupt = false;
  bool Spins = false;
};

class Framework {
public:
  explicit Framework(World &W);
  ~Framework();

  /// A name for what is derived from a handle, the same in each execution; 0:
  /// it is none of these.
  uint64_t number(uint64_t Object) const;
  /// Null for handles from elsewhere.
  WdfThing *find(uint64_t Handle) const;
  /// Does a routine of the framework, if this is one for it; the result.
  std::optional<uint64_t> perform(Frame &F);
  /// The driver's entry is through: devices come, work, and go. \p Succeeded:
  /// what the function that created all this has returned.
  void live(bool Succeeded);

  // Scenarios: Scenario.cpp.
  /// A device for the driver, if it is one of the framework, that works; its
  /// handle.
  uint64_t plugIn();
  bool isDevice(uint64_t Handle) const {
    const WdfThing *T = find(Handle);
    return T && T->Kind == "device";
  }
  /// A request for this device; nobody has got it yet.
  uint64_t request(uint64_t Device, unsigned Major, unsigned Code);
  /// It goes to its queue; returns when it is complete, with its status.
  uint64_t serve(uint64_t Request);
  void giveUp(uint64_t Request);
  /// Plug and play, power.
  void event(uint64_t Device, unsigned Major, unsigned Minor);
  void interruptAll();
  /// A thread waits in it for callbacks or requests to end.
  bool waits(const Thread *Which = nullptr) const;

  /// The lock that is meant by \p Handle for a routine of this kind of lock.
  struct Lock {
    uint64_t Object = 0;
    const LockKindInfo *Kind = nullptr;
    bool Known = false; ///< how it behaves
    bool Spins = false;
    /// There is none: why, and the check that tells it.
    std::string Lacks, Check = "callback-lock-misuse";
  };
  Lock lock(uint64_t Handle, const LockKindInfo *Kind,
            const std::string &DeclaredType) const;
  /// The framework orders its callback locks: those of devices come before
  /// those of queues. A lock held here that comes after that of \p Wanted.
  const Hold *heldOutOfOrder(uint64_t Wanted, bool Spins) const;
  /// "device 'Device'".
  std::string title(uint64_t Handle) const;
  /// The callbacks of \p Awaited need a lock that is held here: the name of
  /// one, and the lock's owner.
  std::optional<std::pair<std::string, WdfThing *>>
  blocked(const WdfThing &Awaited) const;

  /// The value of a word of the rules, if it is known.
  std::optional<int64_t> word(const WdfThing &T, llvm::StringRef W) const;
  std::optional<bool> holds(const WdfThing &T,
                            const ConfigConditions &Cs) const;
  WdfEntry entryOf(const WdfThing &T, const CallbackContract &C) const;
  /// The driver object, once it was created.
  const WdfThing *driver() const { return Driver; }
  const std::vector<std::unique_ptr<WdfThing>> &things() const {
    return Things;
  }
  /// A constant of the headers.
  static int number(llvm::StringRef Name);
  static uint64_t status(llvm::StringRef Name) {
    return static_cast<uint32_t>(number(Name));
  }

private:
  using Handler = std::optional<uint64_t> (Framework::*)(Frame &F);
  static const std::map<std::string, Handler> &handlers();

  // Create.cpp
  std::optional<uint64_t> create(Frame &F, const ObjectContract &C);
  void read(std::map<std::string, uint64_t> &To, llvm::StringRef Routine,
            llvm::StringRef Struct, uint64_t From);
  void readAttributes(WdfThing &T, uint64_t At);
  std::string judge(WdfThing &T, bool SetUp);
  void conclude(WdfThing &T);
  void addContext(WdfThing &T);
  WdfThing &add(std::string Kind, std::string Name);
  WdfThing *deviceAt(uint64_t Handle);
  std::string structOf(llvm::StringRef Routine) const;
  bool sizesFit(const WdfThing &T) const;

  // Interrupts.cpp
  std::string refuse(const WdfThing &T, const char *Message,
                     const char *Status);
  std::string judgeInterrupt(const WdfThing &T);
  std::string lacksInterruptLock(const WdfThing &T, bool Spins) const;
  void connect(WdfThing &T, bool On);
  std::optional<uint64_t> initOwnership(Frame &F);
  std::optional<uint64_t> initFilter(Frame &F);
  std::optional<uint64_t> initBusChild(Frame &F);
  std::optional<uint64_t> interruptEnable(Frame &F);
  std::optional<uint64_t> interruptLater(Frame &F, const char *Member);

  // Words.cpp
  WdfThing *lockOwner(const WdfThing &T) const;
  std::optional<int64_t> member(const WdfThing &T, llvm::StringRef W) const;
  std::optional<int64_t> firstRow(const WdfThing &T,
                                  const std::vector<ConfigRow> &Rows) const;

  // Dispatch.cpp
  uint64_t call(WdfThing &T, const WdfEntry &E, std::vector<uint64_t> Args,
                bool Interrupts = false);
  std::optional<uint64_t> call(WdfThing &T, llvm::StringRef Member,
                               std::vector<uint64_t> Args,
                               bool Interrupts = false);
  const CallbackContract *callback(const WdfThing &T,
                                   llvm::StringRef Member) const;
  void queueDpc(WdfThing &T, llvm::StringRef Member,
                std::vector<uint64_t> Args);
  void queueWork(WdfThing &T, llvm::StringRef Member,
                 std::vector<uint64_t> Args);
  void startTimer(WdfThing &T, uint64_t Delay);
  void interrupt(WdfThing &T);
  void sleep(uint64_t Units);
  /// \p Client: it is not the framework that waits.
  void waitUntil(const std::function<bool()> &Ready, bool Client = false);
  void waitFor(WdfThing &T);
  void changed();
  /// Memory and other things may be short, once in an execution.
  bool fails();

  // Routines*.cpp: each returns nothing for handles that are not known.
  std::optional<uint64_t> done(Frame &F, uint64_t Result);
  void store(uint64_t At, uint64_t Value);
  WdfThing *argument(const Frame &F, unsigned I) const;
  /// The first argument, if it is known and of this kind; then the routine has
  /// begun.
  WdfThing *begin(Frame &F, llvm::StringRef Kind = "");
  WdfThing *inQueue(Frame &F);
  /// In scenarios somebody else takes care of what waits in the queue.
  void nextLater(WdfThing &Queue);
  std::optional<uint64_t> related(Frame &F);
  std::optional<uint64_t> context(Frame &F);
  std::optional<uint64_t> allocateContext(Frame &F);
  std::optional<uint64_t> contextObject(Frame &F);
  std::optional<uint64_t> deleteObject(Frame &F);
  std::optional<uint64_t> reference(Frame &F);
  std::optional<uint64_t> dereference(Frame &F);
  void callAll(WdfThing &T, const std::vector<uint64_t> &Functions,
               const char *Member);
  std::optional<uint64_t> timerStart(Frame &F);
  std::optional<uint64_t> timerStop(Frame &F);
  std::optional<uint64_t> dpcEnqueue(Frame &F);
  std::optional<uint64_t> dpcCancel(Frame &F);
  std::optional<uint64_t> workEnqueue(Frame &F);
  std::optional<uint64_t> workFlush(Frame &F);
  std::optional<uint64_t> interruptDpc(Frame &F);
  std::optional<uint64_t> interruptWork(Frame &F);
  std::optional<uint64_t> interruptSynchronize(Frame &F);
  std::optional<uint64_t> requestComplete(Frame &F);
  std::optional<uint64_t> requestForward(Frame &F);
  std::optional<uint64_t> requestRequeue(Frame &F);
  std::optional<uint64_t> requestMark(Frame &F);
  std::optional<uint64_t> requestUnmark(Frame &F);
  std::optional<uint64_t> requestBuffer(Frame &F);
  std::optional<uint64_t> requestQueue(Frame &F);
  std::optional<uint64_t> requestCanceled(Frame &F);
  // Targets.cpp
  std::optional<uint64_t> requestOnCompletion(Frame &F);
  std::optional<uint64_t> requestSend(Frame &F);
  std::optional<uint64_t> requestStatus(Frame &F);
  std::optional<uint64_t> requestCancelSent(Frame &F);
  Answer answer();
  void comeBack(WdfThing &Request, uint64_t Target, uint64_t Status);
  std::optional<uint64_t> queueRetrieve(Frame &F);
  std::optional<uint64_t> queueStart(Frame &F);
  std::optional<uint64_t> queueStop(Frame &F);
  std::optional<uint64_t> defaultQueue(Frame &F);
  std::optional<uint64_t> configureDispatching(Frame &F);
  std::optional<uint64_t> requestStopped(Frame &F);
  std::optional<uint64_t> theDriver(Frame &F);

  // Life.cpp
  void addDevice();
  bool start(WdfThing &Device);
  bool powerUp(WdfThing &Device, uint64_t From);
  void powerDown(WdfThing &Device, uint64_t To);
  void stopRequests(WdfThing &Device, uint64_t Action);
  void powerCycle(WdfThing &Device);
  std::vector<WdfThing *> dispatching(const WdfThing &Device) const;
  void resume(WdfThing &Device, const std::vector<WdfThing *> &Stopped);
  void pump(WdfThing &Device);
  void work(WdfThing &Device);
  void rebalance(WdfThing &Device);
  void releaseHardware(WdfThing &Device);
  void remove(WdfThing &Device, bool Surprise);
  void end(WdfThing &T);
  void awaitRequests(WdfThing &Queue, bool Ends);
  void pause();
  std::optional<uint64_t> power(WdfThing &Device, llvm::StringRef Member,
                                std::vector<uint64_t> Args);
  /// The driver has a callback for it.
  bool listens(const WdfThing &Device, const char *Member) const;
  void present(WdfThing &Queue, llvm::StringRef Member);
  void deliver(WdfThing &Queue, WdfThing &Request, llvm::StringRef Member,
               std::vector<uint64_t> Args, bool Raised);
  void finish(WdfThing &Request);
  void cancel(WdfThing &Request);
  void unreached(WdfThing &Device);
  void files(WdfThing &Device);
  void destroy(WdfThing &T);
  std::vector<WdfThing *> of(const WdfThing &Device,
                             llvm::StringRef Kind) const;
  /// The values that matter to a parameter.
  std::vector<int64_t> domain(uint64_t Function, unsigned Parameter) const;
  uint64_t unknown() { return W.memory().newObject(); }

  World &W;
  const RuleSet &Rules;
  std::vector<std::unique_ptr<WdfThing>> Things;
  std::map<uint64_t, WdfThing *> Handles;
  /// What is set up for a device that is created later, by its set-up.
  std::map<uint64_t, std::vector<WdfThing *>> SetUps;
  std::map<uint64_t, InitSays> Inits;
  WdfThing *Driver = nullptr;
  /// Was entered; a device is not started twice.
  std::set<const WdfThing *> Started;
  bool Failed = false, Answered = false;
  struct Sleeper {
    Thread *Who;
    const std::function<bool()> *Until;
    bool Client;
  };
  std::vector<Sleeper> Sleepers;
  const LockKindInfo *ObjectLock, *InterruptLock, *InterruptWaitLock, *SpinLock;
};

} // namespace irqlint::rt

#endif // IRQLINT_RUNTIME_KMDF_FRAMEWORK_H
