"""Look-ups an object needs and this release or installation does not make: they are said, never hidden."""

from __future__ import annotations

from mlgate.domain.evidence import Unavailable
from mlgate.domain.lookups import LookUps
from mlgate.domain.request import Request
from mlgate.evidence.options import EvidenceOptions

_NOT_READ = "this release does not look it up"
_SIGNATURES = "signature verification is not configured"


def not_made(request: Request, lookups: LookUps, options: EvidenceOptions) -> tuple[Unavailable, ...]:
    """Every look-up of the table that the object needs and nobody makes, with the reason."""
    disabled = [
        ("cluster.serviceAccounts", lookups.has_pods, _NOT_READ),
        ("cluster.secrets", lookups.secrets, "reading Secrets is switched off"),
        ("cluster.configMaps", lookups.config_maps, "reading ConfigMaps is switched off"),
        ("cluster.peerAuthentication", lookups.serves, _NOT_READ),
        ("cluster.networkPolicies", lookups.serves or lookups.trains, _NOT_READ),
        ("cluster.authorizationPolicies", lookups.external, _NOT_READ),
        ("cluster.region", lookups.serves and options.region is None, "no region is configured"),
        ("evidence.modelSignatures", lookups.serves, _SIGNATURES),
        ("evidence.imageSignatures", lookups.has_pods or bool(lookups.references), _SIGNATURES),
        ("evidence.attestations", lookups.serves, _SIGNATURES),
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
