"""The docker config: whose password is whose, and what cannot be read is named."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from mlgate.errors import SettingsError
from mlgate.evidence.registries.credentials import DockerConfig
from mlgate.evidence.registries.reference import repository_of

AUTH = base64.b64encode(b"robot:s3:cret").decode()


def config(folder: Path, document: Any) -> DockerConfig:
    file = folder / "config.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    return DockerConfig(file)


@pytest.mark.parametrize("key", ["registry.example:5000", "https://registry.example:5000"])
def test_credentials_are_found_by_the_registry(tmp_path: Path, key: str) -> None:
    found = config(tmp_path, {"auths": {key: {"auth": AUTH}}})
    assert found.credentials("registry.example:5000") == ("robot", "s3:cret")
    assert found.credentials("other.example") is None


def test_docker_hub_has_a_name_of_its_own(tmp_path: Path) -> None:
    found = config(tmp_path, {"auths": {"https://index.docker.io/v1/": {"auth": AUTH}}})
    assert found.credentials("docker.io") == ("robot", "s3:cret")
    assert repository_of("oci://docker.io/team/cards").origin == "https://registry-1.docker.io"


def test_a_rotated_file_is_read_anew(tmp_path: Path) -> None:
    found = config(tmp_path, {"auths": {}})
    assert found.credentials("r.example") is None
    config(tmp_path, {"auths": {"r.example": {"username": "a", "password": "b"}}})
    assert found.credentials("r.example") == ("a", "b")


def test_without_a_file_there_are_none() -> None:
    assert DockerConfig(None).credentials("r.example") is None


@pytest.mark.parametrize("document", ["", "[]", "{}", '{"auths": []}', "{"])
def test_a_file_that_is_none_refuses_to_start(tmp_path: Path, document: str) -> None:
    with pytest.raises(SettingsError, match=r"evidence\.oci\.dockerConfig"):
        config(tmp_path, document)


def test_a_missing_file_refuses_to_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        DockerConfig(tmp_path / "gone.json")


@pytest.mark.parametrize(
    "entry", [None, {}, {"auth": "!"}, {"auth": "//8="}, {"username": "a"}, {"username": 1, "password": 2}]
)
def test_an_entry_without_user_and_password_is_named(tmp_path: Path, entry: Any) -> None:
    found = config(tmp_path, {"auths": {"r.example": entry}})
    with pytest.raises(SettingsError, match=r"r\.example"):
        found.credentials("r.example")
