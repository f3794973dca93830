//===- JobPool.cpp - Units in processes of their own ----------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "JobPool.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/ErrorHandling.h"
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <list>
#include <new>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#ifndef __has_feature
#define __has_feature(x) 0
#endif

using namespace irqlint;
using Clock = std::chrono::steady_clock;

namespace {

/// Exit status by which a child says that the memory limit was hit.
constexpr int OutOfMemory = 97;

/// The limit is on processor time, so that a busy machine does not change the
/// result; the clock ends only what hangs.
constexpr int WallFactor = 5;

/// In a child: where its output goes.
int OutputPipe = -1;

/// AddressSanitizer reserves terabytes of address space.
#if __has_feature(address_sanitizer)
constexpr bool HasShadowMemory = true;
#else
constexpr bool HasShadowMemory = false;
#endif

struct Child {
  size_t Job;
  pid_t Pid;
  int Pipe;            ///< the job's output
  std::FILE *Messages; ///< its standard error, for the reason of a crash
  Clock::time_point Deadline;
  std::string Output;
};

void limit(int Resource, rlim_t Value) {
  rlimit L{};
  getrlimit(Resource, &L);
  L.rlim_cur =
      L.rlim_max == RLIM_INFINITY ? Value : std::min(Value, L.rlim_max);
  setrlimit(Resource, &L);
}

bool writeAll(int Fd, llvm::StringRef Text) {
  while (!Text.empty()) {
    ssize_t N = write(Fd, Text.data(), Text.size());
    if (N < 0 && errno == EINTR)
      continue;
    if (N <= 0)
      return false;
    Text = Text.drop_front(N);
  }
  return true;
}

[[noreturn]] void runChild(size_t Job, int Out, std::FILE *Messages,
                           const JobLimits &Limits, pid_t Parent,
                           llvm::function_ref<std::string(size_t)> Work) {
  // Ctrl-C reaches the whole group; the parent decides and kills the children,
  // so that none of them looks like a crash.
  signal(SIGINT, SIG_IGN);
  signal(SIGTERM, SIG_IGN);
  signal(SIGPIPE, SIG_DFL);
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGKILL); // nobody would read the result
#endif
  if (getppid() != Parent)
    _exit(1); // it was gone before
  OutputPipe = Out;
  if (Messages)
    dup2(fileno(Messages), STDERR_FILENO);
  limit(RLIMIT_CORE, 0);
  // Deeply nested source needs a deep stack in the parser.
  limit(RLIMIT_STACK, 64u << 20);
  if (Limits.MemoryMb && !HasShadowMemory)
    limit(RLIMIT_AS, rlim_t(Limits.MemoryMb) << 20);
  if (Limits.Seconds)
    limit(RLIMIT_CPU, Limits.Seconds);
  std::set_new_handler([] { _exit(OutOfMemory); });
  llvm::install_bad_alloc_error_handler(
      [](void *, const char *, bool) { _exit(OutOfMemory); });
  std::string Output = Work(Job);
  _exit(writeAll(Out, Output) ? 0 : 1);
}

/// The last line that the child printed, without the program's own prefix.
std::string lastMessage(std::FILE *Messages) {
  if (!Messages)
    return "";
  char Buffer[4096];
  std::fseek(Messages, 0, SEEK_END);
  long Size = std::ftell(Messages);
  std::fseek(Messages, std::max(0L, Size - long(sizeof(Buffer))), SEEK_SET);
  size_t N = std::fread(Buffer, 1, sizeof(Buffer), Messages);
  llvm::StringRef Text(Buffer, N);
  return Text.rtrim().rsplit('\n').second.empty()
             ? Text.trim().str()
             : Text.rtrim().rsplit('\n').second.trim().str();
}

std::string failure(int Status, const JobLimits &Limits, std::FILE *Messages) {
  if (WIFEXITED(Status) && WEXITSTATUS(Status) == 0)
    return "";
  if (WIFEXITED(Status) && WEXITSTATUS(Status) == OutOfMemory)
    return "needs more than " + std::to_string(Limits.MemoryMb) +
           " MB of memory";
  std::string Why;
  if (WIFSIGNALED(Status) && WTERMSIG(Status) == SIGXCPU)
    Why = "took longer than " + std::to_string(Limits.Seconds) + " s";
  else if (WIFSIGNALED(Status))
    Why = "the analysis crashed: " + std::string(strsignal(WTERMSIG(Status)));
  else
    Why =
        "the analysis ended with status " + std::to_string(WEXITSTATUS(Status));
  if (std::string Last = lastMessage(Messages); !Last.empty())
    Why += " (" + Last + ")";
  return Why;
}

class Pool {
public:
  Pool(const JobLimits &Limits, llvm::function_ref<std::string(size_t)> Work,
       llvm::function_ref<void(size_t, JobOutcome)> Done)
      : Limits(Limits), Work(Work), Done(Done) {}

  size_t running() const { return Children.size(); }

  void start(size_t Job) {
    int Ends[2];
    if (pipe(Ends) != 0) {
      Done(Job, {"", "no pipe: " + std::string(strerror(errno)), 0});
      return;
    }
    for (int End : Ends) // a launcher must not hold them open
      fcntl(End, F_SETFD, FD_CLOEXEC);
    Child C{Job, 0, Ends[0], std::tmpfile(), Clock::now(), ""};
    C.Deadline += std::chrono::seconds(Limits.Seconds) * WallFactor;
    pid_t Self = getpid();
    C.Pid = fork();
    if (C.Pid == 0) {
      close(Ends[0]);
      runChild(Job, Ends[1], C.Messages, Limits, Self, Work);
    }
    int Errno = errno;
    close(Ends[1]);
    if (C.Pid > 0) {
      Children.push_back(std::move(C));
      return;
    }
    close(Ends[0]);
    if (C.Messages)
      std::fclose(C.Messages);
    Done(Job, {"", "no process: " + std::string(strerror(Errno)), 0});
  }

  /// Reads what there is to read and ends what is over.
  void step() {
    std::vector<pollfd> Polls;
    int Wait = 1000; // also the longest delay after a signal
    for (Child &C : Children) {
      Polls.push_back({C.Pipe, POLLIN, 0});
      if (Limits.Seconds)
        Wait = std::clamp<int64_t>(left(C), 0, Wait);
    }
    int Ready = poll(Polls.data(), Polls.size(), Wait);
    if (Ready < 0)
      return; // a signal; the caller looks at Stop
    size_t I = 0;
    for (auto It = Children.begin(); It != Children.end(); ++I) {
      auto This = It++;
      if (Polls[I].revents && !read(*This))
        finish(This, "");
      else if (Limits.Seconds && left(*This) <= 0)
        finish(This, "took longer than " +
                         std::to_string(Limits.Seconds * WallFactor) + " s");
    }
  }

  void killAll() {
    for (Child &C : Children)
      kill(C.Pid, SIGKILL);
    while (running())
      finish(Children.begin(), "interrupted");
  }

private:
  /// Milliseconds to the deadline.
  static int64_t left(const Child &C) {
    return std::chrono::ceil<std::chrono::milliseconds>(C.Deadline -
                                                        Clock::now())
        .count();
  }

  /// True if there was something to read.
  static bool readSome(Child &C) {
    char Buffer[65536];
    ssize_t N = ::read(C.Pipe, Buffer, sizeof(Buffer));
    if (N > 0)
      C.Output.append(Buffer, N);
    return N > 0;
  }
  /// False at the end of the output.
  static bool read(Child &C) {
    errno = 0;
    return readSome(C) || errno == EINTR || errno == EAGAIN;
  }

  void finish(std::list<Child>::iterator It, std::string Failure) {
    Child C = std::move(*It);
    Children.erase(It);
    if (!Failure.empty())
      kill(C.Pid, SIGKILL);
    int Status = 0;
    rusage Usage{};
    while (wait4(C.Pid, &Status, 0, &Usage) < 0 && errno == EINTR)
      ;
    JobOutcome O;
    O.PeakMb = Usage.ru_maxrss / 1024.0; // Linux counts in KiB
    O.Failure = Failure.empty() ? failure(Status, Limits, C.Messages) : Failure;
    // What was written before the end is still in the pipe.
    fcntl(C.Pipe, F_SETFL, O_NONBLOCK);
    while (readSome(C))
      ;
    O.Output = std::move(C.Output);
    release(C);
    Done(C.Job, std::move(O));
  }

  static void release(Child &C) {
    close(C.Pipe);
    if (C.Messages)
      std::fclose(C.Messages);
  }

  const JobLimits &Limits;
  llvm::function_ref<std::string(size_t)> Work;
  llvm::function_ref<void(size_t, JobOutcome)> Done;
  std::list<Child> Children;
};

} // namespace

void irqlint::sayFromJob(llvm::StringRef Text) {
  if (!writeAll(OutputPipe, Text))
    _exit(1);
}

void irqlint::runJobs(size_t Count, const JobLimits &Limits,
                      llvm::function_ref<std::string(size_t)> Work,
                      llvm::function_ref<void(size_t, JobOutcome)> Done,
                      const volatile std::sig_atomic_t &Stop) {
  Pool P(Limits, Work, Done);
  for (size_t Next = 0; !Stop && (Next < Count || P.running());) {
    while (!Stop && Next < Count && P.running() < std::max(1u, Limits.Parallel))
      P.start(Next++);
    if (P.running())
      P.step();
  }
  P.killAll();
}
