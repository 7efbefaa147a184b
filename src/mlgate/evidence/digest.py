"""Digests over canonical JSON (RFC 8785), so that spacing and key order do not matter."""

from __future__ import annotations

from typing import Any

import rfc8785

from mlgate.domain.digests import digest_of
from mlgate.errors import CardInvalid


def canonical_digest(value: Any) -> str:
    """`sha256:` and the digest of the canonical JSON of `value`.

    Raises CardInvalid when it has no canonical form: an integer beyond 2^53, a number that is not
    finite, a string that is not Unicode text.
    """
    try:
        canonical = rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeError, RecursionError) as error:
        raise CardInvalid("it has no canonical JSON form: a number or string is out of range") from error
    return digest_of(canonical)


def card_digest(spec: dict[str, Any]) -> str:
    """Digest of a card: its spec without `signOffs`, so that approvals can name it and be added later.

    Raises CardInvalid when the spec has no canonical form.
    """
    return canonical_digest({key: value for key, value in spec.items() if key != "signOffs"})
