//===- Emit.cpp - From the report to files and the terminal ---------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Emit.h"
#include "Commands.h"
#include "Options.h"
#include "Report/Baseline.h"
#include "Report/Html.h"
#include "Report/Json.h"
#include "Report/OutputFile.h"
#include "Report/Plist.h"
#include "Report/Repairs.h"
#include "Report/ResultFile.h"
#include "Report/Sarif.h"
#include "Report/Stats.h"
#include "Report/Text.h"
#include "Report/WdfText.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include <cstdlib>

using namespace llvm;
using namespace irqlint;

std::string irqlint::currentFolder() {
  SmallString<256> Dir;
  sys::fs::current_path(Dir);
  return std::string(Dir);
}

std::string irqlint::sourceRoot(StringRef Path) {
  SmallString<256> Dir(Path);
  sys::fs::make_absolute(Dir);
  sys::path::remove_dots(Dir, /*remove_dot_dot=*/true);
  for (; !Dir.empty() && Dir != "/"; sys::path::remove_filename(Dir)) {
    SmallString<256> Git(Dir);
    sys::path::append(Git, ".git");
    if (sys::fs::exists(Git))
      return std::string(Dir);
  }
  return currentFolder();
}

/// The file that --output means: in a folder (for HTML) index.html.
static std::string outputFile() {
  std::string Path = opt::Output;
  if (opt::OutputFormat != opt::Format::Html || Path.empty())
    return Path;
  if (!sys::fs::is_directory(Path) && !StringRef(Path).ends_with("/"))
    return Path;
  sys::fs::create_directories(Path); // what fails here is told by the write
  SmallString<256> Index(Path);
  sys::path::append(Index, "index.html");
  return std::string(Index);
}

Error irqlint::checkOutputOptions() {
  for (const std::string &File :
       {outputFile(), opt::Stats.getValue(), opt::WriteBaseline.getValue(),
        opt::DumpConfig.getValue()})
    if (!File.empty() && File != "-")
      if (Error E = checkWritable(File))
        return E;
  if (!opt::Baseline.empty()) {
    Expected<Baseline> B = Baseline::load(opt::Baseline);
    if (!B)
      return B.takeError();
  }
  return Error::success();
}

static std::string render(const Report &R, SourceText &Sources,
                          const RuleSet &Rules, StringRef Root) {
  switch (opt::OutputFormat) {
  case opt::Format::Sarif: {
    SarifOptions Opts;
    Opts.Root = Root.str();
    Opts.Catalog = Rules.checks();
    return sarifText(R, Sources, Opts);
  }
  case opt::Format::Json:
    return printJson(resultToJson(R));
  case opt::Format::Html: {
    HtmlOptions Opts;
    Opts.Base = currentFolder();
    Opts.Root = Root.str();
    Opts.Catalog = Rules.checks();
    std::string Page;
    raw_string_ostream OS(Page);
    writeHtml(R, Sources, Opts, OS);
    return Page;
  }
  case opt::Format::Plist: {
    std::string Text;
    raw_string_ostream OS(Text);
    writePlist(R, OS);
    return Text;
  }
  case opt::Format::Text:
    break;
  }
  TextOptions Opts;
  Opts.Base = currentFolder();
  Opts.Color = opt::Output.empty() && sys::Process::StandardOutHasColors() &&
               !std::getenv("NO_COLOR");
  std::string Text;
  raw_string_ostream OS(Text);
  writeText(R, Sources, Opts, OS);
  return Text;
}

int irqlint::emitReport(Report R, SourceText &Sources, const RuleSet &Rules,
                        StringRef Root) {
  TextOptions Summary;
  Summary.Base = currentFolder();
  int Status = ExitClean;
  auto Write = [&](StringRef File, StringRef Text) {
    if (Error E = writeFileAtomically(File, Text)) {
      Status = fail(std::move(E));
      return false;
    }
    return true;
  };

  // Statistics and a new baseline are about everything that was found.
  if (!opt::Stats.empty())
    Write(opt::Stats, printJson(statistics(R, Summary.Base)));
  if (!opt::DumpConfig.empty())
    Write(opt::DumpConfig, StringRef(opt::DumpConfig).ends_with(".json")
                               ? printJson(objectsJson(R.Units, Summary.Base))
                               : objectsText(R.Units, Summary.Base));
  std::string NewBaseline = baselineText(R, Root);
  if (!opt::Baseline.empty()) {
    if (Expected<Baseline> B = Baseline::load(opt::Baseline))
      B->apply(R);
    else
      Status = fail(B.takeError());
  }
  if (!opt::Possible)
    hidePossible(R);

  std::string Text = render(R, Sources, Rules, Root);
  std::string To = opt::Output.empty() ? "-" : outputFile();
  // What was found must not be lost because its file cannot be written.
  if (!Write(To, Text) && To != "-")
    Write("-", Text);

  if (!opt::WriteBaseline.empty())
    Write(opt::WriteBaseline, NewBaseline);
  writeSummary(R, Summary, errs());
  if (opt::Fix) {
    if (Expected<RepairCount> Made = repairFiles(R, Summary.Base))
      errs() << "irqlint: " << Made->Repairs
             << (Made->Repairs == 1 ? " finding" : " findings")
             << " repaired in " << Made->Files
             << (Made->Files == 1 ? " file\n" : " files\n");
    else
      Status = fail(Made.takeError());
  }
  return std::max(Status, R.exitStatus());
}
