//===- Launch.cpp - Units by a launcher, maybe on other machines ----------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Launch.h"
#include "Commands.h"
#include "JobPool.h"
#include "Options.h"
#include "Report/Json.h"
#include "Report/OutputFile.h"
#include "UnitStream.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/StringSaver.h"
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

using namespace llvm;
using namespace irqlint;

static constexpr StringLiteral Format = "irqlint-job";

Expected<Launcher> Launcher::make(StringRef Command, StringRef Folder,
                                  std::string Program,
                                  const SetupValues &Values) {
  Launcher L;
  BumpPtrAllocator Alloc;
  StringSaver Saver(Alloc);
  SmallVector<const char *> Words;
  cl::TokenizeGNUCommandLine(Command, Saver, Words);
  L.Command.assign(Words.begin(), Words.end());
  if (L.Command.empty())
    return createStringError("--launcher: no command");
  ErrorOr<std::string> Path = sys::findProgramByName(L.Command[0]);
  if (!Path)
    return createStringError(Path.getError(), "--launcher: no program '%s'",
                             L.Command[0].c_str());
  L.Command[0] = *Path;
  L.Command.push_back(std::move(Program));
  L.Values = Values;
  SmallString<256> Prefix(Folder), Made;
  if (Folder.empty())
    sys::path::system_temp_directory(/*ErasedOnReboot=*/true, Prefix);
  sys::fs::make_absolute(Prefix);
  sys::path::append(Prefix, "jobs");
  if (std::error_code EC = sys::fs::createUniqueDirectory(Prefix, Made))
    return createStringError(EC,
                             "--launcher: cannot make a folder '%s-...': %s",
                             Prefix.c_str(), EC.message().c_str());
  L.Folder = std::string(Made);
  return L;
}

void Launcher::cleanUp() const { sys::fs::remove_directories(Folder); }

namespace {

/// Passes a file on that another process writes.
class Tail {
public:
  explicit Tail(std::string File) : File(std::move(File)) {}

  void pass() {
    // Opened anew each time: on a network's file system only that shows news.
    int Fd = open(File.c_str(), O_RDONLY | O_CLOEXEC);
    if (Fd < 0)
      return;
    char Buffer[65536];
    for (ssize_t N; (N = pread(Fd, Buffer, sizeof(Buffer), Offset)) > 0;
         Offset += N)
      sayFromJob(StringRef(Buffer, N));
    close(Fd);
  }

private:
  std::string File;
  off_t Offset = 0;
};

} // namespace

/// Runs \p Args; its messages go to our standard error.
static pid_t startProcess(const std::vector<std::string> &Args) {
  std::vector<char *> Argv;
  for (const std::string &A : Args)
    Argv.push_back(const_cast<char *>(A.c_str()));
  Argv.push_back(nullptr);
  pid_t Self = getpid();
  pid_t Pid = fork();
  if (Pid != 0)
    return Pid;
#ifdef __linux__
  // When the scan is stopped, the launcher shall take its job back.
  prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
  if (getppid() != Self)
    _exit(1);
  setpgid(0, 0); // Ctrl-C is the scan's business
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
  sigset_t None;
  sigemptyset(&None);
  sigprocmask(SIG_SETMASK, &None, nullptr);
  if (int Null = open("/dev/null", O_RDONLY); Null >= 0)
    dup2(Null, STDIN_FILENO);
  dup2(STDERR_FILENO, STDOUT_FILENO);
  execv(Argv[0], Argv.data());
  errs() << Argv[0] << ": " << strerror(errno) << '\n';
  _exit(127);
}

std::string Launcher::run(const UnitPlan &Unit, const SecondLook &Second,
                          size_t Index) const {
  std::string Base = Folder + "/" + std::to_string(Index);
  std::string Job = Base + ".job", Result = Base + ".result";
  std::string Text = printJson(json::Object{{"format", Format},
                                            {"version", 1},
                                            {"tool", IRQLINT_VERSION},
                                            {"unit", toJSON(Unit)},
                                            {"second", toJSON(Second)},
                                            {"setup", toJSON(Values)}});
  if (Error E = writeFileAtomically(Job, Text)) {
    errs() << toString(std::move(E)) << '\n';
    _exit(1);
  }
  std::vector<std::string> Args = Command;
  Args.insert(Args.end(), {"unit", Job, Result});
  pid_t Pid = startProcess(Args);
  if (Pid < 0) {
    errs() << "no process: " << strerror(errno) << '\n';
    _exit(1);
  }
  Tail Progress(Result);
  int Status = 0;
  for (unsigned Wait = 1000; waitpid(Pid, &Status, WNOHANG) == 0;
       Wait = std::min(Wait * 2, 100000u)) {
    Progress.pass();
    usleep(Wait);
  }
  Progress.pass();
  sys::fs::remove(Job);
  sys::fs::remove(Result);
  if (WIFEXITED(Status) && WEXITSTATUS(Status) == 0)
    return "";
  _exit(WIFEXITED(Status) ? WEXITSTATUS(Status) : 1);
}

static Error readJob(StringRef File, UnitPlan &Unit, SecondLook &Second,
                     SetupValues &Values) {
  auto Bad = [&](const Twine &Why) {
    return createStringError(inconvertibleErrorCode(), "%s: not a job: %s",
                             File.str().c_str(), Why.str().c_str());
  };
  auto Buffer = MemoryBuffer::getFile(File);
  if (!Buffer)
    return createStringError(Buffer.getError(), "cannot read '%s': %s",
                             File.str().c_str(),
                             Buffer.getError().message().c_str());
  Expected<json::Value> V = json::parse((*Buffer)->getBuffer());
  if (!V)
    return Bad(toString(V.takeError()));
  const json::Object *O = V->getAsObject();
  if (!O || O->getString("format") != StringRef(Format) ||
      O->getInteger("version") != int64_t(1))
    return Bad("no \"format\": \"irqlint-job\" of version 1");
  if (O->getString("tool") != StringRef(IRQLINT_VERSION))
    return Bad("it is from another version of irqlint than this "
               "one, " IRQLINT_VERSION);
  json::Path::Root Root("job");
  json::ObjectMapper M(*V, Root);
  if (M && M.map("unit", Unit) && M.map("second", Second) &&
      M.map("setup", Values))
    return Error::success();
  return Bad(toString(Root.getError()));
}

int irqlint::unitCommand() {
  if (opt::UnitFiles.size() != 2)
    return fail("usage: irqlint unit JOB RESULT (what scan --launcher runs)");
  UnitPlan Unit;
  SecondLook Second;
  SetupValues Values;
  if (Error E = readJob(opt::UnitFiles[0], Unit, Second, Values))
    return fail(std::move(E));
  Expected<Setup> S = makeSetup(Values);
  if (!S)
    return fail(S.takeError());
  std::error_code EC;
  raw_fd_ostream OS(opt::UnitFiles[1], EC);
  if (EC)
    return fail("cannot write '" + opt::UnitFiles[1] + "': " + EC.message());
  OS.SetUnbuffered();
  JobLimits Limits;
  Limits.Seconds = Values.Seconds;
  Limits.MemoryMb = Values.MemoryMb;
  volatile std::sig_atomic_t Stop = 0;
  auto Write = [&](StringRef Line) { OS << Line; };
  runJobs(
      1, Limits,
      [&](size_t) {
        UnitWriter W(Write);
        runUnit(Unit, S->Parse, S->Analyze, Second, W);
        return std::string();
      },
      [&](size_t, JobOutcome Outcome) {
        UnitWriter(Write).ended(Outcome.PeakMb, Outcome.Failure);
      },
      Stop);
  if (OS.has_error()) {
    std::string Why = OS.error().message();
    OS.clear_error();
    return fail("cannot write '" + opt::UnitFiles[1] + "': " + Why);
  }
  return ExitClean;
}
