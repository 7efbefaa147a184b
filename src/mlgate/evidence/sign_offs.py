"""Sign-offs: objects of the cluster, and the claims that cards carry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from mlgate.domain.base import Problem
from mlgate.domain.evidence import Card, SignOff, SignOffSource, SignOffSubject
from mlgate.errors import StatementRefused
from mlgate.evidence.cards.formats.modelcard import Claim
from mlgate.evidence.cards.load import LoadedCard
from mlgate.evidence.guards import Guard
from mlgate.evidence.records import SignOffSpec
from mlgate.evidence.shapes import Reader, shape_of
from mlgate.evidence.signatures.statement import read_sign_off_statement
from mlgate.evidence.signatures.verify import StatementVerifier
from mlgate.evidence.times import created_at, metadata, name_of

BEING_DELETED = Problem(path="metadata.deletionTimestamp", message="is being deleted")
_MOST_STATEMENTS = 32
"""Statements of one card that are verified; there are seven roles. Each costs a few signature checks."""
MOST_CLAIMS = 64
"""Approvals of one card that are told to policy. Their number is the author's choice, and each is judged."""
_BEYOND = f"and all after it are not looked at: a card has at most {MOST_CLAIMS} approvals"


def read_sign_off(stored: dict[str, Any], guard: Guard, evaluated_at: str) -> SignOff:
    """One SignOff object; what cannot be read of it is null and named."""
    reader = Reader()
    spec = reader.read(shape_of(SignOffSpec), stored.get("spec"), "spec") or {}
    created = created_at(stored) or evaluated_at
    deleted = (BEING_DELETED,) if metadata(stored).get("deletionTimestamp") else ()
    return SignOff(
        assurance=guard.assurance(created),
        role=spec.get("role"),
        approver=spec.get("approver"),
        decision=spec.get("decision"),
        subject=SignOffSubject(
            model=spec.get("model"),
            version=spec.get("version"),
            digest=spec.get("digest"),
            card_digest=spec.get("cardDigest"),
        ),
        issued_at=created,
        expires_at=spec.get("expiresAt"),
        source=SignOffSource(type="signOff", reference=_reference(stored)),
        problems=reader.problems + deleted,
    )


def of_models(stored: Sequence[dict[str, Any]], models: set[str]) -> list[dict[str, Any]]:
    """The SignOff objects about one of the models, in the order of their names."""
    about = [entry for entry in stored if (name := _model(entry)) and name in models]
    return sorted(about, key=_reference)


def claims_of(loaded: LoadedCard, verifier: StatementVerifier) -> tuple[SignOff, ...]:
    """The approvals a card carries: a statement that verifies is signed, all others are only claimed."""
    statements = 0
    found = []
    for claim in loaded.claims[:MOST_CLAIMS]:
        text = claim.entry.get("statement")
        statements += text is not None
        if text is None:
            found.append(_claimed(claim, loaded.card))
        elif statements > _MOST_STATEMENTS:
            found.append(_refused(claim, loaded.card, f"is not looked at: the {_MOST_STATEMENTS} before are"))
        else:
            found.append(_stated(claim, loaded.card, text, verifier))
    found += [_refused(claim, loaded.card, _BEYOND) for claim in loaded.claims[MOST_CLAIMS : MOST_CLAIMS + 1]]
    return tuple(found)


def _claimed(claim: Claim, card: Card) -> SignOff:
    """A bare entry, about the card's own model and version."""
    entry = claim.entry
    model = (card.card or {}).get("model", {})
    return SignOff(
        assurance="claimed",
        role=entry.get("role"),
        approver=entry.get("approver"),
        decision=entry.get("decision"),
        subject=SignOffSubject(model=model.get("name"), version=model.get("version")),
        issued_at=entry.get("issuedAt"),
        expires_at=entry.get("expiresAt"),
        source=_source(claim, card, "cardClaim"),
        problems=claim.problems,
    )


def _refused(claim: Claim, card: Card, reason: str) -> SignOff:
    """An entry whose statement counts for nothing, and why."""
    problem = Problem(path=_path(claim), message=f"the statement {reason}")
    claimed = _claimed(claim, card)
    return claimed.model_copy(
        update={
            "source": _source(claim, card, "cardStatement"),
            "problems": (*claimed.problems, problem),
        }
    )


def _stated(claim: Claim, card: Card, text: str, verifier: StatementVerifier) -> SignOff:
    """What a statement says instead of the entry around it, which nobody signed.

    Whether whoever signed may approve in that name is for policy: it knows whose each key and identity is.
    """
    path = _path(claim)
    try:
        verified = verifier.verify(text)
        read = read_sign_off_statement(verified.statement, path)
    except StatementRefused as refused:
        return _refused(claim, card, str(refused))
    body = read.predicate
    return SignOff(
        assurance="signed",
        role=body.get("role"),
        approver=body.get("approver"),
        decision=body.get("decision"),
        subject=read.subject,
        issued_at=body.get("issuedAt"),
        expires_at=body.get("expiresAt"),
        source=_source(claim, card, "cardStatement"),
        signature=verified.signature,
        problems=read.problems,
    )


def _path(claim: Claim) -> str:
    return f"card.signOffs[{claim.index}].statement"


def _source(claim: Claim, card: Card, kind: Literal["cardStatement", "cardClaim"]) -> SignOffSource:
    return SignOffSource(type=kind, reference=f"{card.source.reference}#{claim.index}")


def _model(stored: dict[str, Any]) -> str:
    """The model it names; empty, as no model is called, where it names none."""
    spec = stored.get("spec")
    name = spec.get("model") if isinstance(spec, dict) else None
    return name if isinstance(name, str) else ""


def _reference(stored: dict[str, Any]) -> str:
    return f"{metadata(stored).get('namespace') or ''}/{name_of(stored)}"
