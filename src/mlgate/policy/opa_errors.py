"""OPA's own errors: its words and its place, with what to do about each."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from mlgate.errors import PolicyError
from mlgate.policy.opa_command import Ran

SHOWN = 8
"""Names that are listed of those that would have been right."""

_ADVICE = (
    (r"undefined function (data\.\S+)", "there is no {0}; name a function that exists"),
    (r"undefined function ([a-z0-9_.]+)", "{0} is not among the built-ins a policy may use, or is misspelt"),
    (r"undefined ref: input", "read a field that policies/schema/input.json describes"),
    (r"undefined ref: data", "name a rule that exists, as `data.mlgate.lib.<topic>.<rule>`"),
    (r"var (\S+) is unsafe", "give {0} a value in the same body, or import or define what it names"),
    (r"import (\S+) unused", "remove the import"),
    (r"(?:assigned var|declared var|unused argument) (\S+)", "use {0}, or write _ in its place"),
    (r"is recursive", "let no rule depend on itself"),
    (r"annotation redeclared", "keep the METADATA of a package in one of its files"),
    (r"conflicts with|multiple default|conflicting rule", "give one of the two another name"),
)
_OTHERWISE = {
    "rego_parse_error": "correct the syntax there",
    "rego_type_error": "correct the types, or the name",
}


@dataclass(frozen=True)
class OpaError:
    """One error that OPA reported."""

    file: str
    """As OPA was given it; empty where it names none."""
    line: int
    message: str
    fix: str

    @property
    def text(self) -> str:
        """One line for a person."""
        return f"{self.file}:{self.line}: {self.message}; {self.fix}" if self.file else self.message


def errors_in(ran: Ran) -> list[OpaError]:
    """The errors of one call with `--format json`; none where it succeeded.

    Raises:
        PolicyError: it failed for another reason than what the policy says.
    """
    return [_read(error) for error in _listed(ran)] if ran.code else []


def refuse(ran: Ran) -> None:
    """Go on only after a call that succeeded.

    Raises:
        PolicyError: it reported errors; the first is told, and how many more there are.
    """
    found = errors_in(ran)
    if found:
        more = f" (and {len(found) - 1} more; `mlgate policy lint` lists all)" if len(found) > 1 else ""
        raise PolicyError(f"{found[0].text}{more}")


def _listed(ran: Ran) -> list[dict[str, Any]]:
    for text in (ran.out, ran.err):
        try:
            found = json.loads(text)
        except ValueError:
            continue
        errors = found.get("errors") if isinstance(found, dict) else None
        if isinstance(errors, list) and errors:
            return errors
    raise PolicyError(f"opa: {ran.complaint}")


def _read(error: dict[str, Any]) -> OpaError:
    place = error.get("location") or {}
    message = " ".join(str(error.get("message", "")).split())
    return OpaError(
        file=str(place.get("file", "")).removeprefix("./"),
        line=int(place.get("row", 0)),
        message=f"{message}{_details(error)}",
        fix=_advice(message, str(error.get("code", ""))),
    )


def _details(error: dict[str, Any]) -> str:
    """What OPA would have taken, where it says so."""
    details = error.get("details")
    if not isinstance(details, dict) or not isinstance(details.get("want"), list):
        return ""
    wanted = [str(name) for name in details["want"]]
    return f" (there are: {', '.join(wanted[:SHOWN])}{', ...' if len(wanted) > SHOWN else ''})"


def _advice(message: str, code: str) -> str:
    for pattern, advice in _ADVICE:
        found = re.search(pattern, message)
        if found:
            return advice.format(*found.groups())
    return _OTHERWISE.get(code, "correct it; the rule cannot be loaded like this")
