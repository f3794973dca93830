//===- NmakeFile.cpp - Macros of an nmake file ----------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Project/NmakeFile.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace irqlint {

namespace {

constexpr size_t MaxLength = 1 << 20;
constexpr unsigned MaxDepth = 64, MaxIncludes = 1000;

/// Recursive descent over an `!IF` whose macros are replaced.
class Condition {
public:
  Condition(StringRef Text, NmakeFile &Macros,
            function_ref<bool(StringRef)> Exists)
      : Rest(Text.trim()), Macros(Macros), Exists(Exists) {}

  bool holds() {
    bool Result = disjunction(0);
    return Result && Rest.empty();
  }

private:
  bool take(StringRef Sign) {
    Rest = Rest.ltrim();
    return Rest.consume_front(Sign);
  }

  bool disjunction(unsigned Depth) {
    bool L = conjunction(Depth);
    while (take("||")) {
      bool R = conjunction(Depth);
      L = L || R;
    }
    return L;
  }
  bool conjunction(unsigned Depth) {
    bool L = comparison(Depth);
    while (take("&&")) {
      bool R = comparison(Depth);
      L = L && R;
    }
    return L;
  }
  bool comparison(unsigned Depth) {
    std::string L = primary(Depth);
    for (StringRef Sign : {"==", "!=", "<=", ">=", "<", ">"}) {
      if (!take(Sign))
        continue;
      std::string R = primary(Depth);
      int64_t A, B;
      bool Numbers =
          !StringRef(L).getAsInteger(0, A) && !StringRef(R).getAsInteger(0, B);
      int Order = Numbers ? (A < B ? -1 : A > B) : L.compare(R);
      return Sign == "=="   ? Order == 0
             : Sign == "!=" ? Order != 0
             : !Numbers     ? false
             : Sign == "<=" ? Order <= 0
             : Sign == ">=" ? Order >= 0
             : Sign == "<"  ? Order < 0
                            : Order > 0;
    }
    return !L.empty() && L != "0";
  }

  std::string primary(unsigned Depth) {
    Rest = Rest.ltrim();
    if (Depth > MaxDepth || Rest.empty())
      return "";
    if (!Rest.starts_with("!=") && Rest.consume_front("!"))
      return primaryHolds(Depth) ? "0" : "1";
    if (Rest.consume_front("(")) {
      bool Inner = disjunction(Depth + 1);
      take(")");
      return Inner ? "1" : "0";
    }
    if (Rest.consume_front("\"")) {
      auto [Text, After] = Rest.split('"');
      Rest = After;
      return Text.str();
    }
    if (Rest.consume_front("[")) { // a command: never run
      Rest = Rest.split(']').second;
      return "";
    }
    StringRef Word = Rest.take_until([](char C) {
      return isSpace(C) || StringRef("()=!<>&|\"").contains(C);
    });
    Rest = Rest.drop_front(Word.size());
    if (Word.empty()) {
      Rest = ""; // nothing that we know
      return "";
    }
    bool Defined = Word.equals_insensitive("defined");
    if ((Defined || Word.equals_insensitive("exist")) && take("(")) {
      auto [Name, After] = Rest.split(')');
      Rest = After;
      Name = Name.trim().trim('"');
      return (Defined ? Macros.has(Name) : Exists(Name)) ? "1" : "0";
    }
    return Word.str();
  }
  bool primaryHolds(unsigned Depth) {
    std::string V = primary(Depth + 1);
    return !V.empty() && V != "0";
  }

  StringRef Rest;
  NmakeFile &Macros;
  function_ref<bool(StringRef)> Exists;
};

} // namespace

void NmakeFile::set(StringRef Name, StringRef Value) {
  Macros[Name.upper()] = {Value.str(), "", 0};
}

bool NmakeFile::has(StringRef Name) const {
  return Macros.count(Name.upper()) != 0;
}

std::pair<std::string, unsigned> NmakeFile::place(StringRef Name) const {
  auto It = Macros.find(Name.upper());
  if (It == Macros.end())
    return {"", 0};
  return {It->second.File, It->second.Line};
}

std::string NmakeFile::value(StringRef Name) {
  auto It = Macros.find(Name.upper());
  return It == Macros.end() ? "" : expand(It->second.Value);
}

std::vector<std::string> NmakeFile::words(StringRef Name) {
  std::string Text = value(Name);
  SmallVector<StringRef> Parts;
  SplitString(Text, Parts);
  return std::vector<std::string>(Parts.begin(), Parts.end());
}

std::string NmakeFile::expand(StringRef Text) {
  std::string Out;
  expandInto(Text, Out, 0);
  return Out;
}

void NmakeFile::expandInto(StringRef Text, std::string &Out, unsigned Depth) {
  while (!Text.empty() && Out.size() < MaxLength) {
    size_t At = Text.find('$');
    Out += Text.take_front(At);
    if (At == StringRef::npos)
      return;
    Text = Text.drop_front(At + 1);
    if (Text.consume_front("$")) {
      Out += '$';
      continue;
    }
    StringRef Name = Text.take_front(1);
    if (Text.consume_front("(")) {
      size_t End = Text.find(')');
      Name = Text.take_front(End);
      Text = End == StringRef::npos ? "" : Text.drop_front(End + 1);
    } else {
      Text = Text.drop_front(Name.size());
    }
    // $(NAME:old=new)
    auto [Plain, Change] = Name.split(':');
    auto It = Macros.find(Plain.trim().upper());
    if (It == Macros.end() || Depth > MaxDepth)
      continue;
    if (Change.empty()) {
      expandInto(It->second.Value, Out, Depth + 1);
      continue;
    }
    std::string Value;
    expandInto(It->second.Value, Value, Depth + 1);
    auto [Old, New] = Change.split('=');
    StringRef Left = Value;
    while (!Old.empty() && Left.contains(Old) && Out.size() < MaxLength) {
      auto [Head, Tail] = Left.split(Old);
      Out += Head;
      Out += New;
      Left = Tail;
    }
    Out += Left;
  }
}

bool NmakeFile::condition(StringRef Text) {
  std::string Expanded = expand(Text);
  return Condition(Expanded, *this,
                   [&](StringRef Name) {
                     return Paths.resolve(normalizePath(Name)).has_value();
                   })
      .holds();
}

Error NmakeFile::read(StringRef File) {
  auto Buffer = MemoryBuffer::getFile(File);
  if (!Buffer)
    return createStringError(Buffer.getError(), "%s: error: cannot read: %s",
                             File.str().c_str(),
                             Buffer.getError().message().c_str());
  readText(File, (*Buffer)->getBuffer(), 0);
  return Error::success();
}

void NmakeFile::include(StringRef From, unsigned Line, StringRef What,
                        unsigned Depth) {
  std::string Expanded = expand(What);
  StringRef Name = StringRef(Expanded).trim();
  bool System = Name.consume_front("<");
  Name = Name.trim("<>\"");
  auto Diag = [&](ProjectDiag::Level L, const Twine &Message) {
    Diags.push_back({L, From.str(), Line, 1, Message.str()});
  };
  if (Depth >= MaxDepth || ++Included > MaxIncludes) {
    Diag(ProjectDiag::Error, "includes are nested too deeply");
    return;
  }
  auto Real = Paths.resolve(normalizePath(Name, sys::path::parent_path(From)));
  auto Buffer =
      Real ? MemoryBuffer::getFile(*Real)
           : std::make_error_code(std::errc::no_such_file_or_directory);
  if (Buffer)
    return readText(*Real, (*Buffer)->getBuffer(), Depth + 1);
  // The build environment's own files are not part of the tree.
  if (!System && !What.contains("$("))
    Diag(ProjectDiag::Warning, "included file '" + Name + "' does not exist");
}

void NmakeFile::readText(StringRef File, StringRef Text, unsigned Depth) {
  /// One entry per open !IF: lines count, a branch was taken already.
  struct Branch {
    bool On, Taken, Outer;
  };
  std::vector<Branch> Open;
  bool On = true;
  unsigned Number = 0;
  while (!Text.empty()) {
    unsigned First = Number + 1;
    std::string Line;
    bool More = true;
    while (More && !Text.empty()) {
      auto [L, Rest] = Text.split('\n');
      Text = Rest;
      ++Number;
      L = L.rtrim("\r");
      // '#' begins a comment, also between continued lines.
      for (size_t I = 0; I < L.size(); ++I)
        if (L[I] == '#' && (I == 0 || isSpace(L[I - 1]))) {
          bool Continued = !Line.empty();
          L = L.take_front(I);
          if (Continued && L.trim().empty())
            L = "\\";
          break;
        }
      StringRef Trimmed = L.rtrim();
      More = Trimmed.consume_back("\\");
      Line += Trimmed;
      if (More)
        Line += ' ';
    }
    StringRef S = StringRef(Line).trim();
    if (S.consume_front("!")) {
      S = S.ltrim();
      StringRef Word = S.take_while([](char C) { return isAlpha(C); });
      StringRef Arg = S.drop_front(Word.size()).trim();
      std::string Directive = Word.lower();
      if (Directive == "else" && !Arg.empty()) { // ELSE IF, ELSE IFDEF
        StringRef Second = Arg.take_while([](char C) { return isAlpha(C); });
        Directive += Second.lower();
        Arg = Arg.drop_front(Second.size()).trim();
      }
      auto Holds = [&](StringRef Kind) {
        return Kind == "ifdef"    ? has(Arg)
               : Kind == "ifndef" ? !has(Arg)
                                  : condition(Arg);
      };
      if (Directive == "if" || Directive == "ifdef" || Directive == "ifndef") {
        bool Yes = On && Holds(Directive);
        Open.push_back({Yes, Yes, On});
        On = Yes;
      } else if (StringRef(Directive).starts_with("else") && !Open.empty()) {
        Branch &B = Open.back();
        StringRef Kind = StringRef(Directive).drop_front(4);
        B.On = B.Outer && !B.Taken && (Kind.empty() || Holds(Kind));
        B.Taken |= B.On;
        On = B.On;
      } else if (Directive == "endif" && !Open.empty()) {
        On = Open.back().Outer;
        Open.pop_back();
      } else if (Directive == "include" && On) {
        include(File, First, Arg, Depth);
      } else if (Directive == "undef" && On) {
        Macros.erase(Arg.upper());
      }
      continue;
    }
    if (!On)
      continue;
    StringRef Name =
        S.take_while([](char C) { return isAlnum(C) || C == '_' || C == '.'; });
    StringRef Rest = S.drop_front(Name.size()).ltrim();
    if (Name.empty() || !Rest.consume_front("="))
      continue;
    // Others are replaced when they are used, itself now.
    std::string Key = Name.upper(), Value = Rest.trim().str();
    std::string Old = Macros.count(Key) ? Macros[Key].Value : "";
    for (size_t At = 0;
         (At = StringRef(Value).find_insensitive("$(" + Key + ")", At)) !=
         std::string::npos;
         At += Old.size()) {
      if (Value.size() + Old.size() > MaxLength)
        break;
      Value.replace(At, Key.size() + 3, Old);
    }
    Macros[Key] = {std::move(Value), File.str(), First};
  }
}

} // namespace irqlint
