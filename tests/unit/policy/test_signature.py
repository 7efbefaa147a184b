"""A signature is worth what the trusted key says, over exactly the files that are there."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from mlgate.errors import BundleUnsound
from mlgate.policy.archive import pack
from mlgate.policy.opa_command import call_opa
from mlgate.policy.signature import SIGNATURES, Signature, check_signature, file_hash, sign
from mlgate.policy.signing_keys import PrivateKey, PublicKey

KEY = ec.generate_private_key(ec.SECP256R1())
SIGNER, TRUSTED = PrivateKey(KEY, "ES256"), PublicKey(KEY.public_key(), "ES256")
OTHER = PublicKey(ec.generate_private_key(ec.SECP256R1()).public_key(), "ES256")
PEM = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
FILES = {
    ".manifest": b'{"roots": ["mlgate"], "rego_version": 1}',
    "data.json": b'{"mlgate": {"b": [2.50, 1e3, null, "\xc3\xa9<&>\\u2028\\"\\u0007\\n\\u007f"], "a": {}}}',
    "mlgate/main/main.rego": b"package mlgate.main\n\ndecision := 1\n",
}


def signed(files: dict[str, bytes] = FILES, key_id: str | None = None) -> dict[str, bytes]:
    return {**files, SIGNATURES: sign(files, SIGNER, key_id)}


def encoded(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def token_of(files: dict[str, bytes]) -> list[str]:
    found: str = json.loads(files[SIGNATURES])["signatures"][0]
    return found.split(".")


def with_token(*parts: str) -> dict[str, bytes]:
    return {**FILES, SIGNATURES: json.dumps({"signatures": [".".join(parts)]}).encode()}


def by_hand(payload: Any, header: Any = None) -> dict[str, bytes]:
    """Signed by the trusted key, whatever it says."""
    text = f"{encoded(header or {'alg': 'ES256'})}.{encoded(payload)}"
    signature = base64.urlsafe_b64encode(SIGNER.sign(text.encode())).rstrip(b"=").decode()
    return with_token(text, signature)


LISTED = [
    {"name": name, "hash": file_hash(name, content), "algorithm": "SHA-256"}
    for name, content in FILES.items()
]


def test_what_was_signed_is_what_is_there() -> None:
    assert check_signature(signed(), TRUSTED) == Signature("ES256", None, verified=True)
    assert check_signature(signed(key_id="site"), TRUSTED) == Signature("ES256", "site", verified=True)
    assert check_signature(signed(), None) == Signature("ES256", None, verified=False)
    assert check_signature(FILES, None) is None


def test_the_same_files_and_key_give_the_same_signature() -> None:
    assert sign(dict(reversed(FILES.items())), SIGNER) == sign(FILES, SIGNER)


def test_opa_takes_the_signature_for_its_own(tmp_path: Path, opa: Path) -> None:
    (tmp_path / "key.pub").write_bytes(PEM)
    (tmp_path / "a.tar.gz").write_bytes(pack(signed(key_id="site")))
    changed = {**signed(key_id="site"), "mlgate/main/main.rego": b"package mlgate.main\n\ndecision := 2\n"}
    (tmp_path / "b.tar.gz").write_bytes(pack(changed))
    trusted = ("--verification-key", "key.pub", "--signing-alg", "ES256", "--verification-key-id", "site")
    good, bad = (
        call_opa(opa, "build", *trusted, "--output", "out", "--bundle", name, folder=tmp_path)
        for name in ("a.tar.gz", "b.tar.gz")
    )
    assert good.code == 0, good.complaint
    assert "main.rego: digest mismatch" in bad.complaint


def test_a_signature_of_opa_is_taken(tmp_path: Path, opa: Path) -> None:
    pem = KEY.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    (tmp_path / "key.pem").write_bytes(pem)
    (tmp_path / "a.tar.gz").write_bytes(pack(FILES))
    by = ("--signing-key", "key.pem", "--signing-alg", "ES256")
    assert call_opa(opa, "sign", *by, "--bundle", "a.tar.gz", folder=tmp_path).code == 0
    files = {**FILES, SIGNATURES: (tmp_path / SIGNATURES).read_bytes()}
    assert check_signature(files, TRUSTED) == Signature("ES256", None, verified=True)


def test_a_bundle_without_signature_is_refused_where_a_key_is_given() -> None:
    with pytest.raises(BundleUnsound, match=r"not signed.*policy bundle --sign"):
        check_signature(FILES, TRUSTED)


def test_another_key_is_not_the_trusted_one() -> None:
    with pytest.raises(BundleUnsound, match="not signed with this key"):
        check_signature(signed(), OTHER)


@pytest.mark.parametrize("key", [TRUSTED, None])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"mlgate/main/main.rego": b"package mlgate.main\n"}, r"main\.rego was changed after it was signed"),
        ({"data.json": b'{"mlgate": {}}'}, r"data\.json was changed"),
        ({".manifest": b"{}"}, r"\.manifest was changed"),
        ({"data.json": b"{"}, r"data\.json is no JSON"),
        ({"data.json": b"[" * 100_000}, r"data\.json is no JSON"),
        ({"data.json": b"\xff"}, r"data\.json is no JSON"),
        ({"mlgate/evil.rego": b"package mlgate.evil\n"}, r"evil\.rego was added after it was signed"),
    ],
)
def test_a_file_that_is_not_as_signed_is_named(
    change: dict[str, bytes], words: str, key: PublicKey | None
) -> None:
    with pytest.raises(BundleUnsound, match=words):
        check_signature(signed() | change, key)


def test_a_file_that_is_gone_is_named() -> None:
    files = signed()
    del files["mlgate/main/main.rego"]
    with pytest.raises(BundleUnsound, match=r"main\.rego was signed and is missing"):
        check_signature(files, TRUSTED)


def test_white_space_of_a_document_may_change_as_opa_lets_it() -> None:
    files = signed() | {".manifest": b'{"rego_version":1,"roots":["mlgate"]}'}
    assert check_signature(files, TRUSTED)


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "RS256", "", None, 1, "x" * 999])
def test_the_key_says_the_algorithm_and_not_the_token(algorithm: Any) -> None:
    _, payload, _ = token_of(signed())
    text = f"{encoded({'alg': algorithm})}.{payload}"
    secret = hmac.new(PEM, text.encode(), hashlib.sha256).digest()
    forged = base64.urlsafe_b64encode(secret).rstrip(b"=").decode()
    with pytest.raises(BundleUnsound, match="its algorithm is"):
        check_signature(with_token(text, forged), TRUSTED)


def test_a_token_without_signature_is_none() -> None:
    _, payload, _ = token_of(signed())
    for parts in ((encoded({"alg": "none"}), payload, ""), (encoded({"alg": "ES256"}), payload)):
        with pytest.raises(BundleUnsound, match="no signed token"):
            check_signature(with_token(*parts), TRUSTED)


def test_a_list_that_was_changed_is_not_signed() -> None:
    header, _, signature = token_of(signed())
    with pytest.raises(BundleUnsound, match="not signed with this key"):
        check_signature(with_token(header, encoded({"files": LISTED, "x": 1}), signature), TRUSTED)


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ({}, "lists no files"),
        ({"files": {}}, "lists no files"),
        ({"files": ["data.json"]}, "lists no files"),
        ({"files": [*LISTED, LISTED[0]]}, "lists a file twice"),
        ({"files": LISTED, "scope": "write"}, "another scope"),
        ({"files": [{**entry, "algorithm": "MD5"} for entry in LISTED]}, "was changed"),
        ({"files": [*LISTED, {"name": "\x1b[2J"}]}, r"\\x1b\[2J was signed and is missing"),
        ([], "no JSON object"),
    ],
)
def test_a_list_that_the_key_signed_still_has_to_be_one(payload: Any, words: str) -> None:
    with pytest.raises(BundleUnsound, match=words) as told:
        check_signature(by_hand(payload), TRUSTED)
    assert str(told.value).isprintable()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no JSON object"),
        (b"[]", "no JSON object"),
        (b'{"signatures": [], "signatures": ["a.b.c"]}', "no JSON object"),
        (b"{}", "no single signature"),
        (b'{"signatures": "a.b.c"}', "no single signature"),
        (b'{"signatures": []}', "no single signature"),
        (b'{"signatures": ["a.b.c", "a.b.c"]}', "no single signature"),
        (b'{"signatures": ["a.b.c"], "plugin": "evil"}', "no single signature"),
        (b'{"signatures": [7]}', "no signed token"),
        (b'{"signatures": ["a.b.c.d"]}', "no signed token"),
        (b'{"signatures": ["a=.b.c"]}', "no signed token"),
        (b'{"signatures": ["a.b.c"]}', "no signed token"),
        (b'{"signatures": ["aaaa.bbbb.cccc"]}', "no JSON object"),
    ],
)
def test_what_is_no_file_of_signatures_is_refused(content: bytes, words: str) -> None:
    for key in (TRUSTED, None):
        with pytest.raises(BundleUnsound, match=words):
            check_signature({**FILES, SIGNATURES: content}, key)
