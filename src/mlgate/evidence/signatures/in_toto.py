"""Any in-toto statement: what it is about, and for provenance from which commit it was built.

Statement v1 and v0.1 of in-toto, provenance v1 and v0.2 of SLSA (https://slsa.dev/spec/v1.1/provenance).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mlgate.domain.base import Json
from mlgate.errors import StatementRefused
from mlgate.evidence.signatures.reading import HEX, at
from mlgate.parsing.times import normalise_time

OMS_TYPE = "https://model_signing/signature/v1.0"
"""Predicate of an OpenSSF model signature."""
COSIGN_TYPE = "https://sigstore.dev/cosign/sign/v1"
"""Predicate of a signature of cosign, from version 3 on."""
_TYPES = ("https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True)
class InToto:
    """One statement, as far as evidence needs it."""

    predicate_type: str
    digests: tuple[str, ...]
    """SHA-256 digests of its subjects, in order."""
    issued_at: str | None = None
    source_revision: str | None = None
    """Commit of the first git repository it was built from."""


def read_in_toto(document: Json) -> InToto:
    """Read a parsed statement.

    Raises:
        StatementRefused: it is none, or about nothing.
    """
    if not isinstance(document, dict) or document.get("_type") not in _TYPES:
        raise StatementRefused("is no in-toto statement")
    kind = document.get("predicateType")
    digests = tuple(_digests(document.get("subject")))
    if not isinstance(kind, str) or not digests:
        raise StatementRefused("must have a predicateType and a subject with a SHA-256 digest")
    predicate = document.get("predicate")
    return InToto(kind, digests, _finished(predicate), _revision(predicate))


def _digests(subjects: Json) -> Iterator[str]:
    for entry in subjects if isinstance(subjects, list) else ():
        value = at(entry, "digest", "sha256")
        if isinstance(value, str) and HEX.fullmatch(value):
            yield f"sha256:{value}"


def _finished(predicate: Json) -> str | None:
    found = at(predicate, "runDetails", "metadata", "finishedOn") or at(
        predicate, "metadata", "buildFinishedOn"
    )
    return normalise_time(found) if isinstance(found, str) else None


def _revision(predicate: Json) -> str | None:
    dependencies = at(predicate, "buildDefinition", "resolvedDependencies") or at(predicate, "materials")
    for entry in dependencies if isinstance(dependencies, list) else ():
        uri = at(entry, "uri")
        commit = at(entry, "digest", "gitCommit") or at(entry, "digest", "sha1")
        if isinstance(uri, str) and uri.startswith("git") and isinstance(commit, str):
            return commit if _COMMIT.fullmatch(commit) else None
    return None
