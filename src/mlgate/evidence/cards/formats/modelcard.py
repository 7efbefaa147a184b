"""mlgate's own card: the spec of a ModelCard, read strictly."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from mlgate.domain.base import Json, Problem
from mlgate.domain.evidence import Alert, CardRuntime, Incident, Lost
from mlgate.domain.model_card import ModelCardSpec
from mlgate.domain.model_card.governance import ClaimedSignOff
from mlgate.errors import CardInvalid
from mlgate.evidence.cards.bounds import NOTHING, Extent, extent_within, too_long
from mlgate.evidence.cards.formats import OWN, detect
from mlgate.evidence.digest import card_digest
from mlgate.evidence.records import ModelCardStatus
from mlgate.evidence.shapes import Reader, Shape, shape_of
from mlgate.parsing.limits import CARD_LIMITS, Limits

Scan = Callable[[Json], list[tuple[str, str]]]
"""Finds what looks like a credential in a value: (path below it, reason)."""
_ROOT = "card"
_ENVELOPE = frozenset({"apiVersion", "kind", "metadata", "spec", "status"})


@dataclass(frozen=True)
class Claim:
    """One entry of `signOffs`, as far as it could be read."""

    index: int
    entry: dict[str, Any]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class CardContent:
    """What a card says. Shared by all who read the same bytes, so nobody may change it."""

    format: str | None = None
    digest: str | None = None
    card: dict[str, Any] | None = None
    """The spec without signOffs; None when it cannot be used at all."""
    problems: tuple[Problem, ...] = ()
    claims: tuple[Claim, ...] = ()
    """The approvals it carries."""
    places: tuple[tuple[str, str], ...] = ()
    """Places that look like a credential, with the reason; searched in all the author wrote."""
    lost: tuple[Lost, ...] = ()
    """What a card in another format says that has no place in a ModelCard."""
    extent: Extent = NOTHING
    """How much all of it holds that is judged."""


def invalid(message: str, *, path: str = "", card_format: str | None = None) -> CardContent:
    """The content of a card that cannot be used at all, and why."""
    return CardContent(format=card_format, problems=(Problem(path=path, message=message),))


def no_scan(_value: Json) -> list[tuple[str, str]]:
    """Looks for no credentials."""
    return []


def read_document(document: Json, scan: Scan = no_scan) -> CardContent:
    """Read a parsed card, whether it is a whole ModelCard object or its bare spec."""
    if detect(document) != OWN:
        return invalid("is not a model card of mlgate")
    if "apiVersion" not in document:
        return read_spec(document, scan)
    strangers = [f"{key!a} is no field of a ModelCard" for key in sorted(document.keys() - _ENVELOPE)]
    content = read_spec(document.get("spec"), scan)
    extra = tuple(Problem(path="", message=text) for text in strangers[:5])
    return replace(content, problems=(*content.problems, *extra))


def read_spec(spec: Json, scan: Scan = no_scan, limits: Limits = CARD_LIMITS) -> CardContent:
    """Read the spec of a ModelCard: everything that fits, and the place of everything that does not.

    Never raises: a spec that cannot be used at all has `card` None and problems that say why.
    """
    if not isinstance(spec, dict):
        return invalid("spec must be an object", card_format="modelcard")
    extent = extent_within(spec, "", limits)
    if isinstance(extent, Problem):
        return CardContent("modelcard", problems=(extent,))
    excess = too_long(spec, _ROOT)
    if excess is not None:
        return CardContent("modelcard", problems=(excess,))
    reader = Reader()
    digest = _digest(spec, reader)
    body = {key: value for key, value in spec.items() if key != "signOffs"}
    card = reader.read(shape_of(ModelCardSpec), body, _ROOT)
    _duplicates(card, reader)
    claims = _claims(spec.get("signOffs"), reader)
    if not _identifies_a_model(card):
        return CardContent("modelcard", digest, None, reader.problems)
    places = tuple((f"{_ROOT}.{path}", reason) for path, reason in scan(body))
    return CardContent("modelcard", digest, card, reader.problems, claims, places, extent=extent)


def read_runtime(status: Json) -> tuple[CardRuntime, tuple[Problem, ...]]:
    """The status monitoring tools write; an entry that cannot be read is kept with what it says.

    A bad date counts as absent, so that the incident counts as open.
    """
    if status is None:
        return CardRuntime(), ()
    reader = Reader()
    read = reader.read(shape_of(ModelCardStatus), status, "status") or {}
    incidents = tuple(
        Incident(id=entry.get("id") or "", severity=entry.get("severity"), closed_at=entry.get("closedAt"))
        for entry in read.get("incidents") or ()
    )
    alerts = tuple(
        Alert(
            name=entry.get("name") or "",
            firing_since=entry.get("firingSince"),
            acknowledged_at=entry.get("acknowledgedAt"),
        )
        for entry in read.get("alerts") or ()
    )
    return CardRuntime(incidents=incidents, alerts=alerts), reader.problems


def _identifies_a_model(card: dict[str, Any]) -> bool:
    model = card.get("model") or {}
    named = model.get("name") and model.get("version")
    return bool(named and any(artifact.get("uri") for artifact in model.get("artifacts") or ()))


def _digest(spec: dict[str, Any], reader: Reader) -> str | None:
    try:
        return card_digest(spec)
    except CardInvalid as error:
        reader.complain("", f"the card has no digest: {error}")
        return None


def _claims(entries: Json, reader: Reader) -> tuple[Claim, ...]:
    if entries is None:
        return ()
    if not isinstance(entries, list):
        reader.complain(f"{_ROOT}.signOffs", "must be a list")
        return ()
    return tuple(_claim(index, entry, shape_of(ClaimedSignOff)) for index, entry in enumerate(entries))


def _claim(index: int, entry: Json, shape: Shape) -> Claim:
    reader = Reader()
    read = reader.read(shape, entry, f"{_ROOT}.signOffs[{index}]")
    return Claim(index, read or {}, reader.problems)


def _duplicates(card: dict[str, Any], reader: Reader) -> None:
    """Names that must be unique, for a rule that looks one up must not get to choose."""
    datasets = card.get("datasets") or ()
    _unique((entry.get("name") for entry in datasets), reader, f"{_ROOT}.datasets", "name")
    evaluations = (card.get("fairness") or {}).get("evaluations") or ()
    for index, evaluation in enumerate(evaluations):
        groups = (entry.get("group") for entry in evaluation.get("groups") or ())
        _unique(groups, reader, f"{_ROOT}.fairness.evaluations[{index}].groups", "group")


def _unique(names: Iterable[str | None], reader: Reader, path: str, key: str) -> None:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name is None:
            continue
        if name in seen:
            reader.complain(f"{path}[{index}].{key}", "is the name of another entry too")
        seen.add(name)
