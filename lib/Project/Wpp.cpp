//===- Wpp.cpp - What the WPP trace preprocessor would generate -*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Project/Wpp.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace irqlint {

namespace {

bool isName(StringRef S) {
  return !S.empty() && !isDigit(S[0]) &&
         all_of(S, [](char C) { return isAlnum(C) || C == '_'; });
}

/// Splits at commas outside parentheses and trims.
std::vector<std::string> splitArgs(StringRef T) {
  std::vector<std::string> Out;
  std::string Cur;
  int Depth = 0;
  for (char C : T) {
    Depth += C == '(' ? 1 : C == ')' ? -1 : 0;
    if (C == ',' && Depth <= 0) {
      Out.push_back(StringRef(Cur).trim().str());
      Cur.clear();
    } else {
      Cur += C;
    }
  }
  if (!StringRef(Cur).trim().empty())
    Out.push_back(StringRef(Cur).trim().str());
  return Out;
}

/// `Name{A=b,C=d}(P,Q,...)`, `Name((P,Q,...))`, `Name(P,(Q,...))`. The inner
/// parenthesis is kept as a parameter "(".
std::optional<TraceFunction> parseOne(StringRef T) {
  T = T.trim();
  TraceFunction F;
  StringRef Name = T.take_while([](char C) { return isAlnum(C) || C == '_'; });
  if (!isName(Name))
    return std::nullopt;
  F.Name = Name.str();
  T = T.drop_front(Name.size()).ltrim();
  if (T.consume_front("{")) {
    auto [Fixed, Rest] = T.split('}');
    F.Fixed = splitArgs(Fixed);
    T = Rest.ltrim();
  }
  if (!T.consume_front("("))
    return std::nullopt;
  size_t Close = T.rfind(')');
  if (Close == StringRef::npos)
    return std::nullopt;
  StringRef Body = T.take_front(Close).trim();
  std::vector<std::string> Args = splitArgs(Body);
  if (!Args.empty() && StringRef(Args.back()).starts_with("(") &&
      StringRef(Args.back()).ends_with(")")) {
    std::string Inner = StringRef(Args.back()).drop_front().drop_back().str();
    Args.back() = "(";
    for (std::string &P : splitArgs(Inner))
      Args.push_back(std::move(P));
  }
  for (std::string &P : Args) {
    if (!isName(P) && P != "..." && P != "(")
      return std::nullopt;
    F.Params.push_back(std::move(P));
  }
  return F;
}

bool usesWord(StringRef Text, StringRef Word) {
  for (size_t At = Text.find(Word); At != StringRef::npos;
       At = Text.find(Word, At + 1)) {
    auto Part = [&](size_t I) {
      return I < Text.size() && (isAlnum(Text[I]) || Text[I] == '_');
    };
    if ((At == 0 || !Part(At - 1)) && !Part(At + Word.size()))
      return true;
  }
  return false;
}

} // namespace

void WppConfig::add(const TraceFunction &F) {
  for (TraceFunction &Old : Functions)
    if (Old.Name == F.Name) {
      Old = F;
      return;
    }
  Functions.push_back(F);
}

std::vector<TraceFunction> parseTraceFunctions(StringRef List) {
  std::vector<TraceFunction> Out;
  std::string Cur;
  int Depth = 0;
  auto Flush = [&] {
    if (auto F = parseOne(Cur))
      Out.push_back(std::move(*F));
    Cur.clear();
  };
  for (char C : List) {
    Depth += C == '(' || C == '{' ? 1 : C == ')' || C == '}' ? -1 : 0;
    if (C == ';' && Depth <= 0) {
      Flush();
      Depth = 0;
    } else {
      Cur += C;
    }
  }
  Flush();
  return Out;
}

void scanWppConfig(StringRef Source, WppConfig &Into) {
  // Most files have none; this look is all that they cost.
  size_t At = 0;
  while ((At = Source.find("begin_wpp", At)) != StringRef::npos) {
    StringRef Line =
        Source.substr(At + 9).take_until([](char C) { return C == '\n'; });
    size_t End = Source.find("end_wpp", At);
    StringRef Block = Source.slice(At + 9 + Line.size(), End);
    At += 9;
    if (!Line.trim().starts_with_insensitive("config"))
      continue;
    std::string Statement;
    auto Flush = [&] {
      StringRef S = StringRef(Statement).trim();
      if (S.consume_front("FUNC ") || S.consume_front("FUNC\t")) {
        if (auto F = parseOne(S))
          Into.add(*F);
      } else if (S.consume_front("USEPREFIX") || S.consume_front("USESUFFIX")) {
        S = S.trim();
        if (S.consume_front("(")) {
          auto [Name, Args] = S.split(',');
          // Behind the format string stand the arguments.
          size_t Quote = Args.rfind('"');
          Into.Affixes[Name.trim().str()] +=
              " " + Args.substr(Quote == StringRef::npos ? 0 : Quote + 1).str();
        }
      } else if (auto F = parseOne(S); F && is_contained(F->Params, "MSG")) {
        Into.add(*F); // the keyword may be left out
      }
      Statement.clear();
    };
    SmallVector<StringRef> Lines;
    Block.split(Lines, '\n');
    for (StringRef L : Lines) {
      L = L.trim();
      L = L.ltrim("/*").trim();
      Statement += L;
      Statement += ' ';
      if (L.ends_with(";"))
        Flush();
    }
    Flush();
  }
}

std::string tmhText(const WppConfig &Config) {
  std::string Out;
  raw_string_ostream OS(Out);
  // One helper takes the format and its arguments. It has no effect that the
  // analysis must fear, whatever is passed.
  OS << "#ifndef IRQLINT_WPP_HELPERS\n"
        "#define IRQLINT_WPP_HELPERS\n"
        "#if defined(__cplusplus)\n"
        "extern \"C\" __attribute((pure, annotate(\"irqlint:trace\"))) int "
        "__irqlint_trace(...);\n"
        "#elif __STDC_VERSION__ > 201710L\n"
        "__attribute((pure, annotate(\"irqlint:trace\"))) int "
        "__irqlint_trace(...);\n"
        "#else\n"
        "__attribute((pure, annotate(\"irqlint:trace\"))) int "
        "__irqlint_trace();\n"
        "#endif\n"
        "#endif\n"
        "#undef WPP_INIT_TRACING\n"
        "#define WPP_INIT_TRACING(...) ((void)__irqlint_trace(__VA_ARGS__))\n"
        "#undef WPP_CLEANUP\n"
        "#define WPP_CLEANUP(...) ((void)__irqlint_trace(__VA_ARGS__))\n"
        "#undef WPP_SYSTEMCONTROL\n"
        "#define WPP_SYSTEMCONTROL(...) ((void)__irqlint_trace(__VA_ARGS__))\n"
        "#undef WPP_SYSTEMCONTROL2\n"
        "#define WPP_SYSTEMCONTROL2(...) ((void)__irqlint_trace(__VA_ARGS__))\n"
        "#ifndef WPP_LEVEL_ENABLED\n"
        "#define WPP_LEVEL_ENABLED(...) (__irqlint_trace() != 0)\n"
        "#endif\n"
        "#ifndef WPP_FLAG_ENABLED\n"
        "#define WPP_FLAG_ENABLED(...) (__irqlint_trace() != 0)\n"
        "#endif\n";
  WppConfig All;
  // What every WPP configuration knows without being told.
  All.add({"DoTraceMessage", {"FLAGS", "MSG", "..."}, {}});
  for (const TraceFunction &F : Config.Functions)
    All.add(F);
  for (const TraceFunction &F : All.Functions) {
    // Those before an inner parenthesis, and in it.
    auto Inner = llvm::find(F.Params, "(");
    bool Doubled = Inner != F.Params.end();
    std::string Outer;
    std::string Key = "WPP", Call, List, Eval;
    auto AddPart = [&](StringRef Name, StringRef Value) {
      Key += "_" + Name.str();
      Call += (Call.empty() ? "" : ", ") + Value.str();
    };
    for (StringRef Fixed : F.Fixed) {
      auto [Name, Value] = Fixed.split('=');
      AddPart(Name.trim(), Value.trim());
    }
    auto Affix = Config.Affixes.find(F.Name);
    for (auto It = F.Params.begin(); It != F.Params.end(); ++It) {
      StringRef P = *It;
      if (It == Inner)
        continue;
      std::string &Where = It < Inner && Doubled ? Outer : List;
      Where += (Where.empty() ? "" : ", ") + P.str();
      if (P == "...") {
        Eval += Eval.empty() ? "__VA_ARGS__" : ", ##__VA_ARGS__";
        continue;
      }
      if (P == "MSG") {
        Eval += Eval.empty() ? "MSG" : ", MSG";
        continue;
      }
      AddPart(P, P);
      // Any other parameter is evaluated only where a suffix prints it; the
      // condition of a "return if" function is evaluated by its PRE macro.
      if ((!Doubled || It > Inner) && Affix != Config.Affixes.end() &&
          usesWord(Affix->second, P) && P != "LEVEL" && P != "FLAGS")
        Eval += (Eval.empty() ? "" : ", ") + P.str();
    }
    OS << "#undef " << F.Name << "\n";
    bool Wrapped = Key != "WPP";
    if (Wrapped)
      for (StringRef Side : {"_PRE", "_POST"})
        OS << "#ifndef " << Key << Side << "\n#define " << Key << Side
           << "(...)\n#endif\n";
    std::string Trace = "((void)__irqlint_trace(" + Eval + "))";
    std::string Before = Wrapped ? Key + "_PRE(" + Call + ") " : "";
    std::string After = Wrapped ? " " + Key + "_POST(" + Call + ")" : "";
    std::string Head = List;
    if (Doubled) {
      // What is in the inner parentheses becomes arguments of its own; if there
      // are no others, the level is among them.
      std::string Macro = "IRQLINT_WPP_" + F.Name;
      if (Outer.empty()) {
        Trace = Before + Trace + After;
        Before = After = "";
      }
      OS << "#undef " << Macro << "\n#define " << Macro << "(" << List << ") "
         << Trace << "\n";
      Head = Outer + (Outer.empty() ? "" : ", ") + "IRQLINT_ARGS";
      Trace = Macro + " IRQLINT_ARGS";
    }
    OS << "#define " << F.Name << "(" << Head << ") " << Before << Trace
       << After;
    OS << "\n";
  }
  return Out;
}

} // namespace irqlint
