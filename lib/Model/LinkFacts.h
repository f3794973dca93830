//===- LinkFacts.h - What units of a driver tell each other -----*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// One unit's view of the others, as plain values: the functions that it offers
/// and what calling them can mean, the functions of others that it calls and in
/// what state, and the callbacks of others that it registers. planLink() reads
/// those of a whole driver and says which units are worth a second look, and
/// with what.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_MODEL_LINKFACTS_H
#define IRQLINT_MODEL_LINKFACTS_H

#include "Model/Irql.h"
#include "Model/LockOrder.h"
#include "Model/SharedData.h"
#include <map>
#include <set>
#include <string>
#include <vector>

namespace irqlint {

/// A function that the unit defines. Functions are named by USR, which is the
/// same in all units. One that is absent does nothing that anybody cares for.
struct LinkFunction {
  std::string Usr;
  /// Others may call it.
  bool External = false;
  /// What follows is known: it was explored to its end, or need not be.
  bool Known = false;
  /// Nodes that its exploration took.
  unsigned Cost = 0;
  /// The unit knows how the system enters it (role, registration, name).
  bool HasRole = false;
  /// It may return with other locks or at another level than it was entered.
  bool Changes = false;
  /// It may have changed the level, by calls of which nothing is known.
  bool Blurs = false;
  /// Its body cannot be used (parse errors).
  bool Unusable = false;
  /// Levels that everything it reaches in the unit can live with.
  Irql MinHi = HighestIrql, MaxLo = LowestIrql;
  bool Completes = false;
  /// It waits for callbacks.
  bool Awaits = false;
  /// Keys of the classes of the locks that it takes or gives up on the way; of
  /// those that it takes exclusively; and of those that it does away with.
  std::vector<std::string> Touches, TouchesExclusive, Destroys;
  bool TouchesUnknown = false;
  /// Those that it waits for.
  std::vector<LockTake> Takes;
  /// Functions that others may call and that it reaches, in this and other
  /// units.
  std::vector<std::string> Calls;

  bool operator==(const LinkFunction &O) const;
};

/// The states in which a function of the unit calls one of another unit, or one
/// of its own that leads to others and is not looked into.
struct LinkUse {
  std::string Usr;
  /// The function that was explored when the call was met; may be empty.
  std::string Caller;
  /// The highest level that some call is certainly at or above, and the lowest
  /// that some call is certainly at or below.
  Irql HighestLo = LowestIrql, LowestHi = HighestIrql;
  /// Locks that are held at some call.
  std::vector<LockTake> Held;
  /// Some call is made with a lock of no known class, or one whose owner spins.
  bool HeldUnknown = false, Spinning = false;
  /// A call with locks held, and the function that makes it.
  SourcePos Call;
  std::string Function;

  bool operator==(const LinkUse &O) const;
};

/// A function of another unit whose address is handed to the system.
struct LinkRegistration {
  std::string Usr, Role;
  bool operator==(const LinkRegistration &O) const {
    return Usr == O.Usr && Role == O.Role;
  }
  bool operator<(const LinkRegistration &O) const {
    return Usr != O.Usr ? Usr < O.Usr : Role < O.Role;
  }
};

struct LinkFacts {
  std::vector<LinkFunction> Functions;
  std::vector<LinkUse> Uses;
  std::vector<LinkRegistration> Registrations;
  std::vector<LockOrderEdge> Order;
  SharedData Data;

  bool empty() const {
    return Functions.empty() && Uses.empty() && Registrations.empty() &&
           Order.empty() && Data.empty();
  }
};

/// What to look at a unit with for a second time.
struct LinkRequest {
  /// Functions of the unit about which there is more to say, and what they are
  /// to be looked at with: imports, roles ("=ROLE"), functions that change
  /// something for their callers and are too large to be brought in ("~f").
  std::map<std::string, std::set<std::string>> Again;
  /// Functions to bring in, and the unit that defines each.
  std::vector<std::pair<size_t, std::string>> Imports;
  /// Roles of functions that the unit defines.
  std::vector<LinkRegistration> Roles;

  bool empty() const {
    return Again.empty() && Imports.empty() && Roles.empty();
  }
  bool operator==(const LinkRequest &O) const {
    return Again == O.Again && Imports == O.Imports && Roles == O.Roles;
  }
};

/// The facts of all units of one driver, in a fixed order. Those from \p Own on
/// are of libraries: of a function that the driver has, too, a linker takes the
/// driver's.
struct DriverFacts {
  std::vector<const LinkFacts *> Units;
  size_t Own = ~size_t(0);

  DriverFacts(std::vector<const LinkFacts *> Units, size_t Own = ~size_t(0))
      : Units(std::move(Units)), Own(Own) {}
  DriverFacts(std::initializer_list<const LinkFacts *> Units) : Units(Units) {}
};

/// Edges of the order of locks that come about by calls between units.
std::vector<LockOrderEdge> linkOrder(const DriverFacts &D);

/// What to look at each unit with. Result parallel to the units.
std::vector<LinkRequest> planLink(const DriverFacts &D);

/// The functions of all units with what is known of those that they reach in
/// others added. Result parallel to the units.
std::vector<std::vector<LinkFunction>> linkFunctions(const DriverFacts &D);

} // namespace irqlint

#endif // IRQLINT_MODEL_LINKFACTS_H
