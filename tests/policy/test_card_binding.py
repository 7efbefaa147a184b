"""Which models a card speaks for, judged by the real OPA: a good card is worth nothing for another model."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from casebook.cases import EXAMPLES, read_case, read_reference
from casebook.documents import Object
from casebook.reviews import review
from judging import REFERENCE_DAY

from mlgate.admission.refusal import refusal_text
from mlgate.admission.review import read_review
from mlgate.assembly import CheckFrom, Running, assemble_check
from mlgate.domain.deadline import Deadline
from mlgate.domain.decision import Verdict
from mlgate.evidence.digest import card_digest

ONE, SEVERAL = "credit-scoring", "canary-rollout"
OTHER = "sha256:" + "0" * 64
MISMATCH = "model_card.artifact_mismatch"
CASES = {name: read_case(EXAMPLES / name) for name in (ONE, SEVERAL, "ticket-router")}


def cards_of(name: str) -> list[Object]:
    return [item for item in CASES[name].evidence if item["kind"] == "ModelCard"]


(GOOD,) = cards_of(ONE)
(STRANGER,) = cards_of("ticket-router")
STABLE, NEXT = cards_of(SEVERAL)
SERVED = CASES[ONE].manifest[0]["spec"]["predictor"]["model"]["storageUri"]
DIGEST = SERVED.partition("@")[2]
ADDRESS = "s3://lending-models/credit-scoring/3.2.0"
"""Where the same model would lie without a digest."""


def variant(card: Object, change: Callable[[Any], None] = lambda _spec: None) -> Object:
    """A card under a name that tells its content apart from all others."""
    spec = copy.deepcopy(card["spec"])
    change(spec)
    name = f"variant-{card_digest(spec).removeprefix('sha256:')[:20]}"
    return {**card, "metadata": {"name": name}, "spec": spec}


def listing(*artifacts: dict[str, str]) -> Object:
    """The good card, about these artifacts."""
    return variant(GOOD, lambda spec: spec["model"].update(artifacts=list(artifacts)))


def named(card: Object, model: str | None = None, pin: str | None = None) -> str:
    """The entry of the annotation for a card."""
    entry = f"modelcard/{card['metadata']['name']}@{pin or card_digest(card['spec'])}"
    return f"{model}={entry}" if model else entry


@dataclass(frozen=True)
class Asked:
    """A workload that names some cards, and what the gate says about its cards."""

    entries: list[str]
    codes: set[str]
    cards: list[Object] = field(default_factory=list)
    told: tuple[str, ...] = ()
    """Words of the refusal."""
    case: str = ONE
    uri: str = SERVED


def one(card: Object, codes: set[str], *told: str, uri: str = SERVED, model: str | None = None) -> Asked:
    """The workload of one model, with one card."""
    return Asked([named(card, model)], codes, [card], told, uri=uri)


UNSAFE = variant(GOOD, lambda spec: spec["fairness"].pop("evaluations"))
MANY = [{"uri": f"s3://lending-models/{number}", "digest": f"sha256:{number:064}"} for number in range(255)]

METRICS = [{"name": "demographicParityRatio", "value": 0.95}] * 65
LONG = variant(GOOD, lambda spec: spec["fairness"]["evaluations"][0].update(metrics=METRICS))
CLOSED = [{"closedAt": GOOD["spec"]["reviews"][0]["date"]}]
CROWDED = [
    variant(GOOD, lambda spec, n=n: spec["reviews"][n].update(findings=CLOSED * 6000)) for n in range(4)
]
LARGE = [variant(GOOD, lambda spec, n=n: spec.update(limitations=[f"{n}" * 200_000])) for n in range(6)]

ASKED: dict[str, Asked] = {
    "its own card, with a list that is too long": one(LONG, {"model_card.invalid"}, "65 items; more than 64"),
    "four cards with much to judge": Asked(
        [named(card) for card in CROWDED],
        {"model_card.invalid"},
        CROWDED,
        ("; more than 20000 are not judged",),
    ),
    "six large cards": Asked(
        [named(card) for card in LARGE], {"model_card.invalid"}, LARGE, ("more than 1048576",)
    ),
    "its own card": one(GOOD, set()),
    "its own card, by name of the model": one(GOOD, set(), model="predictor"),
    "its own card twice": Asked([named(GOOD), named(GOOD), named(GOOD, "predictor")], set()),
    "a good card of another model": one(STRANGER, {MISMATCH}, "ticket-router", DIGEST[7:19]),
    "a good card of another model, said to be its own": one(STRANGER, {MISMATCH}, model="predictor"),
    "a card that covers another one of its id": one(
        GOOD, {MISMATCH, "model_card.missing"}, "no model of the workload", model="predictor2"
    ),
    "the address is right and the digest is not": one(
        listing({"uri": SERVED, "digest": OTHER}), {MISMATCH}, DIGEST[7:19], OTHER[7:19]
    ),
    "the digest stands in the address alone": one(listing({"uri": SERVED}), {MISMATCH}),
    "the digest is right and the address is not": one(
        listing({"uri": "oci://elsewhere/x", "digest": DIGEST}), set()
    ),
    "the right address on one artifact and the right digest on another": one(
        listing({"uri": SERVED, "digest": OTHER}, {"uri": "s3://x/y", "digest": DIGEST}), set()
    ),
    "one of many artifacts": one(listing(*MANY, {"uri": "s3://x/y", "digest": DIGEST}), set()),
    "none of many artifacts": one(listing(*MANY), {MISMATCH}, "and 250 more"),
    "the same digest in capitals": one(
        listing({"uri": SERVED, "digest": f"sha256:{DIGEST[7:].upper()}"}), {MISMATCH, "model_card.invalid"}
    ),
    "a digest that is too short": one(
        listing({"uri": SERVED, "digest": DIGEST[:-1]}), {MISMATCH, "model_card.invalid"}
    ),
    "a manifest with a digest of its own behind the real one": one(
        GOOD, {MISMATCH}, uri=f"{SERVED.partition('@')[0]}@{OTHER}@{DIGEST}"
    ),
    "a manifest that hides a digest in a tag": one(
        GOOD, {MISMATCH}, uri=f"oci://registry.example.com/lending/credit-scoring:{DIGEST.replace(':', '-')}"
    ),
    "a manifest that names the digest where nothing keeps to it": one(
        GOOD, {MISMATCH}, uri=f"{ADDRESS}@{DIGEST}"
    ),
    "a pin of another card": Asked(
        [named(GOOD, pin=OTHER)], {"model_card.digest_mismatch"}, told=(OTHER, card_digest(GOOD["spec"]))
    ),
    "a pin of another card, beside the right one": Asked(
        [named(GOOD), named(GOOD, pin=OTHER)], {"model_card.digest_mismatch"}, told=(OTHER,)
    ),
    "a good card and one without bias tests": Asked(
        [named(GOOD), named(UNSAFE)], {"fairness.bias_test_missing"}, [UNSAFE]
    ),
    "a good card, and one that does not exist": Asked(
        [named(GOOD), "modelcard/gone"], {"model_card.invalid"}, told=("modelcard/gone",)
    ),
    "a good card, and one of another model that does not exist": Asked(
        [named(GOOD), "canary=modelcard/gone"], {MISMATCH}, told=("only canary",)
    ),
    "two cards of five models": Asked([named(STABLE), named(NEXT)], set(), case=SEVERAL),
    "two cards the other way round": Asked([named(NEXT), named(STABLE)], set(), case=SEVERAL),
    "a card of none of five models": Asked(
        [named(STABLE), named(NEXT), named(STRANGER)],
        {MISMATCH},
        [STRANGER],
        ("each of predictor", STRANGER["metadata"]["name"]),
        case=SEVERAL,
    ),
    "the card of the old version for the new one": Asked(
        [named(STABLE), named(STABLE, "canary[0]")], {MISMATCH}, case=SEVERAL
    ),
    "only the card of the old version": Asked([named(STABLE)], {"model_card.missing"}, case=SEVERAL),
}

SAME = ["", "/"]
OTHERWISE = ["//", "/.", "/x/..", "?", "#", "%20", ":latest", f"@{DIGEST}", "\u200b", " "]
for _end in SAME:
    ASKED[f"the address of the card ends in {_end!r}"] = one(
        listing({"uri": ADDRESS + _end}), set(), uri=ADDRESS
    )
    ASKED[f"the address of the manifest ends in {_end!r}"] = one(
        listing({"uri": ADDRESS}), set(), uri=ADDRESS + _end
    )
for _end in OTHERWISE:
    ASKED[f"the address of the card ends in {_end!r}"] = one(
        listing({"uri": ADDRESS + _end}), {MISMATCH}, uri=ADDRESS
    )
for _other in (
    ADDRESS.upper(),
    ADDRESS.replace("s3:", "S3:"),
    ADDRESS.replace("lending", "Lending"),
    ADDRESS.replace("//", "//user@"),
    ADDRESS.replace("credit", "x/../credit"),
    ADDRESS.replace("3.2", "%33.2"),
    ADDRESS.replace("e", "\u0435"),
):
    ASKED[f"the address of the card is {_other!r}"] = one(listing({"uri": _other}), {MISMATCH}, uri=ADDRESS)


@pytest.fixture(scope="module")
def verdicts() -> dict[str, Verdict]:
    return asyncio.run(_verdicts())


async def _verdicts() -> dict[str, Verdict]:
    cards = [card for asked in ASKED.values() for card in asked.cards]
    around = [item for name in (ONE, SEVERAL) for item in CASES[name].evidence]
    copies = [
        {**card, "metadata": {"name": card["metadata"]["name"], "namespace": place}}
        for card in cards
        for place in (ONE, SEVERAL)
        if card not in around
    ]
    source = CheckFrom(
        objects=(*around, *copies),
        namespace="default",
        at=f"{REFERENCE_DAY}T12:00:00Z",
        assume_authenticated=True,
    )
    async with assemble_check(source) as running:
        return {name: await _verdict(running, asked) for name, asked in ASKED.items()}


async def _verdict(running: Running, asked: Asked) -> Verdict:
    manifest = copy.deepcopy(CASES[asked.case].manifest[0])
    manifest["metadata"]["annotations"]["mlgate.dev/model-card"] = ", ".join(asked.entries)
    if asked.case == ONE:
        manifest["spec"]["predictor"]["model"]["storageUri"] = asked.uri
    requester = read_reference(EXAMPLES).requester
    body = json.dumps(review(manifest, requester, "b7b1f1d2-3c5e-4d7a-9a55-0c6a1f4be0d1")).encode()
    _, request = read_review(body)
    return (await running.gate.judge(request, Deadline.after(20))).verdict


@pytest.mark.parametrize("name", ASKED)
def test_a_card_is_evidence_for_what_it_describes_and_nothing_else(
    name: str, verdicts: dict[str, Verdict]
) -> None:
    asked, verdict = ASKED[name], verdicts[name]
    assert verdict.decision is not None
    codes = {finding.code for finding in verdict.decision.violations}
    about_cards = {code for code in codes if code.startswith("model_card.")}
    assert about_cards | (asked.codes & codes) == asked.codes
    assert verdict.allowed is not bool(codes)


@pytest.mark.parametrize("name", [name for name, asked in ASKED.items() if asked.told])
def test_the_refusal_says_what_does_not_fit(name: str, verdicts: dict[str, Verdict]) -> None:
    text = refusal_text(verdicts[name], "InferenceService/x", 16 * 1024)
    for words in ASKED[name].told:
        assert words in text


@pytest.mark.parametrize("name", ["its own card", "its own card twice", "two cards of five models"])
def test_what_fits_is_admitted(name: str, verdicts: dict[str, Verdict]) -> None:
    assert verdicts[name].allowed is True
