//===- Exports.cpp - The list of routines with a body ---------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//
/// \file
/// Without the kit's headers, so that a name needs no type here.
//===----------------------------------------------------------------------===//

#include "Runtime/Nt/Api.h"

#define ROUTINE(Name) extern "C" void Name();
#include "Runtime/Nt/Routines.def"
#undef ROUTINE

const RtExport irqlint_rt_exports[] = {
#define ROUTINE(Name) {#Name, reinterpret_cast<void *>(&Name)},
#include "Runtime/Nt/Routines.def"
#undef ROUTINE
    {nullptr, nullptr}};

#define ROUTINE(Name) extern "C" void Name();
#include "Runtime/Nt/ScenarioRoutines.def"
#undef ROUTINE

const RtExport irqlint_rt_scenario_exports[] = {
#define ROUTINE(Name) {#Name, reinterpret_cast<void *>(&Name)},
#include "Runtime/Nt/ScenarioRoutines.def"
#undef ROUTINE
    {nullptr, nullptr}};
