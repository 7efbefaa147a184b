"""OPA's own errors as problems: its words and its place, with what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from mlgate.errors import PolicyError
from mlgate.policy.opa_command import Ran
from mlgate.policy.workbench.problems import Problem
from mlgate.policy.workbench.workspace import Workspace

_ADVICE = (
    (r"undefined function ([a-z_.]+)", "{0} is not among the built-ins a policy may use, or is misspelt"),
    (r"undefined ref: input", "read a field that policies/schema/input.json describes"),
    (r"undefined ref: data", "name a rule that exists, as `data.mlgate.lib.<topic>.<rule>`"),
    (r"var (\S+) is unsafe", "give {0} a value in the same body, or import or define what it names"),
    (r"import (\S+) unused", "remove the import"),
    (r"(?:assigned var|declared var|unused argument) (\S+)", "use {0}, or write _ in its place"),
    (r"is recursive", "let no rule depend on itself"),
    (r"annotation redeclared", "keep the METADATA of a package in one of its files"),
    (r"conflicts with rule|multiple default|conflicting rule", "give one of the two another name"),
)
_OTHERWISE = {
    "rego_parse_error": "correct the syntax there; `opa fmt` on the file shows when it can be read",
    "rego_type_error": "correct the types, or the name",
}


def problems_in(said: Ran, check: str, space: Workspace) -> Iterator[Problem]:
    """The errors that one call of OPA with `--format json` reported.

    Raises:
        PolicyError: it failed for another reason than the policy.
    """
    if said.code == 0:
        return
    for error in _errors(said):
        place = error.get("location") or {}
        message = " ".join(str(error.get("message", "")).split())
        name = str(place.get("file", "")).removeprefix("./")
        code = str(error.get("code", ""))
        yield Problem(
            file=space.shown(name) if name else "policy",
            line=int(place.get("row", 0)),
            check=check,
            what=f"{message}{_details(error)}",
            fix=_advice(message, code),
        )


def _errors(said: Ran) -> list[dict[str, Any]]:
    for text in (said.out, said.err):
        try:
            found = json.loads(text)
        except ValueError:
            continue
        errors = found.get("errors") if isinstance(found, dict) else None
        if isinstance(errors, list) and errors:
            return errors
    raise PolicyError(f"opa: {said.complaint}")


def _details(error: dict[str, Any]) -> str:
    """What OPA had instead and would have taken, where it says so."""
    details = error.get("details")
    if not isinstance(details, dict) or not isinstance(details.get("want"), list):
        return ""
    wanted = [str(name) for name in details["want"]]
    shown = ", ".join(wanted[:8])
    return f" (there are: {shown}{', ...' if len(wanted) > 8 else ''})"  # noqa: PLR2004 - shown above


def _advice(message: str, code: str) -> str:
    for pattern, advice in _ADVICE:
        found = re.search(pattern, message)
        if found:
            return advice.format(*found.groups())
    return _OTHERWISE.get(code, "correct it; the rule cannot be loaded like this")
