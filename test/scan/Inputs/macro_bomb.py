# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A `sources` file with a macro of 10^31 characters."""

print("TARGETTYPE=DRIVER\nSOURCES=first.c\nA0=xxxxxxxxxx")
for i in range(30):
    print(f"A{i + 1}=" + f"$(A{i})" * 10)
print("C_DEFINES=-DBIG=$(A30)")
