"""Whom the policy trusts, and whom the gate can recognise: what cannot be fulfilled, or demands nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mlgate.doctor.codes import finding
from mlgate.doctor.finding import Finding, Subject
from mlgate.doctor.snapshot import Trust
from mlgate.domain.listing import first_few
from mlgate.evidence.looked import entries, field
from mlgate.evidence.signatures.keys import key_id, public_keys

_PARTS = ("signOff", "modelCard", "supplyChain")
_SHOWN = 5


def check_signers(trust: Trust, *, keys_are_known: bool) -> Iterator[Finding]:
    """What the policy's lists of signers come to with the keys and the trusted root of the gate.

    Args:
        trust: what the gate is set up with.
        keys_are_known: whether all of its keys could be read.
    """
    if trust.settings is None:
        return
    trusted = {part: entries(field(trust.settings, part, "trustedSigners")) for part in _PARTS}
    yield from _unknown(trust, trusted, keys_are_known=keys_are_known)
    yield from _not_looked_for(trust, trusted)
    accepted = field(trust.settings, "signOff", "acceptedAssurance")
    if accepted == ["signed"] and not trusted["signOff"]:
        message = "only signed approvals count, and signOff.trustedSigners names nobody who may sign one"
        yield _told(trust, "trust.approvals_impossible", "signOff", message)


def _told(trust: Trust, code: str, part: str, message: str) -> Finding:
    subject = Subject(kind="Deployment", name=trust.deployment, namespace=trust.namespace)
    registry = next(iter(trust.registries), "REGISTRY")
    return finding(code, subject, message, namespace=trust.namespace, part=part, registry=registry)


def _unknown(trust: Trust, trusted: dict[str, list[Any]], *, keys_are_known: bool) -> Iterator[Finding]:
    """Signers whose signatures are never recognised."""
    known = _key_ids(trust) if keys_are_known else None
    for part, signers in trusted.items():
        identities = [str(one["identity"]) for one in signers if field(one, "identity") is not None]
        if identities and not trust.trusted_root:
            message = (
                f"{part}.trustedSigners names {_some(identities)}, and without signatures.trustedRoot "
                "nothing that was signed by an identity verifies"
            )
            yield _told(trust, "trust.identities_without_root", part, message)
        keys = [str(one["keyId"]) for one in signers if field(one, "keyId") is not None]
        strangers = [] if known is None else [key for key in keys if key not in known]
        if strangers:
            message = f"{part}.trustedSigners names {_some(strangers)}, which is none of signatures.keys"
            yield _told(trust, "trust.key_unknown", part, message)


def _key_ids(trust: Trust) -> frozenset[str]:
    return frozenset(
        key_id(key)
        for file in trust.files
        if file.setting == "signatures.keys" and file.data is not None
        for key in public_keys(file.data, Path(file.key))
    )


def _not_looked_for(trust: Trust, trusted: dict[str, list[Any]]) -> Iterator[Finding]:
    """Signatures that are demanded and not verified, or verified and not demanded."""
    for part, setting, is_on, what, code in (
        ("modelCard", "signatures.cards", trust.cards, "cards", "trust.cards_not_verified"),
        ("supplyChain", "signatures.served", trust.served, "images and models", "trust.served_not_sought"),
    ):
        if trusted[part] and not is_on:
            message = (
                f"{part}.trustedSigners demands signatures of {what}, and {setting} is off: none verifies"
            )
            yield _told(trust, code, part, message)
        elif is_on and not trusted[part]:
            message = f"{setting} is on, and {part}.trustedSigners names nobody: {what} need no signature"
            yield _told(trust, "trust.nobody_trusted", part, message)


def _some(names: list[str]) -> str:
    return first_few(names, _SHOWN)
