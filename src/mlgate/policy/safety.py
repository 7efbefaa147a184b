"""Checks that the rules of a site must pass before they judge, on what the compiler lets pass.

A rule that fails open where a field is missing, one whose pattern matches in the middle of a name, and one
whose work is the product of two lists that whoever is judged can make long. `mlgate policy lint` tells
these and more.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from mlgate.errors import PolicyError
from mlgate.policy.opa_command import call_opa
from mlgate.policy.shipped import shipped_policies
from mlgate.policy.syntax import Module
from mlgate.policy.workbench.exceptions import EXCUSABLE, FILE, read_excuses

QUERY = (
    f"[problem | some check in {json.dumps(sorted(EXCUSABLE))}; some problem in data.checks[check].problems]"
)


def check_safety(modules: Mapping[str, Module], sites: Iterable[Path], opa: Path) -> None:
    """Go on only with rules that pass, or that the site's own list of exceptions explains.

    Args:
        modules: the syntax trees of the site's files, by their name in the tree.
        sites: the site's folders, each of which may hold a list.
        opa: the OPA program.

    Raises:
        PolicyError: a rule does not pass; it is named with line and fix. Or the list cannot be read.
    """
    lists = [site / FILE for site in sites if (site / FILE).is_file()]
    excuses = [excuse for path in lists for excuse in read_excuses(path)]
    excused = {(excuse.check, excuse.file, excuse.rule) for excuse in excuses}
    checks = os.fspath(shipped_policies() / "checks")
    given = json.dumps({"files": modules})
    ran = call_opa(opa, "eval", "--format", "json", "--stdin-input", "--data", checks, QUERY, given=given)
    if ran.code != 0:
        raise PolicyError(f"opa eval: {ran.complaint}")
    found = json.loads(ran.out)["result"][0]["expressions"][0]["value"]
    for problem in sorted(found, key=lambda problem: (problem["file"], problem["line"], problem["check"])):
        if (problem["check"], problem["file"], problem["rule"]) not in excused:
            place = f"{problem['file']}:{problem['line']}"
            raise PolicyError(f"{place}: {problem['what']} [{problem['check']}]; {problem['fix']}")
