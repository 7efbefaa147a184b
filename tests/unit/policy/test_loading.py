"""A bundle is refused before it judges: altered, unsigned, older, or not what its Rego says."""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mlgate import __version__
from mlgate.errors import BundleUnsound, PolicyError
from mlgate.policy import loading, soundness
from mlgate.policy.archive import pack, unpack
from mlgate.policy.bundle import build_bundle
from mlgate.policy.contents import MANIFEST, manifest_of
from mlgate.policy.loading import load_bundle, load_manifest, write_whole
from mlgate.policy.local_opa import find_opa
from mlgate.policy.opa_command import Ran
from mlgate.policy.signature import SIGNATURES, sign
from mlgate.policy.signing_keys import PrivateKey
from mlgate.settings import PolicySettings

Files = dict[str, bytes]

KEY = ec.generate_private_key(ec.SECP256R1())
ALONE = PolicySettings(partial=True)
POSITIONS = 300


@pytest.fixture
def files(tree: Path, tmp_path: Path, opa: Path) -> Files:
    """A small bundle."""
    path = build_bundle(tree, None, tmp_path / "built", opa).path
    assert path is not None
    return unpack(path.read_bytes())


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Files:
    path = build_bundle(None, None, tmp_path_factory.mktemp("shipped"), find_opa()).path
    assert path is not None
    return unpack(path.read_bytes())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "b.tar.gz"


@pytest.fixture
def trusted(tmp_path: Path) -> PolicySettings:
    """Settings that name the key."""
    path = tmp_path / "key.pub"
    path.write_bytes(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return PolicySettings(verification_key=path, partial=True)


def signed(files: Files) -> Files:
    return files | {SIGNATURES: sign(files, PrivateKey(KEY, "ES256"))}


def with_data(files: Files, change: Callable[[dict[str, Any]], object]) -> Files:
    """The files with other data of the policy."""
    data = json.loads(files["data.json"])
    change(data["mlgate"])
    return files | {"data.json": json.dumps(data).encode()}


def counted(files: Files, sequence: int, version: str = __version__) -> Files:
    """The files as another build in the order of builds."""
    before = json.loads(files[MANIFEST])
    codes = before["metadata"]["mlgate"]["codes"]
    return files | {MANIFEST: manifest_of(before["revision"], version, sequence, codes)}


def test_a_bundle_that_was_built_here_is_loaded(files: Files, file: Path, opa: Path) -> None:
    file.write_bytes(pack(files))
    found = load_bundle(file, ALONE, opa)
    assert found == load_manifest(file)
    assert (found.codes, found.path, found.version) == ({"demo.refused"}, file, __version__)
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", found.digest)


def test_the_shipped_policy_is_whole(shipped: Files, file: Path, opa: Path) -> None:
    file.write_bytes(pack(shipped))
    assert len(load_bundle(file, PolicySettings(), opa).codes) > 100


def test_opa_gets_a_copy_of_what_was_checked(
    files: Files, file: Path, tmp_path: Path, opa: Path, trusted: PolicySettings
) -> None:
    file.write_bytes(pack(signed(files)))
    found = load_bundle(file, trusted, opa, keep=tmp_path / "kept")
    file.write_bytes(b"swapped")
    assert found.path is not None
    assert found.path.parent == tmp_path / "kept"
    assert unpack(found.path.read_bytes()) == files
    assert found.path.stat().st_mode & 0o077 == 0
    assert [path.name for path in found.path.parent.iterdir()] == [found.path.name]


def test_what_was_checked_before_opa_does_not_look_at_again(
    files: Files, file: Path, tmp_path: Path, opa: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_bytes(pack(files))
    first = load_bundle(file, ALONE, opa, keep=tmp_path)
    monkeypatch.setattr(loading, "check_soundness", lambda *_, **__: pytest.fail("looked at again"))
    assert load_bundle(file, ALONE, opa, keep=tmp_path) == first


@pytest.mark.parametrize("change", ["partial", "version", "damage"])
def test_what_was_checked_otherwise_is_checked_again(
    files: Files, file: Path, tmp_path: Path, opa: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    file.write_bytes(pack(files))
    first = load_bundle(file, ALONE, opa, keep=tmp_path).path
    assert first is not None
    again: list[str] = []
    monkeypatch.setattr(loading, "check_soundness", lambda *_, **__: again.append(change))
    if change == "damage":
        first.write_bytes(pack(files | {"mlgate/evil.rego": b""}))
    elif change == "version":
        monkeypatch.setattr(loading, "__version__", "99.0")
    load_bundle(file, PolicySettings(partial=change != "partial"), opa, keep=tmp_path)
    assert again == [change]


def test_an_unsigned_bundle_is_refused_where_a_key_is_named(
    files: Files, file: Path, trusted: PolicySettings
) -> None:
    file.write_bytes(pack(files))
    with pytest.raises(BundleUnsound, match=r"^bundle .*b\.tar\.gz: it is not signed.*; sign it"):
        load_bundle(file, trusted, None)


@pytest.mark.parametrize(("least", "loaded"), [(5, 0), (0, 5), (5, 5), (9, 5)])
def test_an_older_bundle_is_refused(files: Files, file: Path, least: int, loaded: int) -> None:
    chosen = PolicySettings(min_sequence=least)
    file.write_bytes(pack(counted(files, max(least, loaded) - 1)))
    with pytest.raises(
        BundleUnsound, match=r"its sequence is \d, and none below \d is taken; name the newest"
    ):
        load_bundle(file, chosen, None, at_least=loaded)
    file.write_bytes(pack(counted(files, max(least, loaded))))
    assert load_bundle(file, chosen, None, at_least=loaded).sequence == max(least, loaded)


@pytest.mark.parametrize(
    ("name", "rule", "words"),
    [
        ("lib/a.rego", 'x := http.send({"url": "http://evil"})', r"lib/a\.rego:3: .*http\.send"),
        (
            "lib/a.rego",
            "x := json.verify_schema(`http://evil`)",
            r"lib/a\.rego:3: .*json\.verify_schema",
        ),
        ("lib/a.rego", "x := time.now_ns()", r"lib/a\.rego:3: .*time\.now_ns"),
        (
            "lib/a.rego",
            "x := y if { y := count([1]) with count as http.send }",
            r"lib/a\.rego:3: var http is unsafe",
        ),
        ("lib/a.rego", "x := := 1", r"lib/a\.rego:3: unexpected"),
        ("lib/a.rego", "x := missing(1)", r"lib/a\.rego:3: undefined function missing"),
        ("main/b.rego", "decision := {}", r"main/main\.rego defines the entrypoint that .*main/b\.rego"),
        ("main/decision/b.rego", "x := 1", "conflicts with"),
        ("main/main.rego", "x := 1", r"no file defines the entrypoint mlgate\.main\.decision"),
        ("rules/demo/demo.rego", "x := 1", r"code demo\.refused stands in the catalogue alone"),
    ],
)
def test_rego_that_is_not_what_the_bundle_says_is_refused(
    files: Files, file: Path, opa: Path, name: str, rule: str, words: str
) -> None:
    package = f"mlgate/{name}".rpartition("/")[0].replace("/", ".")
    file.write_bytes(pack(files | {f"mlgate/{name}": f"package {package}\n\n{rule}\n".encode()}))
    with pytest.raises(BundleUnsound, match=words) as told:
        load_bundle(file, ALONE, opa)
    assert "mlgate-" not in str(told.value)


def test_a_package_outside_is_refused(files: Files, file: Path, opa: Path) -> None:
    file.write_bytes(pack(files | {"mlgate/authz.rego": b"package system.authz\n\nallow := true\n"}))
    with pytest.raises(BundleUnsound, match="roots"):
        load_bundle(file, ALONE, opa)


def test_a_rule_that_the_catalogue_does_not_know_is_refused(
    files: Files, file: Path, opa: Path, demo: str
) -> None:
    _, _, rule = demo.replace("demo.refused", "demo.second").partition("package mlgate.rules.demo")
    more = f"package mlgate.rules.demo{rule}".encode()
    file.write_bytes(pack(files | {"mlgate/rules/demo/more.rego": more}))
    with pytest.raises(BundleUnsound, match=r"code demo\.second stands in the Rego alone"):
        load_bundle(file, ALONE, opa)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: data.update(main={"decision": {"allow": True}}), "conflicting rule for data path"),
        (
            lambda data: data["catalog"]["demo.refused"].update(severity="low"),
            "says of demo.refused something else",
        ),
        (lambda data: data["indexes"].update(subjects={}), "the index subjects is not that of the rules"),
        (lambda data: data["indexes"].update(more=[]), "the index more is not that of the rules"),
        (lambda data: data.update(settings=None), "no list enforcement.locked"),
        (lambda data: data["settings"].update(enforcement=[]), "no list enforcement.locked"),
        (lambda data: data["settings"]["enforcement"].update(locked={}), "no list enforcement.locked"),
        (lambda data: data.update(overrides={"fairness": {"tolerence": 1}}), r"fairness\.tolerence"),
        (
            lambda data: data.update(
                overrides={"enforcement": {"overrides": {"demo.refused": {"production": "off"}}}}
            ),
            "locked and cannot be lowered",
        ),
    ],
)
def test_data_that_is_not_what_the_rego_says_is_refused(
    files: Files, file: Path, opa: Path, change: Callable[[dict[str, Any]], object], words: str
) -> None:
    file.write_bytes(pack(with_data(files, change)))
    with pytest.raises(BundleUnsound, match=words):
        load_bundle(file, ALONE, opa)


def test_a_bundle_of_another_version_may_keep_more_of_metadata(files: Files, file: Path, opa: Path) -> None:
    other = with_data(files, lambda data: data["catalog"]["demo.refused"].update(since="0.0.1"))
    file.write_bytes(pack(counted(other, 0, "0.0.1")))
    assert load_bundle(file, ALONE, opa).version == "0.0.1"
    with pytest.raises(BundleUnsound, match=r"\(it was built by mlgate 0\.0\.1, .*data\.mlgate\.lib"):
        load_bundle(file, PolicySettings(), opa)


@pytest.mark.parametrize("name", ["mlgate/rules/fairness/", "mlgate/rules/fairness/limits.rego"])
def test_a_part_of_the_shipped_policy_that_is_gone_is_named(
    files: Files, file: Path, opa: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    present = {path for path in soundness._shipped_rego() if not path.startswith(name)} | files.keys()
    monkeypatch.setattr(soundness, "_shipped_rego", lambda: present | {f"{name}x.rego"})
    file.write_bytes(pack(files | dict.fromkeys(present - files.keys(), b"package mlgate.x\n")))
    with pytest.raises(BundleUnsound, match=f"it lacks of the shipped policy: {name}.*--partial"):
        load_bundle(file, PolicySettings(), opa)


def test_a_bundle_opa_cannot_inspect_is_refused(
    files: Files, file: Path, opa: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> dict[str, Any]:
        raise PolicyError("opa inspect: annotations")

    monkeypatch.setattr(soundness, "inspect", fails)
    file.write_bytes(pack(files))
    with pytest.raises(BundleUnsound, match="opa inspect: annotations"):
        load_bundle(file, ALONE, opa)


def test_what_opa_does_not_take_for_a_bundle_is_refused(
    files: Files, file: Path, opa: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soundness, "call_opa", lambda *_, **__: Ran(2, "", "error: no bundle\n"))
    file.write_bytes(pack(files))
    with pytest.raises(BundleUnsound, match="opa: error: no bundle"):
        load_bundle(file, ALONE, opa)


def test_rules_with_unusable_metadata_are_refused(files: Files, file: Path, opa: Path) -> None:
    rule = files["mlgate/rules/demo/demo.rego"].replace(b"severity: ", b"severity: x")
    file.write_bytes(pack(files | {"mlgate/rules/demo/demo.rego": rule}))
    with pytest.raises(BundleUnsound, match=r"demo\.rego:27: demo\.refused: severity: .* is none of"):
        load_bundle(file, ALONE, opa)


def test_a_bundle_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"bundle .*gone: No such file"):
        load_manifest(tmp_path / "gone")


@pytest.mark.parametrize("content", [b"", b"\x1f\x8bno gzip", b"plain"])
def test_what_is_no_archive_is_named(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(PolicyError, match=r"bundle .*b\.tar\.gz: is no whole gzip file"):
        load_manifest(file)


def _flipped(data: bytes) -> Iterator[bytes]:
    """The bytes with one changed, at many places in turn."""
    step = max(1, len(data) // POSITIONS)
    for place in range(0, len(data), step):
        for bit in (1, 0x20, 0x80):
            yield data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :]


def _zipped(raw: bytes) -> bytes:
    """A gzip file whose checksum is right."""
    packer = zlib.compressobj(0, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = packer.compress(raw) + packer.flush()
    return b"\x1f\x8b\x08" + bytes(6) + b"\xff" + body + struct.pack("<II", zlib.crc32(raw), len(raw))


@pytest.mark.parametrize("inside", [False, True])
def test_a_changed_byte_is_refused_or_changes_nothing(
    files: Files, file: Path, trusted: PolicySettings, *, inside: bool
) -> None:
    whole = signed(files)
    packed = pack(whole)
    raw = zlib.decompress(packed, 31)
    tried = 0
    for changed in map(_zipped, _flipped(raw)) if inside else _flipped(packed):
        tried += 1
        file.write_bytes(changed)
        try:
            load_bundle(file, trusted, None)
        except PolicyError:
            continue
        found = unpack(changed)
        del found[SIGNATURES]
        assert found == files
    assert tried >= POSITIONS


def test_a_file_that_cannot_be_replaced_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        write_whole(tmp_path / "folder", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
