"""The in-toto statement of a sign-off: what it approves, in which role, until when.

Statement v1 of in-toto (https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md). Whether it
is signed, and by whom, its caller knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from mlgate.domain.base import Json, Problem
from mlgate.domain.evidence import SignOffSubject
from mlgate.domain.model_card.governance import ApprovalRole
from mlgate.domain.model_card.parts import CardPart, Date, Name
from mlgate.errors import StatementRefused
from mlgate.evidence.records import ModelName, Version
from mlgate.evidence.shapes import Reader, shape_of
from mlgate.evidence.signatures.reading import HEX, at

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
SIGN_OFF_TYPE = "https://mlgate.dev/sign-off/v1alpha1"
CARD_SUBJECT = "card"
"""Name of the subject that is the model card."""


class SignOffPredicate(CardPart):
    """What the signer states about one model version."""

    role: ApprovalRole
    """Role in which it is given."""
    approver: Name
    """Login name of the signer."""
    decision: Literal["approved", "rejected"]
    """What was decided."""
    model: ModelName
    """Model name, as in the card."""
    version: Version
    """Model version, as in the card."""
    issued_at: Date
    """When it was given."""
    expires_at: Date | None = None
    """Until when it holds."""


@dataclass(frozen=True)
class SignOffStatement:
    """What a statement says; fields that could not be read are null and named."""

    predicate: dict[str, Any]
    subject: SignOffSubject
    problems: tuple[Problem, ...]


def read_sign_off_statement(document: Json, path: str) -> SignOffStatement:
    """Read a parsed statement; `path` leads its problems.

    Raises:
        StatementRefused: it is no statement of a sign-off at all.
    """
    if not isinstance(document, dict) or document.get("_type") != STATEMENT_TYPE:
        raise StatementRefused(f"_type must be {STATEMENT_TYPE}")
    if document.get("predicateType") != SIGN_OFF_TYPE:
        raise StatementRefused(f"predicateType must be {SIGN_OFF_TYPE}: it states something else")
    reader = Reader()
    body = reader.read(shape_of(SignOffPredicate), document.get("predicate"), f"{path}.predicate") or {}
    digests = _digests(document.get("subject"), reader, f"{path}.subject")
    model = body.get("model")
    if model == CARD_SUBJECT:
        reader.complain(f"{path}.subject", "a model named card cannot be told from the card")
    subject = SignOffSubject(
        model=model,
        version=body.get("version"),
        digest=digests.get(model) if model != CARD_SUBJECT else None,
        card_digest=digests.get(CARD_SUBJECT),
    )
    return SignOffStatement(body, subject, reader.problems)


def _digests(subjects: Json, reader: Reader, path: str) -> dict[str | None, str]:
    """Digest by name; a name that stands twice is a problem, for a rule must not choose between two."""
    if not isinstance(subjects, list) or not subjects:
        reader.complain(path, "must be a list with an entry")
        return {}
    found: dict[str | None, str] = {}
    for index, entry in enumerate(subjects):
        name, value = at(entry, "name"), at(entry, "digest", "sha256")
        if not isinstance(name, str) or not isinstance(value, str) or not HEX.fullmatch(value):
            reader.complain(f"{path}[{index}]", "must have a name and a digest.sha256 of 64 hex digits")
        elif name in found:
            reader.complain(f"{path}[{index}].name", "is the name of another subject too")
        else:
            found[name] = f"sha256:{value}"
    return found
