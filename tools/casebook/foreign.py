"""Model cards in other formats below `examples/cards`: what they say converted, what is found of them.

Each is judged beside the workload of the example `ticket-router`, which is sound in itself, with the approval
that its tier needs. So every finding is about the card.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from casebook.cases import EXAMPLES, read_case, read_reference
from casebook.documents import CasebookError, Object
from casebook.reviews import review
from casebook.shift import parse_day
from mlgate.admission.review import read_review
from mlgate.assembly import CheckFrom, Running, assemble_check
from mlgate.domain.deadline import Deadline
from mlgate.evidence.cards.formats.conversion import Origin
from mlgate.evidence.cards.formats.modelcard import CardContent
from mlgate.evidence.cards.formats.read import FOREIGN, read_card

CARDS = EXAMPLES / "cards"
EXPECTED = ".expected.yaml"
_CASE = "ticket-router"
_UID = "b7b1f1d2-3c5e-4d7a-9a55-0c6a1f4be0d1"


@dataclass(frozen=True)
class ForeignCard:
    """One card, and the place of what is expected of it."""

    path: Path
    component: str | None = None
    """bom-ref of the model that is meant, where there are several."""

    @property
    def name(self) -> str:
        """`format/file`."""
        return f"{self.path.parent.name}/{self.path.name}"

    @property
    def expected(self) -> Path:
        """The file that holds what it converts to and what is found of it."""
        return self.path.with_name(self.path.name.rsplit(".", 1)[0] + EXPECTED)

    @property
    def key(self) -> str:
        """Its name as a key of a ConfigMap."""
        return self.name.replace("/", ".")

    @property
    def digest(self) -> str:
        """Of its bytes."""
        return "sha256:" + hashlib.sha256(self.path.read_bytes()).hexdigest()

    def content(self) -> CardContent:
        """The card as the gate reads it."""
        return read_card(self.path.read_bytes(), origin=Origin(component=self.component))


def foreign_cards(root: Path = CARDS) -> list[ForeignCard]:
    """All of them, in order."""
    return [
        ForeignCard(path)
        for path in sorted(root.glob("*/*"))
        if path.suffix in {".md", ".json"} and path.parent.name in FOREIGN
    ]


async def expectations(cards: list[ForeignCard]) -> dict[str, dict[str, Any]]:
    """By name, what each card says in mlgate's words, what is lost of it, and which codes are found."""
    found = await findings(cards, read_case(EXAMPLES / _CASE).manifest[0])
    return {card.name: _expectation(card, found[card.name]) for card in cards}


async def findings(
    cards: list[ForeignCard], pattern: Object, artifact: str | None = None
) -> dict[str, dict[str, list[str]]]:
    """By name of the card, the codes found of the workload that serves its model, or `artifact` instead.

    The real gate asks a real OPA, as of the day the examples are dated by.
    """
    case = read_case(EXAMPLES / _CASE)
    around = [item for item in case.evidence if item["kind"] not in {"ModelCard", "SignOff"}]
    sign_off = next(item for item in case.evidence if item["kind"] == "SignOff")
    store = {"metadata": {"name": "cards", "namespace": _CASE}, "apiVersion": "v1", "kind": "ConfigMap"}
    texts = {card.key: card.path.read_text() for card in cards}
    objects = [*around, {**store, "data": texts}, *(_sign_off(sign_off, card) for card in cards)]
    day = parse_day(read_reference(EXAMPLES).reference_day)
    source = CheckFrom(
        objects=tuple(objects), namespace=_CASE, at=f"{day}T12:00:00Z", assume_authenticated=True
    )
    async with assemble_check(source) as running:
        return {card.name: await codes(_workload(pattern, card, artifact), running) for card in cards}


def _sign_off(pattern: Object, card: ForeignCard) -> Object:
    """The approval of the example, for this card."""
    content = card.content()
    model = (content.card or {}).get("model", {"name": "none", "version": "none"})
    digests = [entry["digest"] for entry in model.get("artifacts", ()) if entry.get("digest")]
    subject = {"model": model["name"], "version": model["version"], "cardDigest": card.digest}
    spec = {key: value for key, value in pattern["spec"].items() if key != "digest"}
    name = card.key.replace("_", "-")
    bound = {"digest": digests[0]} if digests else {}
    return {**pattern, "metadata": {"name": name, "namespace": _CASE}, "spec": {**spec, **subject, **bound}}


def _workload(pattern: Object, card: ForeignCard, artifact: str | None) -> Object:
    """The workload of the example, serving the model the card is about, or another one."""
    content = card.content()
    own = content.card["model"]["artifacts"][0]["uri"] if content.card else "s3://nothing/"
    manifest: Object = json.loads(json.dumps(pattern))
    fragment = f"#{quote(card.component, safe='')}" if card.component else ""
    reference = f"configmap/cards/{card.key}{fragment}@{card.digest}"
    manifest["metadata"]["annotations"]["mlgate.dev/model-card"] = reference
    manifest["spec"]["predictor"]["model"]["storageUri"] = artifact or own
    return manifest


def _expectation(card: ForeignCard, found: dict[str, list[str]]) -> dict[str, Any]:
    content = card.content()
    return {
        "verdict": "denied" if found["violations"] else "allowed",
        **{name: listed for name, listed in found.items() if listed},
        "problems": [problem.wire() for problem in content.problems],
        "lost": [entry.wire() for entry in content.lost],
        "card": content.card,
    }


async def codes(manifest: Object, running: Running) -> dict[str, list[str]]:
    """The codes found of a manifest, by the list they stand in."""
    body = json.dumps(review(manifest, read_reference(EXAMPLES).requester, _UID)).encode()
    _, request = read_review(body)
    decision = (await running.gate.judge(request, Deadline.after(20))).verdict.decision
    if decision is None:
        raise CasebookError("the gate gave no decision")
    lists = ("violations", "warnings", "audited")
    return {name: sorted({finding.code for finding in getattr(decision, name)}) for name in lists}
