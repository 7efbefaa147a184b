"""The authorities a server is trusted by."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from mlgate.errors import SettingsError
from mlgate.policy.authorities import tls_context


def test_without_a_file_the_authorities_of_the_machine_count() -> None:
    context = tls_context(None, "opa.ca")

    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("text", ["", "no certificate"])
def test_a_file_without_certificates_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "ca.crt"
    file.write_text(text)

    with pytest.raises(SettingsError, match=f"opa.ca {file} cannot be read as PEM certificates"):
        tls_context(file, "opa.ca")
