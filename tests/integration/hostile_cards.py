"""Cards that try to break whatever reads them, as ModelCards and as texts in a ConfigMap."""

from __future__ import annotations

import copy
import json
from typing import Any

Card = dict[str, Any]

CONFIG_MAP = "hostile"
_FILLER = "x" * 1000


def _with(card: Card, path: str, value: object) -> Any:
    """The spec of a card with another value at a path."""
    spec = copy.deepcopy(card["spec"])
    *parents, last = path.split(".")
    place = spec
    for key in parents:
        place = place[int(key)] if isinstance(place, list) else place[key]
    assert last in place  # another place than an honest card has would prove nothing
    place[last] = value
    return spec


def _nested(depth: int) -> Any:
    value: Any = "core"
    for _ in range(depth):
        value = [value]
    return value


def specs(card: Card) -> dict[str, Any]:
    """Name -> the spec of a ModelCard."""
    return {
        "huge": _with(card, "model.authors", [f"{number:04} {_FILLER}" for number in range(300)]),
        "deep": _with(card, "model.authors", _nested(90)),
        "list": [card["spec"]],
        "text": "model: {}",
        "number": 7,
        "nothing": None,
        "empty": {},
        "wrong-name": _with(card, "model.name", {"$ref": "#"}),
        "yesterday": _with(card, "fairness.evaluations.0.date", "yesterday"),
        "february-30": _with(card, "fairness.evaluations.0.date", "2026-02-30"),
        "year-0": _with(card, "fairness.evaluations.0.date", "0000-01-01"),
        "date-number": _with(card, "fairness.evaluations.0.date", 1_790_000_000),
        "evaluations-map": _with(card, "fairness.evaluations", {"0": {}}),
        "two-cases": card["spec"] | {"Model": card["spec"]["model"]},
        "long-number": _with(card, "fairness.evaluations", [{"date": 2**62}]),
        "control": _with(card, "model.name", "a\u0000\u001b[2J\u202e\nmlgate allowed everything"),
    }


def texts(card: Card) -> dict[str, str]:
    """Name -> a text where a card is expected."""
    whole = json.dumps({key: card[key] for key in ("apiVersion", "kind", "metadata", "spec")})
    return {
        "huge": whole[:-1] + ', "x": "' + "x" * 300 * 1024 + '"}',
        "list": f"[{whole}]",
        "word": "yes",
        "blank": " \n",
        "twice": f'{whole[:-1]}, "spec": {json.dumps(card["spec"])}}}',
        "concatenated": f"{whole}\n{whole}",
        "two-documents": f"---\n{whole}\n---\n{whole}\n",
        "nan": whole[:-1] + ', "x": NaN}',
        "infinity": "spec: {model: {name: .inf}}",
        "alias": "a: &a [x]\nspec: *a",
        "bomb": "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nspec: [*c, *c]",
        "merge": "a: {b: c}\nspec:\n  <<: {model: {}}\n",
        "python": "!!python/object/apply:os.system ['true']",
        "deep": "[" * 10_000 + "]" * 10_000,
        "many": "[" + "0," * 30_000 + "0]",
        "torn": whole[: len(whole) // 2],
        "tab": "spec:\n\tmodel: {}",
        "digits": "spec: " + "9" * 6_000,
        "control": "spec: \u0007\u001b[2J",
    }


def hostile_cards(card: Card) -> list[Card]:
    """All of them as objects in the namespace of the good card."""
    place = card["metadata"]["namespace"]
    found = [
        {**card, "metadata": {"name": f"hostile-{name}", "namespace": place}, "spec": spec}
        for name, spec in specs(card).items()
    ]
    metadata = {"name": CONFIG_MAP, "namespace": place}
    return [*found, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": texts(card)}]
