"""Whom the policy trusts, beside whom the gate can recognise."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mlgate.doctor.signers import check_signers
from mlgate.doctor.snapshot import Trust, TrustFile
from mlgate.evidence.signatures.keys import key_id

KEY = Ed25519PrivateKey.generate().public_key()
PEM = KEY.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
OWN = {"keyId": key_id(KEY)}
OTHER = {"keyId": "sha256:00"}
PERSON = {"issuer": "https://login.example.org", "identity": "ines@example.org"}


def trust(settings: dict[str, Any] | None, **changes: Any) -> Trust:
    """A gate that has one key."""
    key = TrustFile("signatures.keys", "ConfigMap", "mlgate-trust", "risk.pem", PEM)
    made = {
        "deployment": "mlgate",
        "namespace": "mlgate-system",
        "files": (key,),
        "whole": True,
        "trusted_root": False,
        "cards": False,
        "served": False,
        "registries": (),
        "settings": settings,
    }
    return Trust(**(made | changes))


def found(settings: dict[str, Any] | None, *, keys_are_known: bool = True, **changes: Any) -> list[str]:
    """The codes of what is found."""
    return [one.code for one in check_signers(trust(settings, **changes), keys_are_known=keys_are_known)]


@pytest.mark.parametrize(
    ("settings", "changes"),
    [
        (None, {"cards": True}),
        ({}, {}),
        ({"signOff": {"trustedSigners": [OWN]}}, {}),
        ({"signOff": {"trustedSigners": [PERSON]}}, {"trusted_root": True}),
        ({"modelCard": {"trustedSigners": [OWN]}}, {"cards": True}),
        ({"supplyChain": {"trustedSigners": [OWN]}}, {"served": True}),
        ({"signOff": {"acceptedAssurance": ["signed"], "trustedSigners": [OWN]}}, {}),
        ({"signOff": {"acceptedAssurance": ["signed", "authenticated"]}}, {}),
        ({"signOff": "nothing"}, {}),
    ],
)
def test_what_fits_together_is_nothing_to_tell(
    settings: dict[str, Any] | None, changes: dict[str, Any]
) -> None:
    assert found(settings, **changes) == []


@pytest.mark.parametrize("part", ["signOff", "modelCard", "supplyChain"])
@pytest.mark.parametrize(
    ("signer", "code"), [(OTHER, "trust.key_unknown"), (PERSON, "trust.identities_without_root")]
)
def test_signers_that_are_never_recognised_are_named(part: str, signer: dict[str, str], code: str) -> None:
    (one,) = check_signers(
        trust(
            {part: {"trustedSigners": [OWN, signer]}}, cards=part == "modelCard", served=part == "supplyChain"
        ),
        keys_are_known=True,
    )
    assert one.code == code
    assert f"{part}.trustedSigners names {signer.get('keyId') or signer['identity']}" in one.message


def test_where_not_all_keys_could_be_read_none_is_called_unknown() -> None:
    assert found({"signOff": {"trustedSigners": [OTHER]}}, keys_are_known=False) == []


def test_many_signers_are_counted() -> None:
    many = [{"keyId": f"sha256:{number}"} for number in range(7)]
    (one,) = check_signers(trust({"signOff": {"trustedSigners": many}}), keys_are_known=True)
    assert "sha256:4 and 2 more, which" in one.message


@pytest.mark.parametrize(
    ("part", "switch", "code"),
    [
        ("modelCard", "cards", "trust.cards_not_verified"),
        ("supplyChain", "served", "trust.served_not_sought"),
    ],
)
def test_signatures_are_demanded_and_verified_or_neither(part: str, switch: str, code: str) -> None:
    assert found({part: {"trustedSigners": [OWN]}}) == [code]
    (one,) = check_signers(trust({}, **{switch: True}), keys_are_known=True)
    assert (one.code, one.lets_models_through) == ("trust.nobody_trusted", "possibly")
    assert shlex.split(one.fix)[-1] == f"policy.settings.{part}.trustedSigners[0].keyId=sha256:DIGEST"


def test_approvals_that_nobody_can_sign_are_told() -> None:
    assert found({"signOff": {"acceptedAssurance": ["signed"]}}) == ["trust.approvals_impossible"]
