//===- Plist.cpp - Findings as clang's property list ----------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report/Plist.h"
#include "Report/Html.h"
#include "Report/Links.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MD5.h"
#include <map>

using namespace llvm;
using namespace irqlint;

namespace {

class Writer {
public:
  Writer(const Report &R, raw_ostream &OS) : R(R), OS(OS) {}

  void write() {
    OS << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
          "<!DOCTYPE plist PUBLIC \"-//Apple Computer//DTD PLIST 1.0//EN\" "
          "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n"
          "<plist version=\"1.0\">\n<dict>\n";
    text("clang_version", ("irqlint " + toolVersion()).str());
    key("metadata");
    OS << "<dict>\n";
    key("generated_by");
    OS << "<dict>\n";
    text("name", "irqlint");
    text("version", toolVersion());
    OS << "</dict>\n</dict>\n";
    key("diagnostics");
    OS << "<array>\n";
    for (const ReportItem &I : R.Items)
      item(I);
    OS << "</array>\n";
    key("files");
    OS << "<array>\n";
    for (const std::string &File : Files)
      OS << "<string>" << htmlText(File) << "</string>\n";
    OS << "</array>\n</dict>\n</plist>\n";
  }

private:
  void key(StringRef Name) { OS << "<key>" << Name << "</key>\n"; }
  void text(StringRef Name, StringRef Value) {
    key(Name);
    OS << "<string>" << htmlText(Value) << "</string>\n";
  }
  void number(StringRef Name, unsigned N) {
    key(Name);
    OS << "<integer>" << N << "</integer>\n";
  }

  unsigned fileIndex(const std::string &File) {
    auto [It, New] = Index.try_emplace(File, Files.size());
    if (New)
      Files.push_back(File);
    return It->second;
  }

  void location(const SourcePos &P) {
    OS << "<dict>\n";
    number("line", P.Line);
    number("col", std::max(P.Col, 1u));
    number("file", fileIndex(P.File));
    OS << "</dict>\n";
  }

  /// A pair of places, the second that of the last character.
  void range(const SourcePos &P) {
    OS << "<array>\n";
    location(P);
    SourcePos End = P;
    End.Line = P.EndLine;
    End.Col = P.EndCol - 1;
    location(End);
    OS << "</array>\n";
  }

  void fixits(const Repair &R) {
    key("fixits");
    OS << "<array>\n";
    for (const TextEdit &E : R.Edits) {
      OS << "<dict>\n";
      key("remove_range");
      range(E.Pos);
      text("insert_string", E.Text);
      OS << "</dict>\n";
    }
    OS << "</array>\n";
  }

  void event(const SourcePos &P, StringRef Message, unsigned Depth,
             const Repair &Fix = {}) {
    OS << "<dict>\n";
    text("kind", "event");
    key("location");
    location(P);
    if (P.Col && P.EndLine == P.Line && P.EndCol > P.Col) {
      key("ranges");
      OS << "<array>\n";
      range(P);
      OS << "</array>\n";
    }
    number("depth", Depth);
    text("extended_message", Message);
    text("message", Message);
    if (!Fix.Edits.empty())
      fixits(Fix);
    OS << "</dict>\n";
  }

  /// What a step says, the level and the locks after it.
  static std::string wording(const PathStep &S) {
    std::string Text = S.Message;
    if (!S.Level.empty())
      Text += " (at " + S.Level + ")";
    if (!S.Held.empty())
      Text += " (held: " + join(S.Held, ", ") + ")";
    return Text;
  }

  void item(const ReportItem &I) {
    const Finding &F = I.F;
    std::string Message = F.Message;
    if (F.Sure == Certainty::Possible)
      Message += " (possible)";
    OS << "<dict>\n";
    key("path");
    OS << "<array>\n";
    for (const PathStep &S : F.Path)
      if (!(S.Pos == F.Pos && &S == &F.Path.back()))
        event(S.Pos, wording(S), S.Depth);
    event(F.Pos, Message, F.Path.empty() ? 0 : F.Path.back().Depth, F.Fix);
    OS << "</array>\n";
    text("description", Message);
    text("category", "Windows driver synchronization");
    text("type", F.Check);
    text("check_name", "irqlint-" + F.Check);
    MD5 Hash; // 32 digits, as the readers expect
    Hash.update(I.Fingerprint);
    text("issue_hash_content_of_line_in_context", Hash.final().digest());
    text("issue_context_kind", "function");
    text("issue_context", F.Function);
    key("location");
    location(F.Pos);
    OS << "</dict>\n";
  }

  const Report &R;
  raw_ostream &OS;
  std::vector<std::string> Files;
  std::map<std::string, unsigned> Index;
};

} // namespace

void irqlint::writePlist(const Report &R, raw_ostream &OS) {
  Writer(R, OS).write();
}
