"""What each code costs in one decision, whether or not it fires.

OPA's profile tells the time of every line and its trace who had the line evaluated: a function costs whoever
calls it, a rule without arguments is evaluated once and costs itself. A line's time is split over those that
had it evaluated, by how often, and all times are scaled so that they add up to what `opa bench` measures,
because watching costs time too.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Place = tuple[str, int]
"""A file of the bundle and a line in it."""

HEAD = re.compile(r"(?:default )?([a-z_][A-Za-z0-9_]*)(\(|\[| |$)")
ELSE = re.compile(r"\} else\b")
CODE = re.compile(r"#   code: (\S+)")
EVENT = re.compile(r"(\S+):(\d+)\s+((?:\| )*)(Enter|Eval|Exit) ")
LIBRARY = re.compile(r"/mlgate/(?:lib/)?([a-z_]+)/")
QUERY = "query"


@dataclass(frozen=True)
class Head:
    """The head of a rule: its code, if it has one, and whether it takes arguments."""

    code: str | None
    function: bool


@dataclass
class Spent:
    """How often each line was evaluated for whom, and the codes that fired."""

    evaluations: dict[Place, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    fired: set[str] = field(default_factory=set)


def read_heads(files: Mapping[str, str]) -> dict[Place, Head]:
    """The heads of all rules by where they stand; an `else` belongs to the rule it continues."""
    found: dict[Place, Head] = {}
    for name, text in files.items():
        code: str | None = None
        last = Head(None, function=False)
        for row, line in enumerate(text.splitlines(), start=1):
            annotated, head = CODE.match(line), HEAD.match(line)
            if annotated:
                code = annotated[1]
            elif head and head[1] not in {"package", "import"}:
                last, code = Head(code, function=head[2] == "("), None
                found[name, row] = last
            elif ELSE.match(line):
                found[name, row] = last
    return found


def read_trace(lines: Iterable[str], heads: Mapping[Place, Head]) -> Spent:
    """Who had what evaluated, from what `opa eval --explain=full --format=pretty` writes."""
    spent = Spent()
    owners = [QUERY]
    for line in lines:
        event = EVENT.match(line)
        if event is None:
            continue
        place, depth, what = (event[1], int(event[2])), len(event[3]) // 2, event[4]
        owner = owners[min(depth, len(owners) - 1)]
        if what == "Enter":
            del owners[depth + 1 :]
            owners.append(_owner(place, heads.get(place), owner))
        elif what == "Eval":
            spent.evaluations[place][owner] += 1
        elif (head := heads.get(place)) is not None and head.code is not None:
            spent.fired.add(head.code)
    return spent


def _owner(place: Place, head: Head | None, caller: str) -> str:
    """Who pays for what is entered: a code, a library for a rule of its own, or else the caller."""
    if head is None or head.function:
        return caller
    if head.code is not None:
        return head.code
    if place[0].startswith("/mlgate/rules/") and "." in caller:
        return caller
    library = LIBRARY.match(place[0])
    return library[1] if library else caller


def read_profile(told: Mapping[str, Any]) -> dict[Place, float]:
    """Nanoseconds by line, the least of all runs that `opa eval --profile --count=N` tells of."""
    times: dict[Place, float] = defaultdict(float)
    for entry in told["aggregated_profile"]:
        location = entry["location"]
        times[location["file"], location["row"]] += entry["total_time_ns_stats"]["min"]
    return dict(times)


def least(profiles: Sequence[Mapping[Place, float]]) -> dict[Place, float]:
    """The least time of each line over several profiles, as one is disturbed here and another there."""
    places = {place for profile in profiles for place in profile}
    return {
        place: min(profile[place] for profile in profiles if place in profile) for place in sorted(places)
    }


def costs(spent: Spent, times: Mapping[Place, float], whole: float) -> dict[str, float]:
    """Nanoseconds by owner; together as many as the whole decision takes."""
    found: dict[str, float] = defaultdict(float)
    for place, owners in spent.evaluations.items():
        for owner, number in owners.items():
            found[owner] += times.get(place, 0.0) * number / owners.total()
    total = sum(found.values())
    return {owner: time * whole / total for owner, time in found.items()} if total else {}
