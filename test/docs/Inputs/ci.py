# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""ci.py SRC OBJ: runs what the files of docs/examples tell a CI system to run, in a
repository with one bad and one good driver, as that system would. Only what
installs and builds is left out."""

import json
import os
import shutil
import subprocess
import sys

import yaml

src, obj = sys.argv[1:3]
examples = f"{src}/docs/examples"
inputs = f"{src}/test/scan/Inputs"
here = os.getcwd()
env = {k: v for k, v in os.environ.items() if not k.startswith(("IRQLINT", "BASE"))}
env.update(HOME=here, GIT_CONFIG_NOSYSTEM="1")


def run(command, cwd, expect, **more):
    done = subprocess.run(command, cwd=cwd, env={**env, **more}, shell=isinstance(command, str),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != expect:
        sys.exit(f"status {done.returncode} instead of {expect}: {command}\n{done.stdout}")
    return done.stdout


def git(*args, cwd):
    run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *args], cwd, 0)


def repository(name):
    """Two drivers; a branch that changed nothing that matters, and the tools
    beside, as a CI system checks them out."""
    top = f"{here}/{name}"
    for driver, file in (("one", "bad.c"), ("two", "clean.c")):
        os.makedirs(f"{top}/src/{driver}")
        shutil.copy(f"{inputs}/{file}", f"{top}/src/{driver}/{driver}.c")
    open(f"{top}/.gitignore", "w").write("/irqlint\n/report\n*.json\n*.sarif\n")
    git("init", "-q", "-b", "main", cwd=top)
    git("add", "-A", cwd=top)
    git("commit", "-qm", "drivers", cwd=top)
    git("update-ref", "refs/remotes/origin/main", "HEAD", cwd=top)
    return top


def checkout(path):
    """What a checkout of irqlint with a build looks like."""
    os.makedirs(path)
    for name in ("docs", "tools"):
        os.symlink(f"{src}/{name}", f"{path}/{name}")
    os.symlink(obj, f"{path}/build")


def load(name):
    with open(f"{examples}/{name}") as f:
        return yaml.safe_load(f)


def scripts(steps, key, word):
    found = [s[key] for s in steps if word in s.get(key, "") and "apt-get" not in s[key]
             and "tools/dev" not in s[key]]
    assert found, f"no step with {word}"
    return found


def findings(sarif):
    with open(sarif) as f:
        return len(json.load(f)["runs"][0]["results"])


# GitHub, a push and a pull request.
top = repository("github")
checkout(f"{top}/irqlint")
job = load("github-actions.yml")["jobs"]["scan"]
[script] = scripts(job["steps"], "run", "ci-scan.sh")
step = next(s for s in job["steps"] if s.get("run") == script)
program = step["env"]["IRQLINT"]
assert "one.c:15:5: warning" in run(["sh", "-e", "-c", script], top, 0, IRQLINT=program, BASE="")
assert findings(f"{top}/report/irqlint.sarif") == 1
assert os.path.getsize(f"{top}/report/irqlint.html") > 10000
with open(f"{top}/src/two/two.c", "a") as f:
    f.write("/* changed */\n")
run(["sh", "-e", "-c", script], top, 0, IRQLINT=program, BASE="origin/main")
assert findings(f"{top}/report/irqlint.sarif") == 0
print("github-actions.yml")

jobs = load("github-matrix.yml")["jobs"]
[script] = scripts(jobs["part"]["steps"], "run", "--shard")
for part in jobs["part"]["strategy"]["matrix"]["part"]:
    run(["sh", "-e", "-c", script.replace("${{ matrix.part }}", str(part))], top, 0)
[script] = scripts(jobs["report"]["steps"], "run", "merge")
run(["sh", "-e", "-c", script], top, 0)
assert findings(f"{top}/irqlint.sarif") == 1
print("github-matrix.yml")

# Azure checks several repositories out beside each other.
top = repository("azure/project")
checkout(f"{here}/azure/irqlint")
[script] = scripts(load("azure-pipelines.yml")["steps"], "script", "ci-scan.sh")
script = script.replace("$(Build.Repository.Name)", "project")
out = run(["sh", "-c", script], f"{here}/azure", 0)
assert "##vso[task.complete result=SucceededWithIssues]" in out, out
assert findings(f"{top}/report/irqlint.sarif") == 1
pull = script.replace("$(System.PullRequest.TargetBranch)", "refs/heads/main")
out = run(["sh", "-c", pull], f"{here}/azure", 0)
assert "##vso" not in out, out
print("azure-pipelines.yml")

top = repository("gitlab")
checkout(f"{here}/gitlab-opt")
job = load("gitlab-ci.yml")["irqlint"]
script = "\n".join(job["script"]).replace("/opt/irqlint", f"{here}/gitlab-opt")
run(["sh", "-e", "-c", script], top, job["allow_failure"]["exit_codes"])
with open(f"{top}/report/code-quality.json") as f:
    [issue] = json.load(f)
assert issue["location"] == {"path": "src/one/one.c", "lines": {"begin": 15}}, issue
assert issue["check_name"] == "irqlint-wait-at-dispatch" and issue["fingerprint"]
run(["sh", "-e", "-c", script], top, 0, CI_MERGE_REQUEST_DIFF_BASE_SHA="HEAD")
print("gitlab-ci.yml")

# Before a commit: a change of the good driver passes, one of the bad does not.
top = repository("commit")
path = f"{obj}/bin:{env['PATH']}"
shutil.copy(f"{examples}/pre-commit.sh", f"{top}/.git/hooks/pre-commit")
[hook] = load("pre-commit-config.yaml")["repos"][0]["hooks"]
for driver, status in (("two", 0), ("one", 1)):
    with open(f"{top}/src/{driver}/{driver}.c", "a") as f:
        f.write("/* changed */\n")
    git("add", "-A", cwd=top)
    run(hook["entry"], top, status, PATH=path)
    run(["git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"], top, status, PATH=path)
print("pre-commit-config.yaml pre-commit.sh")

# The clang tools with the settings to copy.
top = repository("tidy")
shutil.copy(f"{examples}/clang-tidy.yaml", f"{top}/.clang-tidy")
tidy = [f"{obj}/bin/irqlint-tidy"]
out = run([*tidy, "--quiet", "src/one/one.c"], top, 0)
assert "[irqlint-wait-at-dispatch]" in out, out
run([*tidy, "--quiet", "src/two/two.c"], top, 0)
with open(f"{top}/compile_commands.json", "w") as f:
    json.dump([{"directory": top, "file": f"src/{d}/{d}.c", "arguments": [
        "clang", "--target=x86_64-pc-windows-msvc", "-fms-extensions", "-fms-compatibility",
        "-fms-compatibility-version=19.44", "-Xclang", "-fms-kernel", "-nostdlibinc", "-isystem",
        f"{obj}/share/irqlint/kit/include", f"src/{d}/{d}.c"]} for d in ("one", "two")], f)
parallel = shutil.which("run-clang-tidy-22") or shutil.which("run-clang-tidy")
if parallel:
    out = run([parallel, "-quiet", "-p", ".", "-load", f"{obj}/lib/irqlint-tidy-plugin.so",
               "-checks=-*,irqlint-*"], top, 0)
    assert "[irqlint-wait-at-dispatch]" in out, out
print("clang-tidy.yaml")

top = repository("clangd")
with open(f"{examples}/clangd.yaml") as f:
    text = f.read()
assert "/usr/share/irqlint/kit/include" in text
with open(f"{top}/.clangd", "w") as f:
    f.write(text.replace("/usr/share/irqlint/kit/include", f"{obj}/share/irqlint/kit/include"))
# Not a project's, so that the flags are those of the file.
out = run([sys.executable, f"{src}/test/frontends/lsp.py", f"--server={obj}/bin/irqlint-clangd",
           "src/one/one.c"], top, 0)
assert "one.c:15:5: warning" in out and "irqlint-wait-at-dispatch" in out, out
print("clangd.yaml")
