//===- EventManifest.cpp - Headers generated from manifests -----*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Project/EventManifest.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <pugixml.hpp>

using namespace llvm;

namespace irqlint {

namespace {

/// A name of the manifest as part of an identifier.
std::string identifier(StringRef Name) {
  std::string Out;
  for (char C : Name)
    Out += isAlnum(C) || C == '_' ? C : '_';
  return Out;
}

class Writer : public pugi::xml_tree_walker {
public:
  explicit Writer(raw_ostream &OS) : OS(OS) {}

  bool for_each(pugi::xml_node &N) override {
    // Without the prefix of a namespace.
    StringRef Kind = StringRef(N.name()).rsplit(':').second;
    if (Kind.empty())
      Kind = N.name();
    std::string Symbol = identifier(N.attribute("symbol").value());
    if (Kind == "provider") {
      std::string Name = identifier(N.attribute("name").value());
      OS << "#define EventRegister" << Name << "() __irqlint_event(0)\n"
         << "#define EventUnregister" << Name << "() __irqlint_event(0)\n";
      // Its state is named after the symbol, else after the provider.
      OS << "EXTERN_C MCGEN_TRACE_CONTEXT " << (Symbol.empty() ? Name : Symbol)
         << "_Context;\n";
      if (!Symbol.empty())
        OS << "EXTERN_C const GUID " << Symbol << ";\n";
    } else if (Kind == "event") {
      // Events without a symbol are called after their number.
      if (Symbol.empty())
        Symbol = identifier(N.attribute("value").value());
      if (!Symbol.empty() && !isDigit(Symbol[0]))
        OS << "EXTERN_C const EVENT_DESCRIPTOR " << Symbol << ";\n";
      OS << "#define EventEnabled" << Symbol << "() (__irqlint_event(0) != 0)\n"
         << "#define EventWrite" << Symbol
         << "(...) __irqlint_event(0, ##__VA_ARGS__)\n"
         << "#define EventWrite" << Symbol
         << "_AssumeEnabled(...) __irqlint_event(0, ##__VA_ARGS__)\n";
    } else if (!Symbol.empty()) {
      for (const char *Key : {"value", "mask"})
        if (const char *Value = N.attribute(Key).value(); *Value)
          OS << "#define " << Symbol << " " << Value << "\n";
    }
    return true;
  }

private:
  raw_ostream &OS;
};

} // namespace

std::string manifestHeader(StringRef Text) {
  std::string Out;
  raw_string_ostream OS(Out);
  // As with trace functions: free of effects whatever is passed.
  OS << "#pragma once\n"
        "#if defined(__cplusplus)\n"
        "extern \"C\" __attribute((pure, annotate(\"irqlint:trace\"))) long "
        "__irqlint_event(...);\n"
        "#elif __STDC_VERSION__ > 201710L\n"
        "__attribute((pure, annotate(\"irqlint:trace\"))) long "
        "__irqlint_event(...);\n"
        "#else\n"
        "__attribute((pure, annotate(\"irqlint:trace\"))) long "
        "__irqlint_event();\n"
        "#endif\n"
        "#ifndef MCGEN_USE_KERNEL_MODE_APIS\n"
        "#define MCGEN_USE_KERNEL_MODE_APIS 1\n"
        "#endif\n"
        "#ifndef IRQLINT_MCGEN\n"
        "#define IRQLINT_MCGEN\n"
        "typedef struct _MCGEN_TRACE_CONTEXT {\n"
        "  unsigned long long RegistrationHandle, Logger, MatchAnyKeyword, "
        "MatchAllKeyword;\n"
        "  unsigned long Flags, IsEnabled;\n"
        "  unsigned char Level, Reserve;\n"
        "  unsigned short EnableBitsCount;\n"
        "  unsigned long *EnableBitMask;\n"
        "  const unsigned long long *EnableKeyWords;\n"
        "  const unsigned char *EnableLevel;\n"
        "} MCGEN_TRACE_CONTEXT, *PMCGEN_TRACE_CONTEXT;\n"
        "#define MCGEN_EVENT_ENABLED(Event) (__irqlint_event(0) != 0)\n"
        "#define MCGEN_ENABLE_CHECK(Context, Event) (__irqlint_event(0) != 0)\n"
        "#endif\n";
  pugi::xml_document Doc;
  if (Doc.load_buffer(Text.data(), Text.size())) {
    Writer W(OS);
    Doc.traverse(W);
  }
  return Out;
}

} // namespace irqlint
