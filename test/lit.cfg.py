"""The suite of irqlint: checks, front ends, tool behaviour, data.

Run it from a build (`tools/dev test`, `lit-22 build/test --filter NAME`) or on
single files of the source tree (`lit-22 test/checks/foo.c`), which then uses
the default build folder.
"""

import importlib.util
import os
import subprocess
import sys

import lit.formats
import lit.util

if not hasattr(config, "obj_root"):
    site = os.path.join(os.path.dirname(__file__), "..", "build", "test", "lit.site.cfg.py")
    if not os.path.exists(site):
        lit_config.fatal("no build/test/lit.site.cfg.py: run tools/dev build first")
    lit_config.load_config(config, site)
    raise SystemExit  # lit's way to leave a configuration file early

src, obj, llvm = config.src_root, config.obj_root, config.llvm_tools_dir

config.name = "irqlint"
config.test_format = lit.formats.ShTest(True)
config.test_source_root = os.path.join(src, "test")
config.test_exec_root = os.path.join(obj, "test")
config.suffixes = [".c", ".cpp", ".test", ".yaml"]
# "unit" is a suite of its own (build/test/unit/lit.site.cfg.py).
config.excludes = ["Inputs", "examples", "bench", "package.json", "lit.cfg.py"]
config.environment["LC_ALL"] = "C.UTF-8"
config.environment["PATH"] = os.pathsep.join([llvm, config.environment.get("PATH", "")])
# Tests must not read the user's own settings.
config.environment["XDG_CONFIG_HOME"] = os.path.join(config.test_exec_root, "no-config")
config.environment["XDG_CACHE_HOME"] = os.path.join(config.test_exec_root, "cache")


def product(*parts):
    return os.path.join(obj, *parts)


kit = product("share", "irqlint", "kit", "include")
# As a driver project is compiled: Microsoft dialect, kernel mode, and no
# headers but the kit's and Clang's own.
kit_flags = (
    "--target=x86_64-pc-windows-msvc -fms-extensions -fms-compatibility "
    "-fms-compatibility-version=19.44 -Xclang -fms-kernel -nostdlibinc "
    f"-isystem {kit}"
)
clang = os.path.join(llvm, "clang")
frontends = f'"{sys.executable}" {src}/test/frontends'
analyzer_plugin = product("lib", "irqlint-analyzer-plugin" + config.plugin_ext)
tidy_plugin = product("lib", "irqlint-tidy-plugin" + config.plugin_ext)
analyze = (
    f"{clang} --analyze --analyzer-no-default-checks --analyzer-output text "
    f"-Xclang -load -Xclang {analyzer_plugin} -Xclang -analyzer-checker=irqlint {kit_flags}"
)
verify = f"{analyze} -Xclang -verify -Xclang -verify-ignore-unexpected=note"

# See docs/testing.md for what each stands for.
substitutions = [
    ("%irqlint_tidy", product("bin", "irqlint-tidy")),
    ("%irqlint_clangd", product("bin", "irqlint-clangd")),
    ("%irqlint", product("bin", "irqlint")),
    ("%inject", product("bin", "irqlint-inject")),
    ("%tidy", f"{llvm}/clang-tidy --load={tidy_plugin}"),
    # -verify friendly: warnings and path notes as ordinary diagnostics, no
    # stock checker besides ours, nothing written next to the source.
    ("%clang_analyze", analyze),
    # The same with -verify, for findings alone: notes are for FileCheck. With
    # "possible" those violations count, too.
    ("%verify", verify),
    ("%verify_possible", f"{verify} -Xclang -analyzer-config -Xclang irqlint:Possible=true"),
    ("%clang_kit", f"{clang} {kit_flags}"),
    ("%kit_contracts", product("bin", "irqlint-kit-contracts")),
    ("%kit_flags", kit_flags),
    ("%kit_dir", kit),
    ("%rules_dir", os.path.join(src, "rules")),
    ("%examples", os.path.join(src, "test", "examples")),
    ("%python", f'"{sys.executable}"'),
    ("%lsp", f"{frontends}/lsp.py --server={product('bin', 'irqlint-clangd')}"),
    # All five front ends over one file, compared (see the script).
    ("%bench", f'"{sys.executable}" {src}/test/bench/bench.py --build={obj} --llvm={llvm}'),
    ("%same_findings", f"{frontends}/same.py --build={obj} --llvm={llvm} --kit-flags='{kit_flags}'"),
    ("%src_root", src),
    ("%obj_root", obj),
]
# Longest first and whole words only, so that %tidy leaves %tidy_x alone.
for name, expansion in sorted(substitutions, key=lambda s: -len(s[0])):
    config.substitutions.append((name + r"\b", expansion.replace("\\", r"\\")))

# Optional parts of the machine.
if sys.platform.startswith("linux"):
    config.available_features.add("system-linux")
if os.path.isdir(product("npm", "node_modules")):
    config.available_features.add("npm-sarif")
    config.substitutions.append((r"%npm_dir\b", product("npm")))
if importlib.util.find_spec("yaml"):
    config.available_features.add("python-yaml")
for program in ("git", "bear"):
    if lit.util.which(program):
        config.available_features.add(program)
if lit.util.which("chromium") or lit.util.which("chromium-browser"):
    config.available_features.add("chromium")


def slurm_works():
    """Whether a cluster can be started here; tried once per build."""
    if not all(lit.util.which(p) for p in ("srun", "slurmctld", "slurmd", "munged")):
        return False
    known = product("test", "slurm-works")
    if not os.path.exists(known):
        script = os.path.join(src, "test", "scan", "Inputs", "slurm.py")
        works = not subprocess.run([sys.executable, script, "--check"], capture_output=True).returncode
        with open(known, "w") as f:
            f.write("yes" if works else "no")
    with open(known) as f:
        return f.read() == "yes"


if slurm_works():
    config.available_features.add("slurm")
wine = os.environ.get("IRQLINT_WINE_SRC", product("corpora", "wine"))
if os.path.isdir(os.path.join(wine, "dlls", "ntoskrnl.exe")):
    config.available_features.add("wine-src")
    config.substitutions.append((r"%wine_src\b", wine))
