"""The checks that are written in Rego: one evaluation over syntax trees and annotations of a policy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mlgate.errors import PolicyError
from mlgate.policy.opa_command import call_opa, inspect
from mlgate.policy.syntax import Module
from mlgate.policy.workbench.problems import Problem
from mlgate.policy.workbench.workspace import Workspace

QUERY = "[problem | some check; some problem in data.checks[check].problems]"


def run_checks(space: Workspace, modules: dict[str, Module], opa: Path) -> Iterator[Problem]:
    """What the checks find in the author's own files.

    Raises:
        PolicyError: the policy does not compile, or OPA does not work.
    """
    given = {
        "files": modules,
        "tests": {name: _text(space, name) for name in space.tests},
        "own": sorted(space.own),
        "inspection": _inspection(space, opa),
    }
    for found in evaluate(QUERY, given, space, opa):
        yield Problem(
            file=space.shown(found["file"]) if found["file"] else "policy",
            line=found["line"],
            check=found["check"],
            what=found["what"],
            fix=found["fix"],
            name=found["file"],
            rule=found["rule"],
        )


def evaluate(query: str, given: Any, space: Workspace, opa: Path) -> Any:
    """The value of a query over the shipped checks, and the requirements and settings of a policy.

    Raises:
        PolicyError: OPA does not work.
    """
    data = (
        part
        for name in ("requirements", "settings")
        for part in ("--data", f"mlgate.{name}:{space.tree / 'mlgate' / name / 'data.yaml'}")
        if (space.tree / "mlgate" / name / "data.yaml").is_file()
    )
    loaded = ("--data", str(space.policies / "checks"), *data)
    ran = call_opa(opa, "eval", "--format", "json", "--stdin-input", *loaded, query, given=json.dumps(given))
    if ran.code != 0:
        raise PolicyError(f"opa eval: {ran.complaint}")
    return json.loads(ran.out)["result"][0]["expressions"][0]["value"]


def _text(space: Workspace, name: str) -> str:
    return (space.tree / name).read_text(encoding="utf-8", errors="replace")


def _inspection(space: Workspace, opa: Path) -> dict[str, Any]:
    found = inspect(space.tree, opa)
    return {"annotations": found.get("annotations") or [], "namespaces": found.get("namespaces") or {}}
