# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""slurm.py [--check] COMMAND...: runs COMMAND in a Slurm cluster of two nodes
that exists only meanwhile: munged, slurmctld and two slurmd on this machine, on
ports and in a folder of their own. Needs root. --check: says quietly by the exit
status whether it can be."""

import getpass
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

command = sys.argv[1:]
check = command[:1] == ["--check"]
if check:
    command = ["srun", "-Q", "-n1", "-N1", "true"]
programs = ("munged", "slurmctld", "slurmd", "srun", "sinfo")
path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
if os.geteuid() != 0 or not all(shutil.which(p, path=path) for p in programs):
    sys.exit("no Slurm here, or not root")
os.environ["PATH"] = path


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for s in sockets:
        s.bind(("", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


folder = tempfile.mkdtemp(prefix="slurm", dir="/tmp")
daemons = []


def start(*args):
    log = open(f"{folder}/{os.path.basename(args[0])}.log", "a")
    daemons.append(subprocess.Popen(args, stdout=log, stderr=log, stdin=subprocess.DEVNULL))


def stop():
    for d in reversed(daemons):
        d.terminate()
    for d in daemons:
        try:
            d.wait(timeout=10)
        except subprocess.TimeoutExpired:
            d.kill()
    shutil.rmtree(folder, ignore_errors=True)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
try:
    ports = free_ports(3)
    host = socket.gethostname().split(".")[0]
    for name in ("state", "spool1", "spool2"):
        os.mkdir(f"{folder}/{name}")
    key = os.open(f"{folder}/key", os.O_WRONLY | os.O_CREAT, 0o400)
    os.write(key, os.urandom(128))
    os.close(key)
    with open(f"{folder}/slurm.conf", "w") as f:
        f.write(f"""ClusterName=test
SlurmctldHost={host}
SlurmUser={getpass.getuser()}
SlurmdUser={getpass.getuser()}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
SlurmctldPort={ports[0]}
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmdSpoolDir={folder}/spool-%n
StateSaveLocation={folder}/state
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
ReturnToService=2
SchedulerType=sched/builtin
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
NodeName=n1 NodeHostname={host} Port={ports[1]} CPUs=1 State=UNKNOWN
NodeName=n2 NodeHostname={host} Port={ports[2]} CPUs=1 State=UNKNOWN
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
""")
    os.environ["SLURM_CONF"] = f"{folder}/slurm.conf"
    start("munged", "--foreground", "--force", f"--socket={folder}/munge.socket",
          f"--key-file={folder}/key", f"--pid-file={folder}/munged.pid",
          f"--log-file={folder}/munged.log", f"--seed-file={folder}/seed")
    for _ in range(50):
        if os.path.exists(f"{folder}/munge.socket"):
            break
        time.sleep(0.1)
    start("slurmctld", "-D", "-c")
    start("slurmd", "-D", "-N", "n1")
    start("slurmd", "-D", "-N", "n2")
    deadline = time.monotonic() + (20 if check else 60)
    while time.monotonic() < deadline:
        nodes = subprocess.run(["sinfo", "-h", "-N", "-o", "%T"], capture_output=True, text=True).stdout
        if nodes.split() == ["idle", "idle"]:
            break
        time.sleep(0.2)
    else:
        logs = [f"== {n}\n" + open(f"{folder}/{n}", errors="replace").read()[-2000:]
                for n in os.listdir(folder) if n.endswith(".log")]
        sys.exit("the nodes do not come up: " + nodes + "\n" + "\n".join(logs))
    status = subprocess.run(command, timeout=15 if check else None).returncode
    # It must leave no jobs; they take a moment to complete.
    deadline = time.monotonic() + 30
    while subprocess.run(["squeue", "-h"], capture_output=True).stdout:
        if time.monotonic() > deadline:
            sys.exit("there are jobs left")
        time.sleep(0.2)
finally:
    stop()
sys.exit(status)
