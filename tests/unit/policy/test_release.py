"""The same policy is the same bundle to the byte, wherever and by whomever it is built."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from mlgate.errors import PolicyError
from mlgate.policy import bundle
from mlgate.policy.archive import unpack
from mlgate.policy.loading import load_bundle
from mlgate.policy.release import write_bundle
from mlgate.policy.signature import SIGNATURES
from mlgate.policy.signing_keys import PrivateKey
from mlgate.settings import PolicySettings

KEY = PrivateKey(ec.generate_private_key(ec.SECP256R1()), "ES256")


def test_directory_umask_times_and_order_of_files_leave_no_trace(
    tree: Path, tmp_path: Path, opa: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "site.yaml").write_text("fairness: {tolerance: 0.1, maxGroupGap: 0.2}\n")
    first, _ = write_bundle(
        tree, tmp_path / "site.yaml", tmp_path / "a.tar.gz", opa, sequence=4, key=KEY, key_id="site"
    )
    before = os.umask(0o077)
    try:
        other = tmp_path / "quite" / "another place"
        for path in sorted((item for item in tree.rglob("*") if item.is_file()), reverse=True):
            copy = other / path.relative_to(tree)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
            os.utime(copy, (1, 1))
        (other / "mlgate" / "main" / "main.rego").chmod(0o755)
        (tmp_path / "other.yaml").write_text("fairness:\n  maxGroupGap: 0.2\n  tolerance: 0.10\n")
        monkeypatch.chdir(other)
        monkeypatch.setenv("TZ", "Asia/Tokyo")
        second, _ = write_bundle(
            Path(), tmp_path / "other.yaml", tmp_path / "b.tar.gz", opa, sequence=4, key=KEY, key_id="site"
        )
    finally:
        os.umask(before)
    assert (tmp_path / "a.tar.gz").read_bytes() == (tmp_path / "b.tar.gz").read_bytes()
    assert first.digest == second.digest
    assert (tmp_path / "b.tar.gz").stat().st_mode & 0o777 == 0o600


def test_a_bundle_says_its_place_in_the_order_and_who_signed_it(
    tree: Path, tmp_path: Path, opa: Path
) -> None:
    output = tmp_path / "a.tar.gz"
    found, missing = write_bundle(tree, None, output, opa, sequence=7, key=KEY, key_id="site")
    assert load_bundle(output, PolicySettings(partial=True, min_sequence=7), opa) == found
    assert (found.path, found.sequence, found.signature and found.signature.key_id) == (output, 7, "site")
    assert len(missing) > 50
    plain, _ = write_bundle(tree, None, output, opa)
    assert (plain.sequence, plain.signature, plain.revision) == (0, None, found.revision)
    assert SIGNATURES not in unpack(output.read_bytes())
    assert plain.digest != found.digest


def test_the_shipped_policy_lacks_nothing(tmp_path: Path, opa: Path) -> None:
    found, missing = write_bundle(None, None, tmp_path / "a.tar.gz", opa)
    assert missing == []
    assert load_bundle(tmp_path / "a.tar.gz", PolicySettings(), opa) == found


def test_a_policy_that_cannot_be_built_replaces_no_bundle(
    tree: Path, tmp_path: Path, opa: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.tar.gz").write_bytes(b"the one before")
    monkeypatch.setattr(bundle, "pack", lambda _: pytest.fail("packed"))
    (tree / "mlgate" / "rules" / "demo" / "more.rego").write_text("package mlgate.rules.demo\n\nx := := 1\n")
    with pytest.raises(PolicyError, match=r"more\.rego:3"):
        write_bundle(tree, None, tmp_path / "a.tar.gz", opa)
    assert (tmp_path / "a.tar.gz").read_bytes() == b"the one before"
