# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Makes WDKs of every layout, with nothing of a real one in them, and a unit that
tells what of them it got: the current routines may be called at PASSIVE_LEVEL
only, the outdated ones at any level."""

import os


def write(path, text):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w") as f:
        f.write(text)


def header(name, newest=True):
    level = "_IRQL_requires_max_(PASSIVE_LEVEL) " if newest else ""
    return f"#include <sal.h>\n{level}void {name}(void);\n"


# The real headers of this name say nothing to Clang.
SAL = "#define _IRQL_requires_max_(level)\n"


def kernel(include, newest=True):
    write(f"{include}/km/Fake_KM.h", header("FromKm", newest))
    write(f"{include}/km/sal.h", SAL)


def shared(include, newest=True):
    write(f"{include}/shared/fake_shared.h", header("FromShared", newest))
    write(f"{include}/shared/sal.h", SAL)


def kmdf(include):
    write(f"{include}/wdf/kmdf/1.9/fake_kmdf.h", header("FromKmdf", False))
    write(f"{include}/wdf/kmdf/1.33/fake_kmdf.h", header("FromKmdf"))


def versions(include, *parts):
    for part in parts:
        part(f"{include}/10.0.9999.0", False)
        part(f"{include}/10.0.26100.0")


write("unit.c", """#include <ntddk.h>
#include <fake_km.h>
#include <fake_shared.h>
#include <fake_kmdf.h>

/* A header that is not there is empty, and a routine that nobody declares may be
   called at any level.



*/
KSPIN_LOCK Lock;

VOID calls(VOID) {
  KIRQL Old;
  KeAcquireSpinLock(&Lock, &Old);
  FromKm();
  FromShared();
  FromKmdf();
  KeReleaseSpinLock(&Lock, Old);
}
""")
versions("installed/Include", kernel, shared)
kmdf("installed/Include")
versions("spelled/INCLUDE", kernel, shared)
kmdf("spelled/INCLUDE")
# A package holds one version.
kernel("package/c/Include/10.0.26100.0")
kmdf("package/c/Include")
kernel("packages/Microsoft.Windows.WDK.x64.10.0.9999.1/c/Include/10.0.9999.0", False)
kernel("packages/Microsoft.Windows.WDK.x64.10.0.26100.2454/c/Include/10.0.26100.0")
kmdf("packages/Microsoft.Windows.WDK.x64.10.0.26100.2454/c/Include")
shared("packages/Microsoft.Windows.SDK.CPP.10.0.26100.1742/c/Include/10.0.26100.0")
shared("packages/Microsoft.Windows.SDK.CPP.10.0.22621.1/c/Include/10.0.22621.0", False)
kernel("cache/microsoft.windows.wdk.x64/10.0.9999.1/c/Include/10.0.9999.0", False)
kernel("cache/microsoft.windows.wdk.x64/10.0.26100.2454/c/Include/10.0.26100.0")
kmdf("cache/microsoft.windows.wdk.x64/10.0.26100.2454/c/Include")
shared("cache/microsoft.windows.sdk.cpp/10.0.26100.1742/c/Include/10.0.26100.0")
versions("image/Program Files/Windows Kits/10/Include", kernel, shared)
kmdf("image/Program Files/Windows Kits/10/Include")
write("old/inc/ddk/fake_km.h", header("FromKm"))
write("old/inc/api/fake_shared.h", header("FromShared"))
write("old/inc/api/sal.h", SAL)
kmdf("old/inc")
write("plain/fake_km.h", header("FromKm"))
