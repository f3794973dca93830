# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""hostile.py DIR: makes the trees of hostile-trees.test."""

import os
import shutil
import sys

here = os.path.dirname(os.path.abspath(__file__))
os.chdir(sys.argv[1])
with open(f"{here}/bad.c") as f:
    BAD = f.read()

HEAD = """<?xml version="1.0"?>
<Project xmlns="http://schemas.microsoft.com/developer/msbuild/2003">
<ItemGroup Label="ProjectConfigurations"><ProjectConfiguration Include="Release|x64"/></ItemGroup>
<PropertyGroup><PlatformToolset>WindowsKernelModeDriver10.0</PlatformToolset>
<ConfigurationType>Driver</ConfigurationType><DriverType>WDM</DriverType></PropertyGroup>
"""
SOURCE = '<ItemGroup><ClCompile Include="bad.c"/></ItemGroup>\n'


def write(path, text, mode="w"):
    if os.path.dirname(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, mode) as f:
        f.write(text)


# Imports in a circle, one of itself.
write("circle/bad.c", BAD)
write("circle/a.vcxproj", HEAD + SOURCE + '<Import Project="b.props"/></Project>')
write("circle/b.props", '<Project><Import Project="b.props"/><Import Project="a.vcxproj"/></Project>')

write("deep.vcxproj", "<Project>" + "<PropertyGroup>" * 1_000_000)
write("huge/bad.c", BAD)
write("huge/huge.vcxproj", HEAD + SOURCE + "".join(
    f"<PropertyGroup><P{i}>{'x' * 400}</P{i}></PropertyGroup>\n" for i in range(100_000)) + "</Project>")
entities = "".join(f'<!ENTITY e{i + 1} "{f"&e{i};" * 10}">' for i in range(30))
write("entities.vcxproj", f'<?xml version="1.0"?><!DOCTYPE Project [<!ENTITY e0 "x">'
      f'<!ENTITY file SYSTEM "file:///etc/passwd">{entities}]>\n' + HEAD.split("\n", 1)[1] +
      "<PropertyGroup><A>&e30;&file;</A></PropertyGroup></Project>")
# The same with MSBuild's own means.
write("bad.c", BAD)
write("properties.vcxproj", HEAD + SOURCE + "<PropertyGroup><P0>xxxxxxxxxx</P0>" + "".join(
    f"<P{i + 1}>{f'$(P{i})' * 10}</P{i + 1}>" for i in range(30)) + "</PropertyGroup></Project>")
write("self.sln", "Microsoft Visual Studio Solution File, Format Version 12.00\n" +
      'Project("{X}") = "self", "self.sln", "{Y}"\nEndProject\n' * 1000)

write("runs/bad.c", BAD)
write("runs/a.vcxproj", HEAD + SOURCE + """
<PropertyGroup><X>$([System.IO.File]::WriteAllText('was-run', 'x'))</X></PropertyGroup>
<ItemDefinitionGroup><PreBuildEvent><Command>touch was-run</Command></PreBuildEvent></ItemDefinitionGroup>
<ItemGroup><CustomBuild Include="bad.c"><Command>touch was-run</Command><Outputs>was-run</Outputs></CustomBuild></ItemGroup>
<UsingTask TaskName="T" TaskFactory="CodeTaskFactory" AssemblyFile="x.dll"><Task><Code>x</Code></Task></UsingTask>
<Target Name="T" BeforeTargets="ClCompile"><Exec Command="touch was-run"/></Target></Project>""")
write("runs/old/bad.c", BAD)
write("runs/old/sources", "TARGETTYPE=DRIVER\n!IF [touch was-run] == 0\n!ENDIF\nSOURCES=bad.c\n"
      "all:\n\ttouch was-run\n")

write("links/drv/bad.c", BAD)
os.symlink("..", "links/drv/up")
os.symlink("self", "links/self")
os.symlink("b", "links/a")
os.symlink("a", "links/b")
os.symlink("/dev/zero", "links/drv/zero.h")
os.mkfifo("links/drv/pipe.h")
os.mkfifo("links/drv/pipe.c")

# Each in a folder of its own, for they would be one driver otherwise.
for name in (b"sp ace", b"quo'te", b'double"quote', b"semi;colon", b"dollar$HOME", b"l\xe4tin",
             b"new\nline", b"long" * 60):
    os.makedirs(b"names/" + name)
    with open(b"names/" + name + b"/" + name[:200] + b".c", "w") as f:
        f.write(BAD)
write("backslash/bad.c", BAD)
shutil.copy(f"{here}/clean.c", "backslash/a\\b.c")
