"""Signatures that lie beside a card's file, or that somebody names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mlgate.cli.cards import is_bare_card
from mlgate.cli.manifests import Content
from mlgate.errors import ManifestError
from mlgate.evidence.cards.detached import (
    ANNOTATION,
    BUNDLE_SUFFIX,
    SUFFIX,
    Detached,
    signature_texts,
)
from mlgate.evidence.signatures.card import file_digests
from mlgate.parsing.limits import CARD_LIMITS


def signatures_beside(file: str) -> tuple[str, ...]:
    """The signatures in `<file>.sig` and `<file>.sigstore.json`, as far as there are such files.

    Raises:
        ManifestError: one is there and cannot be read.
    """
    places = [Path(file + suffix) for suffix in (SUFFIX, BUNDLE_SUFFIX)]
    return tuple(text for place in places if place.exists() for text in signatures_in(place))


def signatures_in(place: Path) -> tuple[str, ...]:
    """The signatures in a file.

    Raises:
        ManifestError: it cannot be read.
    """
    try:
        with place.open("rb") as opened:
            data = opened.read(CARD_LIMITS.max_bytes + 1)
    except OSError as error:
        raise ManifestError(f"{place} cannot be read: {error.strerror}") from error
    return signature_texts(data.decode(errors="replace"))


def signatures_of(cards: Iterable[tuple[str, Content]]) -> dict[str, tuple[str, ...]]:
    """The signatures beside files that hold a card and no object, by the name of the file.

    Raises:
        ManifestError: one is there and cannot be read.
    """
    return {name: signatures_beside(name) for name, content in cards if is_bare_card(content)}


def annotated(metadata: dict[str, Any]) -> tuple[str, ...]:
    """The signatures in the annotation of a ModelCard object."""
    annotations = metadata.get("annotations")
    if not isinstance(annotations, dict) or ANNOTATION not in annotations:
        return ()
    return signature_texts(annotations[ANNOTATION])


def of_file(file: str, metadata: dict[str, Any]) -> Detached:
    """What is said to sign the one card of a file.

    Raises:
        ManifestError: a signature is there and cannot be read.
    """
    texts = (*annotated(metadata), *signatures_beside(file))
    path = Path(file)
    data = path.read_bytes() if path.is_file() else b""
    # A file with an object is only its wrapping: what reaches the cluster is other bytes.
    return Detached(texts, file_digests(data) if data and is_bare_card(data) else frozenset())
