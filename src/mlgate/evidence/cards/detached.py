"""Signatures that lie beside a card and are about all of it."""

from __future__ import annotations

from dataclasses import dataclass

from mlgate.domain.base import Json
from mlgate.errors import ManifestError
from mlgate.parsing.json_text import parse_json
from mlgate.parsing.limits import CARD_LIMITS

ANNOTATION = "mlgate.dev/card-signature"
"""Of a ModelCard object. Metadata is no part of what is signed, so it is added without changing the card."""
MODEL_ANNOTATION = "mlgate.dev/model-signature"
"""Of a ModelCard object: OpenSSF signatures of the model it describes."""
MODEL_SUFFIX = ".model.sig"
"""Of the ConfigMap key beside that of the card, with such signatures."""
SUFFIX = ".sig"
"""Of the ConfigMap key beside that of the card, and of the file beside the card's."""
BUNDLE_SUFFIX = ".sigstore.json"
"""Of the file with a Sigstore bundle beside the card's, as its tools name it."""
ARTIFACT_TYPE = "application/vnd.mlgate.card-signature.v1+json"
"""Of the artifact in a registry that refers to the card's and holds a signature."""
MOST_SIGNATURES = 8
"""Signatures of one card that are looked at; each costs a few signature checks."""


@dataclass(frozen=True)
class Detached:
    """The signatures beside one card, unverified."""

    texts: tuple[str, ...] = ()
    digests: frozenset[str] = frozenset()
    """Under what digests the card may have been signed, besides its own: of its file, of its artifact."""
    artifact: str | None = None
    """Digest of the artifact they refer to, where a registry has just listed them."""
    unread: str | None = None
    """Why they could not be looked for, if they could not."""


def signature_texts(value: Json) -> tuple[str, ...]:
    """The signatures in a text: one JSON document over any lines, or one on each line.

    What is there and is no signature is kept as it is, so that it counts as a bad one and not as none. Text
    that is too large is cut, and then verifies as nothing.
    """
    if not isinstance(value, str):
        return ("",)
    text = value[: CARD_LIMITS.max_bytes].strip()
    lines = tuple(line for line in text.splitlines() if line.strip())
    return lines if len(lines) > 1 and not _is_document(text) else (text,)


def _is_document(text: str) -> bool:
    try:
        parse_json(text.encode(errors="surrogatepass"), CARD_LIMITS)
    except ManifestError:
        return False
    return True
