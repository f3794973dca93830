//===- SourceText.cpp - Lines of source files, for reports ----------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report/SourceText.h"
#include "llvm/Support/ConvertUTF.h"

using namespace llvm;
using namespace irqlint;

void SourceText::split(Entry &E) {
  StringRef Rest = E.Buffer->getBuffer();
  Rest.consume_front("\xEF\xBB\xBF");
  while (!Rest.empty()) {
    auto [Line, Tail] = Rest.split('\n');
    Line.consume_back("\r");
    E.Lines.push_back(Line);
    Rest = Tail;
  }
}

const std::vector<StringRef> &SourceText::lines(StringRef File) {
  auto [It, New] = Files.try_emplace(File);
  Entry &E = It->second;
  if (New && !File.empty())
    if (auto Buffer = MemoryBuffer::getFile(File)) {
      E.Buffer = std::move(*Buffer);
      StringRef Raw = E.Buffer->getBuffer();
      std::string Text;
      if (hasUTF16ByteOrderMark(ArrayRef(Raw.data(), Raw.size())) &&
          convertUTF16ToUTF8String(ArrayRef(Raw.data(), Raw.size()), Text))
        E.Buffer = MemoryBuffer::getMemBufferCopy(Text, File);
      split(E);
    }
  return E.Lines;
}

StringRef SourceText::line(StringRef File, unsigned Line) {
  const std::vector<StringRef> &L = lines(File);
  return Line >= 1 && Line <= L.size() ? L[Line - 1] : StringRef();
}

void SourceText::overlay(StringRef File, StringRef Text) {
  Entry E;
  E.Buffer = MemoryBuffer::getMemBufferCopy(Text, File);
  split(E);
  Files[File] = std::move(E);
}
