"""`policy bundle`: what it writes is whole, and what is not whole does not judge."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from mlgate.policy.archive import pack, unpack

Program = Callable[..., Any]

RULE = """# METADATA
# title: Ours
# description: Rules of our own.
package mlgate.rules.ours

# METADATA
# scope: rule
# title: Ours
# description: The name is short.
# custom:
#   code: ours.name_long
#   severity: low
#   appliesWhen: {objects: [serving]}
#   controls: [C58]
#   enforcement: {sandbox: warn, development: warn, staging: warn, production: warn}
#   message: "{document} has a long name."
#   fix: "Shorten it."
deny contains 1 if input.request.name == "long"
"""
MANIFEST = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: vllm}]}\n"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a pair of keys, and another public one."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("ours", "other"):
        key = ec.generate_private_key(ec.SECP256R1())
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / f"{name}.pem").write_bytes(private)
        (folder / f"{name}.pub").write_bytes(public)
    return folder


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site" / "mlgate" / "rules" / "ours"
    folder.mkdir(parents=True)
    (folder / "ours.rego").write_text(RULE)
    return tmp_path / "site"


@pytest.fixture
def made(mlgate: Program, site: Path, keys: Path, tmp_path: Path) -> Path:
    """A signed bundle of the shipped policy and one rule more."""
    path = tmp_path / "policy.tar.gz"
    more = ("--sequence", "3", "--sign", keys / "ours.pem", "--key-id", "site-1", "--format", "json")
    done = mlgate("policy", "bundle", site, "--output", path, *more)
    assert (done.code, done.err) == (0, "")
    told = json.loads(done.out)
    assert "ours.name_long" in told["codes"]
    assert len(told["codes"]) > 100
    assert (told["file"], told["sequence"]) == (str(path), 3)
    assert told["signature"] == {"algorithm": "ES256", "keyId": "site-1", "verified": False}
    return path


def test_a_bundle_is_made_verified_and_judged_by_unless_it_is_altered_or_old(
    mlgate: Program, made: Path, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLGATE_DECISION__CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "a.yaml").write_text(MANIFEST)
    judged = ("check", tmp_path / "a.yaml", "--bundle")

    verified = mlgate("policy", "bundle", "--verify", made, "--key", keys / "ours.pub")
    assert verified.code == 0
    assert re.fullmatch(
        rf"✓ {made}: revision v\S+, sequence 3, \d+ codes, signed with ES256 \(site-1\), verified\n"
        r"sha256:[0-9a-f]{64}\n",
        verified.out,
    )
    assert mlgate(*judged, made, "--bundle-key", keys / "ours.pub").code == 1

    other = mlgate("policy", "bundle", "--verify", made, "--key", keys / "other.pub")
    assert other.code == 1
    assert f"✗ bundle {made}: .signatures.json: it was not signed with this key; name the key" in other.out
    assert mlgate(*judged, made, "--bundle-key", keys / "other.pub").code == 2

    files = unpack(made.read_bytes())
    changed = files["mlgate/rules/ours/ours.rego"].replace(b'"long"', b'"longer"')
    made.write_bytes(pack(files | {"mlgate/rules/ours/ours.rego": changed}))
    tampered = mlgate("policy", "bundle", "--verify", made, "--format", "json")
    assert (tampered.code, json.loads(tampered.out)) == (
        1,
        {
            "file": str(made),
            "intact": False,
            "problem": f"bundle {made}: mlgate/rules/ours/ours.rego was changed after it was signed",
            "fix": "build it anew with `mlgate policy bundle`, or fetch it again",
        },
    )
    refused = mlgate(*judged, made)
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith(f"mlgate: bundle {made}: mlgate/rules/ours/ours.rego was changed after")

    made.write_bytes(pack(files))
    monkeypatch.setenv("MLGATE_POLICY__MIN_SEQUENCE", "4")
    old = mlgate(*judged, made)
    assert (old.code, old.out) == (2, "")
    assert "its sequence is 3, and none below 4 is taken; name the newest bundle" in old.err


def test_a_bundle_without_signature_is_told_to_be_so(mlgate: Program, tmp_path: Path, keys: Path) -> None:
    made = mlgate("policy", "bundle", "--output", tmp_path / "a.tar.gz")
    assert made.code == 0
    assert re.search(r"a\.tar\.gz: revision v\S+, sequence 0, \d+ codes, not signed\nsha256:", made.out)
    told = mlgate("policy", "bundle", "--verify", tmp_path / "a.tar.gz", "--format", "json")
    assert (told.code, json.loads(told.out)["signature"]) == (0, None)
    keyed = mlgate("policy", "bundle", "--verify", tmp_path / "a.tar.gz", "--key", keys / "ours.pub")
    assert (keyed.code, "it is not signed, and a key is given" in keyed.out) == (1, True)


def test_a_policy_in_place_of_the_shipped_one_is_partial(mlgate: Program, tmp_path: Path) -> None:
    for name, text in {
        ".manifest": '{"roots": ["mlgate"]}',
        "mlgate/main/main.rego": "package mlgate.main\n\ndecision := 1\n",
        "mlgate/rules/ours/ours.rego": RULE,
        "mlgate/settings/data.yaml": "enforcement: {locked: []}\n",
    }.items():
        path = tmp_path / "whole" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    made = mlgate("policy", "bundle", tmp_path / "whole", "-o", tmp_path / "a.tar.gz")
    assert (made.code, "files of the shipped policy" in made.err) == (0, True)
    verify = ("policy", "bundle", "--verify", tmp_path / "a.tar.gz")
    refused = mlgate(*verify)
    assert (refused.code, "it lacks of the shipped policy: mlgate/lib/" in refused.out) == (1, True)
    assert mlgate(*verify, "--partial").code == 0


@pytest.mark.parametrize("content", [None, b"", b"no bundle"])
def test_what_cannot_be_read_is_neither_intact_nor_tampered(
    mlgate: Program, tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "a.tar.gz").write_bytes(content)
    done = mlgate("policy", "bundle", "--verify", tmp_path / "a.tar.gz")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"mlgate: bundle {tmp_path / 'a.tar.gz'}: ")
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "--output FILE says where"),
        (("--verify", "a", "--output", "b"), "only --key and --partial go with it"),
        (("--verify", "a", "--sequence", "1"), "only --key and --partial go with it"),
        (("--output", "a", "--key", "b"), "are for --verify"),
        (("--output", "a", "--partial"), "are for --verify"),
        (("--output", "a", "--key-id", "b"), "need --sign"),
        (("--output", "a", "--algorithm", "ES256"), "need --sign"),
        (("--output", "a", "--sign", "KEY", "--algorithm", "RS256"), "signs by ES256, not by RS256"),
        (("--output", "a", "--sign", "KEY", "--key-id", "a\nb"), "is no name for a key"),
        (("--output", "a", "--sign", "KEY", "--key-id", ""), "is no name for a key"),
        (("--output", "a", "--sequence", "-1"), "--sequence"),
        (("--output", "a", "--sign", "gone"), "gone: No such file"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(
    mlgate: Program,
    keys: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    done = mlgate(
        "policy", "bundle", *(str(keys / "ours.pem") if part == "KEY" else part for part in options)
    )
    assert (done.code, list(tmp_path.iterdir())) == (2, [])
    assert words in " ".join(re.sub(r"[│╭╮╰╯─]", " ", done.err).split())
