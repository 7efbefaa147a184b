"""Sigstore bundles: verified offline by the real verifier, against a Sigstore of our own."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "tools"))

from sigstore_chain import SigstoreChain

from mlgate.errors import SettingsError, StatementRefused
from mlgate.evidence.signatures.bundles import BundleVerifier, _signed_at
from mlgate.evidence.signatures.verify import StatementVerifier

WHO = "ines@example.com"
ISSUER = "https://accounts.example"


@pytest.fixture(scope="module")
def chain() -> SigstoreChain:
    return SigstoreChain()


@pytest.fixture(scope="module")
def verifier(chain: SigstoreChain, tmp_path_factory: pytest.TempPathFactory) -> StatementVerifier:
    file = tmp_path_factory.mktemp("trust") / "trusted_root.json"
    file.write_text(json.dumps(chain.trusted_root()))
    return StatementVerifier(bundles=BundleVerifier.load(file))


def test_statement_identity_and_issuer_are_told(chain: SigstoreChain, verifier: StatementVerifier) -> None:
    verified = verifier.verify(chain.bundle({"a": 1}, WHO, ISSUER))
    assert verified.statement == {"a": 1}
    signature = verified.signature
    assert (signature.method, signature.identity, signature.issuer) == ("sigstore", WHO, ISSUER)
    assert verified.signed_at == "2026-11-20T09:00:00Z"


def test_a_certificate_that_had_expired_when_it_was_logged_counts_for_nothing(
    chain: SigstoreChain, verifier: StatementVerifier
) -> None:
    keys = {name: getattr(chain, name) for name in ("authority", "certificate_log", "log")}
    late = SigstoreChain(logged_after=timedelta(minutes=10), **keys)
    with pytest.raises(StatementRefused, match="does not verify"):
        verifier.verify(late.bundle({}, WHO, ISSUER))
    in_time = SigstoreChain(logged_after=timedelta(minutes=8), **keys)
    assert verifier.verify(in_time.bundle({}, WHO, ISSUER)).signed_at == "2026-11-20T09:08:00Z"


@pytest.mark.parametrize(
    ("stamps", "told"), [(0, None), (1, "2026-11-20T08:30:00Z"), (2, None)], ids=["none", "one", "several"]
)
def test_without_a_promise_of_the_log_the_only_timestamp_tells_the_time(
    chain: SigstoreChain, stamps: int, told: str | None
) -> None:
    """Of several one may not have verified, and the verifier does not tell which."""
    entry = json.loads(chain.bundle({}, WHO, ISSUER))
    del entry["verificationMaterial"]["tlogEntries"][0]["inclusionPromise"]
    moment = datetime(2026, 11, 20, 9, 30, tzinfo=timezone(timedelta(hours=1)))
    stamp = SimpleNamespace(tst_info=SimpleNamespace(gen_time=moment))
    data = SimpleNamespace(rfc3161_timestamps=[stamp] * stamps) if stamps else None
    bundle: Any = SimpleNamespace(
        to_json=lambda: json.dumps(entry),
        verification_material=SimpleNamespace(timestamp_verification_data=data),
    )
    assert _signed_at(bundle) == told


def test_the_identity_of_a_pipeline_is_an_address(chain: SigstoreChain, verifier: StatementVerifier) -> None:
    pipeline = "https://git.example/team/model/.ci/train.yaml@refs/heads/main"
    issuer = "https://" + "i" * 200 + ".example"
    signature = verifier.verify(chain.bundle({}, pipeline, issuer)).signature
    assert (signature.identity, signature.issuer) == (pipeline, issuer)


def test_another_sigstore_is_not_trusted(verifier: StatementVerifier) -> None:
    with pytest.raises(StatementRefused, match="does not verify"):
        verifier.verify(SigstoreChain().bundle({}, WHO, ISSUER))


@pytest.mark.parametrize("part", ["authority", "certificate_log", "log"])
def test_each_part_of_the_chain_counts(chain: SigstoreChain, verifier: StatementVerifier, part: str) -> None:
    """An authority, a certificate log and a transparency log, of which one is somebody else's."""
    keys = {
        "authority": chain.authority,
        "certificate_log": chain.certificate_log,
        "log": chain.log,
    }
    keys[part] = getattr(SigstoreChain(), part)
    with pytest.raises(StatementRefused, match="does not verify"):
        verifier.verify(SigstoreChain(**keys).bundle({}, WHO, ISSUER))


def _entry(bundle: dict[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = bundle["verificationMaterial"]["tlogEntries"][0]
    return entry


def _without_entry(bundle: dict[str, Any]) -> None:
    bundle["verificationMaterial"]["tlogEntries"] = []


def _other_payload(bundle: dict[str, Any]) -> None:
    bundle["dsseEnvelope"]["payload"] = base64.b64encode(b'{"a": 2}').decode()


def _later(bundle: dict[str, Any]) -> None:
    _entry(bundle)["integratedTime"] = "1999999999"


def _without_promise(bundle: dict[str, Any]) -> None:
    del _entry(bundle)["inclusionPromise"]


def _without_proof(bundle: dict[str, Any]) -> None:
    del _entry(bundle)["inclusionProof"]


def _other_checkpoint(bundle: dict[str, Any]) -> None:
    proof = _entry(bundle)["inclusionProof"]
    proof["checkpoint"]["envelope"] = proof["checkpoint"]["envelope"].replace("\n1\n", "\n2\n", 1)


def _other_kind(bundle: dict[str, Any]) -> None:
    bundle["dsseEnvelope"]["payloadType"] = "text/plain"


def _no_signature(bundle: dict[str, Any]) -> None:
    bundle["dsseEnvelope"]["signatures"] = []


def _no_material(bundle: dict[str, Any]) -> None:
    bundle["verificationMaterial"] = None


@pytest.mark.parametrize(
    "alter",
    [
        _without_entry,
        _other_payload,
        _later,
        _without_promise,
        _without_proof,
        _other_checkpoint,
        _other_kind,
        _no_signature,
        _no_material,
    ],
)
def test_nothing_can_be_left_out_or_altered(
    chain: SigstoreChain, verifier: StatementVerifier, alter: Callable[[dict[str, Any]], None]
) -> None:
    bundle = json.loads(chain.bundle({"a": 1}, WHO, ISSUER))
    alter(bundle)
    with pytest.raises(StatementRefused, match="does not verify"):
        verifier.verify(json.dumps(bundle))


def test_no_flipped_bit_of_a_bundle_verifies_as_something_else(
    chain: SigstoreChain, verifier: StatementVerifier
) -> None:
    raw = chain.bundle({"a": 1}, WHO, ISSUER).encode()
    passed = []
    for place in range(len(raw)):
        altered = raw[:place] + bytes([raw[place] ^ 2]) + raw[place + 1 :]
        try:
            passed.append(verifier.verify(altered.decode(errors="replace")))
        except StatementRefused:
            continue
    assert all((found.statement, found.signature.identity) == ({"a": 1}, WHO) for found in passed)
    assert len(passed) < len(raw) // 2, "most of it matters"


def test_without_a_trusted_root_no_bundle_is_verified(chain: SigstoreChain) -> None:
    with pytest.raises(StatementRefused, match="not configured for Sigstore"):
        StatementVerifier().verify(chain.bundle({}, WHO, ISSUER))


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"mediaType": "x"}', "not json"])
def test_a_file_that_is_no_trusted_root_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "trusted_root.json"
    file.write_text(text)
    with pytest.raises(SettingsError, match=r"trusted_root\.json is no trusted root"):
        BundleVerifier.load(file)


def test_a_missing_trusted_root_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        BundleVerifier.load(tmp_path / "gone.json")


def test_a_root_without_a_log_trusts_nobody(chain: SigstoreChain, tmp_path: Path) -> None:
    file = tmp_path / "trusted_root.json"
    file.write_text(json.dumps({**chain.trusted_root(), "tlogs": []}))
    with pytest.raises(SettingsError, match="is no trusted root"):
        BundleVerifier.load(file)
