"""What the settings of an installation turn on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

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
        ({}, "the card source oci needs its registry"),
        ({"registries": ["ghcr.io"], "private": ["10.0.0.1"]}, r"evidence\.oci\.private names 10\.0\.0\.1"),
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
