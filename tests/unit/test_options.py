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
        ({"registries": ["ghcr.io"], "blob_hosts": {"quay.io": ["a.example"]}}, r"must name quay\.io, as"),
        ({"registries": ["ghcr.io"], "blob_hosts": {"ghcr.io": ["*.example"]}}, "blob_hosts"),
        ({"registries": ["https://ghcr.io"]}, "registries"),
        ({"registries": ["ghcr.io"], "ca": Path("/gone.pem")}, "cannot be read as certificates"),
        ({"registries": ["ghcr.io"], "docker_config": Path("/gone.json")}, "dockerConfig"),
    ],
)
def test_a_source_that_cannot_be_asked_refuses_to_start(oci: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        asked(card_sources=["oci"], oci=oci)


WRITTEN = "xn--bcher-kva.example"


@pytest.mark.parametrize("host", [WRITTEN, f"{WRITTEN}:5000"])
def test_a_host_of_any_script_is_named_as_name_servers_know_it(host: str) -> None:
    assert asked(card_sources=["oci"], oci={"registries": [host]}).registries.caller.places.hosts == {host}
    hub = asked(card_sources=["huggingface"], huggingface={"endpoint": f"https://{host}"}).hub
    assert hub.caller.places.hosts == {host}


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("b\u00fccher.example", f"must be written {WRITTEN}$"),
        ("b\u00fccher.example:5000", f"must be written {WRITTEN}:5000$"),
        ("ghcr\u3002io", r"must be written ghcr\.io$"),
        ("\u212aelvin.example", r"must be written kelvin\.example$"),
        ("\uff47hcr.io", "is no name of a host"),
        ("a\u0301\u202e.example", "is no name of a host"),
        ("xn--zzzzzzzz999.example", "is no name of a host"),
        ("xn--.example", "is no name of a host"),
        (f"{WRITTEN}/x", "must be written|should match"),
        (f"user@{WRITTEN}", "must be written|should match"),
        (f"XN--{WRITTEN[4:]}", "must be written|should match"),
    ],
)
def test_a_host_that_would_never_be_asked_refuses_to_start(host: str, told: str) -> None:
    for oci in ({"registries": [host]}, {"registries": ["ghcr.io"], "blob_hosts": {"ghcr.io": [host]}}):
        with pytest.raises(SettingsError, match=told):
            asked(oci=oci)
    with pytest.raises(SettingsError, match=told.replace("written ", "written https://", 1)):
        asked(huggingface={"endpoint": f"https://{host}"})


def test_a_registry_may_send_on_to_hosts_of_its_own_at_private_addresses_too() -> None:
    oci = {"registries": ["ghcr.io"], "blob_hosts": {"ghcr.io": ["a.example"]}, "private": ["a.example"]}
    places = asked(card_sources=["oci"], oci=oci).registries.caller.places
    assert (places.hosts, places.private) == ({"ghcr.io"}, {"a.example"})
    assert places.blobs == {"ghcr.io": {"a.example"}}


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
