"""What the settings of an installation turn on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mlgate.errors import SettingsError
from mlgate.options import options_for
from mlgate.settings import load_settings


def asked(**evidence: Any) -> Any:
    return options_for(load_settings({"evidence": evidence}))[1]


def test_without_the_source_no_registry_is_asked() -> None:
    assert asked(oci={"registries": ["ghcr.io"]}).registries is None


@pytest.mark.parametrize(
    ("oci", "told"),
    [
        ({}, "registries must name what is read"),
        ({"registries": ["ghcr.io"], "private": ["10.0.0.1"]}, r"must name 10\.0\.0\.1, as"),
        ({"registries": ["https://ghcr.io"]}, "registries"),
        ({"registries": ["ghcr.io"], "ca": Path("/gone.pem")}, "cannot be read as certificates"),
        ({"registries": ["ghcr.io"], "docker_config": Path("/gone.json")}, "dockerConfig"),
    ],
)
def test_a_source_that_cannot_be_asked_refuses_to_start(oci: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        asked(card_sources=["oci"], oci=oci)


@pytest.mark.parametrize("name", ["keys", "trusted_root"])
def test_signers_that_cannot_be_read_refuse_to_start(tmp_path: Path, name: str) -> None:
    gone = tmp_path / "gone"
    value: Any = [gone] if name == "keys" else gone
    with pytest.raises(SettingsError, match="cannot be read"):
        options_for(load_settings({"signatures": {name: value}}))


def test_signatures_are_sought_only_where_signers_are_known(tmp_path: Path) -> None:
    oci = {"registries": ["ghcr.io"]}
    with pytest.raises(SettingsError, match=r"signatures\.served needs signers"):
        options_for(load_settings({"evidence": {"oci": oci}, "signatures": {"served": True}}))
    signatures = {"served": True, "keys": [tmp_path]}
    _, found = options_for(load_settings({"evidence": {"oci": oci}, "signatures": signatures}))
    assert found.served is not None
    assert found.served.registries is found.registries


def test_signatures_of_cards_are_verified_only_where_signers_are_known(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"signatures\.cards needs signers"):
        options_for(load_settings({"signatures": {"cards": True}}))
    key = tmp_path / "office.pem"
    public = Ed25519PrivateKey.generate().public_key()
    key.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    assert options_for(load_settings({"signatures": {"keys": [key]}}))[1].seals is None
    found = options_for(load_settings({"signatures": {"keys": [key], "cards": True}}))[1]
    assert found.seals is not None
    assert found.seals.statements is found.statements
