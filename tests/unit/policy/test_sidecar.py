"""What an OPA beside the server is started with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mlgate.errors import PolicyError, SettingsError
from mlgate.policy.sidecar import check_sidecar, sidecar_arguments, write_sidecar
from mlgate.settings import Settings, load_settings


def settings(folder: Path, opa: dict[str, Any] | None = None, **groups: dict[str, Any]) -> Settings:
    given = {
        "url": "http://127.0.0.1:8181",
        "shared_dir": folder / "shared",
        "token_file": folder / "token",
        "bundle_port": 9999,
    }
    return load_settings({"opa": given | (opa or {}), **groups})


def config(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "shared" / "opa.json").read_text())
    return found


def test_it_asks_mlgate_alone_and_tells_nobody_what_it_decides(tmp_path: Path) -> None:
    write_sidecar(settings(tmp_path))
    found = config(tmp_path)
    assert found["services"] == {"mlgate": {"url": "http://127.0.0.1:9999"}}
    assert found["bundles"]["mlgate"]["service"] == "mlgate"
    assert found.keys() == {"services", "bundles", "status", "server"}
    assert "signing" not in found["bundles"]["mlgate"]


def test_a_trusted_key_is_named_where_the_bundle_is(tmp_path: Path) -> None:
    key = rsa.generate_private_key(65537, 2048).public_key()
    text = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "key.pub").write_bytes(text)
    write_sidecar(settings(tmp_path, policy={"verification_key": tmp_path / "key.pub"}))
    found = config(tmp_path)
    assert found["bundles"]["mlgate"]["signing"] == {"keyid": "mlgate"}
    assert found["keys"] == {"mlgate": {"key": text.decode(), "algorithm": "RS256"}}


def test_a_key_that_cannot_be_read_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"key\.pub: No such file"):
        write_sidecar(settings(tmp_path, policy={"verification_key": tmp_path / "key.pub"}))
    assert list(tmp_path.iterdir()) == []


def test_the_token_is_kept_and_everything_can_be_written_again(tmp_path: Path) -> None:
    first = write_sidecar(settings(tmp_path)), (tmp_path / "token").read_text()
    assert first == (write_sidecar(settings(tmp_path)), (tmp_path / "token").read_text())
    assert (tmp_path / "shared" / "guard").stat().st_mode & 0o055 == 0o055


def test_it_stays_longer_than_any_review_may_take_after_the_order_to_stop(tmp_path: Path) -> None:
    chosen = settings(tmp_path, server={"drain_seconds": 7.5}, decision={"deadline_seconds": 4})
    assert "--shutdown-wait-period=14" in sidecar_arguments(chosen, Path("/shared"))
    assert sidecar_arguments(chosen, Path("/shared"))[-2:] == ["--bundle", "/shared/guard"]


@pytest.mark.parametrize(
    ("opa", "named"),
    [
        ({"shared_dir": None}, r"opa\.shared_dir"),
        ({"token_file": None}, r"opa\.token_file"),
        ({"url": "managed"}, r"opa\.url.*loopback"),
        ({"url": "https://opa.example.com"}, r"opa\.url.*loopback"),
        ({"url": "unix:///opa.sock"}, r"opa\.url.*loopback"),
        ({"url": "http://opa.example.com"}, r"opa\.url.*loopback"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, opa: dict[str, Any], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        check_sidecar(settings(tmp_path, opa))
