"""The OPA program as a tester of Rego uses it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from mlgate.policy.local_opa import find_opa
from mlgate.policy.shipped import shipped_policies

OPA = find_opa()
POLICIES = shipped_policies()
REGO = POLICIES / "rego"
CHECKS = POLICIES / "checks"
SCHEMA = POLICIES / "schema"


def opa(*arguments: str | Path, given: Any = None) -> subprocess.CompletedProcess[str]:
    """One run of OPA; `given` is its standard input, as JSON."""
    return subprocess.run(  # noqa: S603 - the pinned program, without a shell
        [str(OPA), *map(str, arguments)],
        input=None if given is None else json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


def said(done: subprocess.CompletedProcess[str]) -> str:
    """Everything a run wrote, for the message of a failed assertion."""
    return f"{done.stdout}{done.stderr}".strip()


def evaluated(query: str, given: Any, *loaded: str | Path) -> Any:
    """The value of a query over the files and data given as OPA's own arguments."""
    done = opa("eval", "--format", "json", "--stdin-input", *loaded, query, given=given)
    assert done.returncode == 0, said(done)
    return json.loads(done.stdout)["result"][0]["expressions"][0]["value"]
