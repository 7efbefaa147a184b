"""The serving certificate: refused when unsound at start, kept when a new one is unsound."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from mlgate.errors import SettingsError
from mlgate.web.tls import ServingCertificate


def _write(
    folder: Path, *, begins: datetime | None = None, expires: datetime | None = None
) -> tuple[Path, Path]:
    issued = trustme.CA().issue_cert("localhost", not_before=begins, not_after=expires)
    cert, key = folder / "tls.crt", folder / "tls.key"
    issued.cert_chain_pems[0].write_to_path(str(cert))
    issued.private_key_pem.write_to_path(str(key))
    return cert, key


def test_a_sound_pair_is_served_without_complaint(tmp_path: Path) -> None:
    certificate = ServingCertificate(*_write(tmp_path))

    assert certificate.problem() is None


def test_a_missing_file_refuses_to_start_and_names_the_setting(tmp_path: Path) -> None:
    cert, key = _write(tmp_path)
    key.unlink()

    with pytest.raises(SettingsError, match="setting tls"):
        ServingCertificate(cert, key)


def test_a_key_of_another_certificate_refuses_to_start(tmp_path: Path) -> None:
    cert, key = _write(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    key.write_bytes(_write(other)[1].read_bytes())

    with pytest.raises(SettingsError, match="cannot be served"):
        ServingCertificate(cert, key)


def test_a_file_that_is_no_certificate_refuses_to_start(tmp_path: Path) -> None:
    cert, key = _write(tmp_path)
    cert.write_text("not a certificate")

    with pytest.raises(SettingsError, match="cannot be served"):
        ServingCertificate(cert, key)


def test_an_expired_certificate_is_not_fit_to_serve(tmp_path: Path) -> None:
    certificate = ServingCertificate(*_write(tmp_path, expires=datetime.now(UTC) - timedelta(days=1)))

    assert "expired" in (certificate.problem() or "")


def test_a_rotated_pair_is_what_the_next_connection_gets(tmp_path: Path) -> None:
    certificate = ServingCertificate(*_write(tmp_path))
    context, before = certificate.credentials.context, certificate.expires_at
    _write(tmp_path, expires=datetime.now(UTC) + timedelta(days=3))

    certificate.refresh()

    assert certificate.credentials.context is not context
    assert certificate.expires_at != before
    assert certificate.reload_problem is None


def test_a_half_written_pair_leaves_the_old_one_and_is_told(tmp_path: Path) -> None:
    cert, key = _write(tmp_path)
    certificate = ServingCertificate(cert, key)
    before = certificate.expires_at
    cert.write_text("half")

    certificate.refresh()
    certificate.refresh()

    assert certificate.expires_at == before
    assert certificate.problem() is None
    assert "cannot be served" in (certificate.reload_problem or "")


async def test_the_files_are_looked_at_again_and_again(tmp_path: Path) -> None:
    certificate = ServingCertificate(*_write(tmp_path))
    before = certificate.expires_at
    _write(tmp_path, expires=datetime.now(UTC) + timedelta(days=3))
    watching = asyncio.create_task(certificate.watch(0.001))

    while certificate.expires_at == before:
        await asyncio.sleep(0.001)

    watching.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watching
    assert certificate.reload_problem is None


def test_a_certificate_whose_time_has_not_come_is_not_fit_to_serve(tmp_path: Path) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)

    certificate = ServingCertificate(*_write(tmp_path, begins=tomorrow))

    assert "not valid before" in (certificate.problem() or "")


def test_a_new_pair_that_has_expired_leaves_the_old_one(tmp_path: Path) -> None:
    certificate = ServingCertificate(*_write(tmp_path))
    before = certificate.expires_at
    _write(tmp_path, expires=datetime.now(UTC) - timedelta(days=1))

    certificate.refresh()

    assert (certificate.expires_at, certificate.problem()) == (before, None)
    assert "expired" in (certificate.reload_problem or "")


def test_a_new_pair_whose_time_has_not_come_waits_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Served at once, it would be believed by nobody, and no replica would be ready any more.
    now = datetime.now(UTC)
    certificate = ServingCertificate(*_write(tmp_path))
    context = certificate.credentials.context
    _write(tmp_path, begins=now + timedelta(hours=1), expires=now + timedelta(days=1))

    certificate.refresh()

    assert certificate.credentials.context is context
    assert certificate.problem() is None
    assert "not valid before" in (certificate.reload_problem or "")

    class Later(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return now.astimezone(tz) + timedelta(hours=2)

    monkeypatch.setattr("mlgate.web.tls.datetime", Later)
    certificate.refresh()

    assert certificate.credentials.context is not context
    assert certificate.reload_problem is None


def test_a_new_key_of_another_certificate_leaves_the_old_pair(tmp_path: Path) -> None:
    _, key = _write(tmp_path)
    certificate = ServingCertificate(tmp_path / "tls.crt", key)
    other = tmp_path / "other"
    other.mkdir()
    key.write_bytes(_write(other)[1].read_bytes())

    certificate.refresh()

    assert "cannot be served" in (certificate.reload_problem or "")


def test_a_pair_that_is_made_good_again_is_no_longer_told(tmp_path: Path) -> None:
    cert, key = _write(tmp_path)
    sound = cert.read_bytes()
    certificate = ServingCertificate(cert, key)
    cert.unlink()
    certificate.refresh()
    broken = certificate.reload_problem
    cert.write_bytes(sound)

    certificate.refresh()

    assert broken is not None
    assert certificate.reload_problem is None


def test_an_encrypted_key_refuses_to_start_and_asks_nobody(tmp_path: Path) -> None:
    cert, key = _write(tmp_path)
    plain = serialization.load_pem_private_key(key.read_bytes(), None)
    locked = plain.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"passphrase"),
    )
    key.write_bytes(locked)

    with pytest.raises(SettingsError, match="encrypted"):
        ServingCertificate(cert, key)


def test_versions_of_tls_that_are_broken_are_not_spoken(tmp_path: Path) -> None:
    assert ServingCertificate(*_write(tmp_path)).credentials.context.minimum_version == ssl.TLSVersion.TLSv1_2


def _names(ciphers: list[ssl._Cipher]) -> set[str]:
    return {str(cipher["name"]) for cipher in ciphers}


def test_ciphers_without_forward_secrecy_or_authentication_are_not_spoken(tmp_path: Path) -> None:
    names = _names(ServingCertificate(*_write(tmp_path)).credentials.context.get_ciphers())

    assert {name.partition("-")[0].partition("_")[0] for name in names} == {"ECDHE", "TLS"}
    assert all("GCM" in name or "CHACHA20" in name for name in names)


def test_a_file_that_is_far_too_large_is_not_read(tmp_path: Path) -> None:
    cert, key = _write(tmp_path)
    cert.write_bytes(cert.read_bytes() + b"\n" * 1024 * 1024)

    with pytest.raises(SettingsError, match="more than 1048576 bytes"):
        ServingCertificate(cert, key)


def _client_ca(folder: Path, *issuers: trustme.CA) -> Path:
    path = folder / "ca.crt"
    path.write_bytes(b"".join(issuer.cert_pem.bytes() for issuer in issuers))
    return path


def test_nobody_is_asked_for_a_certificate_unless_the_settings_say_so(tmp_path: Path) -> None:
    pair = _write(tmp_path)
    without = ServingCertificate(*pair)
    asking = ServingCertificate(*pair, _client_ca(tmp_path, trustme.CA()))

    assert without.credentials.context.verify_mode == ssl.CERT_NONE
    assert asking.credentials.context.verify_mode == ssl.CERT_OPTIONAL
    assert (without.client_authority, asking.credentials.authority) == (None, asking.client_authority)


def test_a_client_authority_that_is_none_refuses_to_start_and_names_the_setting(tmp_path: Path) -> None:
    pair = _write(tmp_path)
    (tmp_path / "word").write_text("word")

    for path in (tmp_path / "word", tmp_path / "none"):
        with pytest.raises(SettingsError, match=r"setting tls\.client_ca"):
            ServingCertificate(*pair, path)


def test_an_authority_that_is_taken_out_of_the_file_is_trusted_no_more(tmp_path: Path) -> None:
    older, newer = trustme.CA(), trustme.CA()
    certificate = ServingCertificate(*_write(tmp_path), _client_ca(tmp_path, older))
    before = certificate.credentials
    _client_ca(tmp_path, newer)

    certificate.refresh()

    assert certificate.reload_problem is None
    assert certificate.credentials.authority is certificate.client_authority is not before.authority
    trusted = certificate.credentials.context.get_ca_certs(binary_form=True)
    assert trusted == [ssl.PEM_cert_to_DER_cert(newer.cert_pem.bytes().decode())]


def test_a_bad_client_authority_is_told_and_keeps_no_new_pair_from_being_served(tmp_path: Path) -> None:
    certificate = ServingCertificate(*_write(tmp_path), _client_ca(tmp_path, trustme.CA()))
    authority = certificate.client_authority
    (tmp_path / "ca.crt").write_text("half")
    _write(tmp_path, expires=datetime.now(UTC) + timedelta(days=3))

    certificate.refresh()

    assert "client authority" in (certificate.reload_problem or "")
    assert certificate.client_authority is authority
    assert certificate.credentials.authority is authority
    assert certificate.expires_at < datetime.now(UTC) + timedelta(days=4)
