"""The in-toto statement that says: this is the card.

One subject, named `card`, with the card's digest. A signature that other tools make of the file or artifact
the card lies in counts as well: cosign's, and OpenSSF model signing's of that one file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import Any

from mlgate.domain.base import Json
from mlgate.domain.digests import digest_of
from mlgate.errors import StatementRefused
from mlgate.evidence.signatures.in_toto import COSIGN_TYPE, OMS_TYPE, read_in_toto
from mlgate.evidence.signatures.statement import CARD_SUBJECT, STATEMENT_TYPE

CARD_TYPE = "https://mlgate.dev/card/v1alpha1"
CARD_TYPES = frozenset({CARD_TYPE, COSIGN_TYPE, OMS_TYPE})
"""What a signature of a card may state."""


def card_statement(digest: str, predicate: dict[str, Any]) -> dict[str, Any]:
    """The statement about the card with that digest.

    Args:
        digest: `sha256:` and 64 hex digits.
        predicate: for people who read it: signedAt, and model and version where it is of one. Nothing is
            decided by it.
    """
    subject = {"name": CARD_SUBJECT, "digest": {"sha256": digest.removeprefix("sha256:")}}
    return {
        "_type": STATEMENT_TYPE,
        "subject": [subject],
        "predicateType": CARD_TYPE,
        "predicate": predicate,
    }


def file_digests(data: bytes) -> frozenset[str]:
    """The digests under which other tools sign a file: its own, and the root of a model of this one file.

    The root is the digest over the digests of a model's files
    (https://github.com/ossf/model-signing-spec, version 1.0).
    """
    return frozenset({digest_of(data), digest_of(hashlib.sha256(data).digest())})


def refuse_other_card(statement: Json, digests: Collection[str]) -> None:
    """Refuse a verified statement that is not about the card with one of these digests.

    Raises:
        StatementRefused: it states something else, or about something else; the message says which.
    """
    read = read_in_toto(statement)
    if read.predicate_type not in CARD_TYPES:
        raise StatementRefused(f"is no signature of a card: it states {read.predicate_type}")
    subjects = statement.get("subject") if isinstance(statement, dict) else None
    if not isinstance(subjects, list) or len(subjects) != 1:
        raise StatementRefused("is about several subjects, and the card must be the only one")
    if read.digests[0] not in digests:
        raise StatementRefused(f"is of another card, or of one that was changed since: {read.digests[0]}")
