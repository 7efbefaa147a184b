"""Look-ups an object needs and this release or installation does not make: they are said, never hidden."""

from __future__ import annotations

from mlgate.domain.evidence import Unavailable
from mlgate.domain.lookups import LookUps
from mlgate.domain.request import Request
from mlgate.evidence.options import EvidenceOptions

_SIGNATURES = "signature verification is not configured"


def not_made(request: Request, lookups: LookUps, options: EvidenceOptions) -> tuple[Unavailable, ...]:
    """Every look-up the object needs and nobody makes, with the reason; `surroundings` says its own."""
    unsigned = options.served is None
    has_images = lookups.has_images or bool(lookups.references)
    disabled = [
        ("evidence.modelSignatures", unsigned and lookups.serves, _SIGNATURES),
        ("evidence.imageSignatures", unsigned and has_images, _SIGNATURES),
        ("evidence.attestations", unsigned and lookups.serves, _SIGNATURES),
        ("evidence.registry", lookups.registry, "no model registry is configured"),
    ]
    said = tuple(
        Unavailable(lookup=lookup, reason="disabled", message=message)
        for lookup, needed, message in disabled
        if needed
    )
    if request.user_info is not None:
        return said
    nobody = Unavailable(
        lookup="request.userInfo", reason="offline", message="nobody said who makes the request"
    )
    return (nobody, *said)
