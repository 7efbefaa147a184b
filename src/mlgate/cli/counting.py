"""Which approvals `signoff verify` is asked about, with their card: the question policy is put for them.

A deployment is made up that serves the model of the card and nothing else, and read as the gate reads any.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from mlgate.assembly import CheckFrom, cards_of_cluster, gate_for_check, record_from_cluster
from mlgate.cli.approving import API_VERSION, ApprovedCard, read_card
from mlgate.cli.cards import read_cards
from mlgate.cli.manifests import Document, load_documents, trouble
from mlgate.cli.questions import SECONDS_EACH
from mlgate.cli.requests import request_for
from mlgate.cli.running import run_unless_stopped
from mlgate.domain.components import with_component
from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import Card, SignOff
from mlgate.domain.policy_input import PolicyInput
from mlgate.errors import EvidenceUnavailable, ManifestError
from mlgate.evidence.cards.formats.modelcard import read_document
from mlgate.evidence.guards import Guard
from mlgate.evidence.sign_offs import read_sign_off
from mlgate.policy.engine import NoEngine

SIGN_OFF_IN_CLUSTER = re.compile(r"signoff/(?P<name>[^/@#]+)")
_CARD_FILE = "card"
"""What a card from a file is called in the question."""


@dataclass(frozen=True)
class Entry:
    """One approval or rejection that is asked about."""

    name: str
    """What a person calls it: a place in a file, or the object."""
    sign_off: SignOff
    index: int | None
    """Its place in the question; null where it is about another model, or lies elsewhere than the card."""


@dataclass(frozen=True)
class Question:
    """The question, and what of it is meant."""

    document: PolicyInput
    entries: tuple[Entry, ...]
    live: bool = True
    """The approvals were read from the cluster."""

    @property
    def card(self) -> Card:
        """The card that was approved."""
        return self.document.cards[0]


def question_of_file(file: str, card: str | None, namespace: str | None, source: CheckFrom) -> Question:
    """The SignOffs of a file, held against a card of that file or the one that is named.

    Raises:
        ManifestError: there is no SignOff, not one card, or one of them cannot be read.
    """
    given = _sign_offs(file)
    if card is None and len(read_cards([file])) != 1:
        raise ManifestError(f"{file} does not hold the one card that was approved; name it with --card")
    read = read_card(card or file, namespace, source.context)
    places = [place for place in map(_place, given) if place]
    home = namespace or read.namespace or next(iter(places), "default")
    stored = [_renamed(document, home, number) for number, document in enumerate(given)]
    # What is in a file is worth the same beside a cluster; the card has been read from there.
    source = replace(
        source, objects=tuple(stored), namespace=home, context=None, card_files={_CARD_FILE: read.stored}
    )
    document = _asked(_reference(read), source)
    pairs = zip(given, stored, strict=True)
    return Question(document, tuple(_entry(one.place, held, document) for one, held in pairs), live=False)


def question_of_sign_off(name: str, card: str | None, namespace: str | None, source: CheckFrom) -> Question:
    """A SignOff of the cluster, held against the card of its model there, or the one that is named.

    Raises:
        ManifestError: it cannot be told which card was approved, or the card cannot be read.
        SettingsError: there is no such SignOff.
        EvidenceUnavailable: the cluster does not answer.
    """
    home = namespace or "default"
    stored = run_unless_stopped(record_from_cluster("SignOff", name, home, source.context))
    reference = card or f"modelcard/{_card_of(stored, home, source.context)}"
    document = _live(reference, home, source)
    return Question(document, (_entry(f"signoff/{name}", stored, document),))


def question_of_card(card: str, namespace: str | None, source: CheckFrom) -> Question:
    """Every approval and rejection of a card in the cluster, those it carries included.

    Raises:
        ManifestError: nobody approved or rejected it, or it cannot be read.
        EvidenceUnavailable: the cluster does not answer.
    """
    home = namespace or "default"
    document = _live(card, home, source)
    if not document.sign_offs:
        raise ManifestError(f"nobody has approved or rejected {card}; `mlgate signoff new` makes an approval")
    entries = enumerate(document.sign_offs)
    return Question(document, tuple(Entry(_called(entry), entry, index) for index, entry in entries))


def _live(card: str, home: str, source: CheckFrom) -> PolicyInput:
    """The question about a card, with the SignOffs of the cluster."""
    read = read_card(card, home, source.context)
    source = replace(source, namespace=home, live=True)
    if read.from_cluster:
        return _asked(card.partition("@")[0], source)
    return _asked(_reference(read), replace(source, card_files={_CARD_FILE: read.stored}))


def _reference(read: ApprovedCard) -> str:
    return with_component(f"file/{_CARD_FILE}", read.component)


def _asked(reference: str, source: CheckFrom) -> PolicyInput:
    """What policy would be asked about a deployment of the card's model.

    Raises:
        EvidenceUnavailable: the approvals, or what vouches for them, could not be read.
    """
    model = {"modelFormat": {"name": "any"}, "storageUri": "s3://models/approved"}
    workload = {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {"name": "approved", "annotations": {"mlgate.dev/model-card": reference}},
        "spec": {"predictor": {"model": model}},
    }
    request = request_for(workload, default_namespace=source.namespace, user=None)
    with gate_for_check(source, NoEngine()) as gate:
        try:
            document = run_unless_stopped(gate.question(request, Deadline.after(SECONDS_EACH)))
        except TimeoutError as problem:
            raise EvidenceUnavailable("the approvals could not be read in time; try again") from problem
    assert document is not None  # noqa: S101 - the kind serves models
    for lack in document.unavailable:
        if lack.lookup == "signOffs":
            raise EvidenceUnavailable(f"the approvals, or what guards them, cannot be read: {lack.message}")
    if document.cards[0].status != "found":
        raise ManifestError(f"{reference} cannot be read as the gate reads it ({document.cards[0].status})")
    return document


def _sign_offs(file: str) -> list[Document]:
    """The SignOffs of a file. Raises ManifestError when there is none, or something cannot be read."""
    documents = load_documents([file])
    for document in documents:
        if document.error is not None:
            raise ManifestError(f"{document.place}: {trouble(document.error)}")
    found = [document for document in documents if _is_sign_off(document.object or {})]
    if not found:
        raise ManifestError(f"{file} holds no SignOff; `mlgate signoff new` makes one")
    return found


def _is_sign_off(value: dict[str, Any]) -> bool:
    return value.get("apiVersion") == API_VERSION and value.get("kind") == "SignOff"


def _place(document: Document) -> str | None:
    place = document.metadata.get("namespace")
    return place if isinstance(place, str) and place else None


def _renamed(document: Document, home: str, number: int) -> dict[str, Any]:
    """The SignOff under a name no other one has; those that are still to be created have none."""
    place = {"name": f"sign-off-{number}", "namespace": _place(document) or home}
    return {**(document.object or {}), "metadata": {**document.metadata, **place}}


def _card_of(stored: dict[str, Any], home: str, context: str | None) -> str:
    """The name of the card that a SignOff of the cluster approves.

    Raises:
        ManifestError: there is none, or which of several it is cannot be told.
    """
    spec = stored.get("spec") or {}
    cards = run_unless_stopped(cards_of_cluster(home, context))
    model, version, digest = (_text(spec.get(key)) for key in ("model", "version", "cardDigest"))
    about = [card for card in cards if model and _model(card).get("name") == model]
    exact = [card for card in about if version and _model(card).get("version") == version] or about
    same = [card for card in exact if digest and read_document(card).digest == digest] or exact
    names = [str(card["metadata"]["name"]) for card in same]
    if len(names) != 1:
        told = f"several ModelCards ({', '.join(sorted(names))}) are" if names else "no ModelCard is"
        raise ManifestError(f"{told} about model {model} in namespace {home}; name it with --card")
    return names[0]


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _model(card: dict[str, Any]) -> dict[str, Any]:
    found = (card.get("spec") or {}).get("model")
    return found if isinstance(found, dict) else {}


def _entry(name: str, stored: dict[str, Any], document: PolicyInput) -> Entry:
    """An approval as it stands in the question; as it is stored, where the question does not hold it."""
    read = read_sign_off(stored, Guard(), document.evaluated_at)
    for index, sign_off in enumerate(document.sign_offs):
        if (sign_off.source.type, sign_off.source.reference) == ("signOff", read.source.reference):
            return Entry(name, sign_off, index)
    return Entry(name, read, None)


def _called(sign_off: SignOff) -> str:
    """An object by its name, an entry of the card by its number."""
    source = sign_off.source
    name = source.reference
    return f"signoff/{name.rpartition('/')[2]}" if source.type == "signOff" else name
