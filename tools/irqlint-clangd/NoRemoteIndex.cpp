//===- NoRemoteIndex.cpp - Remote index client left out ---------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// clangd can ask an index server over gRPC. We leave that out: it would bring
/// gRPC and protobuf into the package for something unrelated to driver
/// checking. A user who configures a remote index is told so in the log.
//===----------------------------------------------------------------------===//

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"
#include <memory>

namespace clang::clangd {
class SymbolIndex {
public:
  virtual ~SymbolIndex();
};

namespace remote {
/// Declared by clangd's index/remote/Client.h, which is not installed.
std::unique_ptr<SymbolIndex> getClient(llvm::StringRef Address,
                                       llvm::StringRef ProjectRoot) {
  llvm::errs() << "irqlint-clangd has no remote index client; index at "
               << Address << " ignored\n";
  return nullptr;
}
} // namespace remote
} // namespace clang::clangd
