"""Results of fairness libraries below `examples/cards`: the bias test made of each, in a sound card."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from casebook.cases import EXAMPLES, read_case, read_reference
from casebook.documents import Object
from casebook.foreign import CARDS, EXPECTED, codes
from casebook.shift import parse_day
from mlgate.assembly import CheckFrom, assemble_check
from mlgate.evidence.cards.formats import aif360, fairlearn
from mlgate.evidence.cards.formats.results import BiasResult
from mlgate.evidence.digest import card_digest

_CASE = "ticket-router"
_STATED = aif360.Stated("language", of_predictions=True, date="2026-09-16", model_version="1.4.0")
"""What the author of the AIF360 examples says beside the file."""


def result_files(root: Path = CARDS) -> list[Path]:
    """All of them, in order."""
    return sorted(path for name in ("aif360", "fairlearn") for path in (root / name).glob("*.json"))


def expected_of(path: Path) -> Path:
    """The file that holds what is expected of a result."""
    return path.with_name(path.stem + EXPECTED)


def converted(path: Path) -> BiasResult:
    """The bias test made of a result."""
    document = json.loads(path.read_text())
    if path.parent.name == "fairlearn":
        return fairlearn.convert(document)
    return aif360.convert(document, _STATED)


async def expectations(paths: list[Path]) -> dict[str, dict[str, Any]]:
    """By name, the bias test made of each result, and which codes are found of a card that holds it alone.

    The card is that of the example `ticket-router`, approved anew; the real gate asks a real OPA.
    """
    case = read_case(EXAMPLES / _CASE)
    card = next(item for item in case.evidence if item["kind"] == "ModelCard")
    sign_off = next(item for item in case.evidence if item["kind"] == "SignOff")
    around = [item for item in case.evidence if item["kind"] not in {"ModelCard", "SignOff"}]
    day = parse_day(read_reference(EXAMPLES).reference_day)
    found = {}
    objects, manifests = [*around], {}
    for path in paths:
        name = f"{path.parent.name}-{path.stem}"
        tested = _with_test(card, name, converted(path))
        digest = card_digest(tested["spec"])
        objects += [tested, _named(sign_off, name, cardDigest=digest)]
        manifests[path] = _pinned(case.manifest[0], f"modelcard/{name}@{digest}")
    source = CheckFrom(
        objects=tuple(objects), namespace=_CASE, at=f"{day}T12:00:00Z", assume_authenticated=True
    )
    async with assemble_check(source) as running:
        for path, manifest in manifests.items():
            listed = {key: some for key, some in (await codes(manifest, running)).items() if some}
            result = converted(path)
            found[f"{path.parent.name}/{path.name}"] = {
                "verdict": "denied" if listed.get("violations") else "allowed",
                **listed,
                "problems": [problem.wire() for problem in result.problems],
                "lost": [entry.wire() for entry in result.lost],
                "evaluation": result.evaluation,
            }
    return found


def _with_test(card: Object, name: str, result: BiasResult) -> Object:
    fairness = {**card["spec"]["fairness"], "evaluations": [result.evaluation]}
    return _named(card, name, fairness=fairness)


def _named(pattern: Object, name: str, **spec: Any) -> Object:
    metadata = {**pattern["metadata"], "name": name}
    return {**pattern, "metadata": metadata, "spec": {**pattern["spec"], **spec}}


def _pinned(pattern: Object, reference: str) -> Object:
    manifest: Object = json.loads(json.dumps(pattern))
    manifest["metadata"]["annotations"]["mlgate.dev/model-card"] = reference
    return manifest
