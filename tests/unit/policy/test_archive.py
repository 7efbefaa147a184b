"""A bundle file as nobody but an attacker, or a bad disk, would write it."""

from __future__ import annotations

import gzip
import io
import tarfile
import tracemalloc
from collections.abc import Callable

import pytest

from mlgate.errors import BundleUnsound, PolicyError
from mlgate.policy import archive
from mlgate.policy.archive import MAX_JSON, MAX_UNPACKED, pack, unpack

FILES = {"data.json": b"{}", ".manifest": b"[]", "mlgate/main/main.rego": b"package mlgate.main\n"}


def tar(*members: tuple[str, bytes], form: int = tarfile.USTAR_FORMAT, **changes: object) -> bytes:
    """A plain tar; the last member is changed as told."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=form) as found:
        for number, (name, content) in enumerate(members, 1):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            for key, value in changes.items() if number == len(members) else ():
                setattr(entry, key, value)
            found.addfile(entry, io.BytesIO(content))
    return raw.getvalue()


def test_what_is_packed_is_unpacked_whatever_the_order() -> None:
    packed = pack(FILES)
    assert unpack(packed) == FILES
    assert pack(dict(reversed(FILES.items()))) == packed


def test_a_bundle_tells_nothing_of_the_machine() -> None:
    packed = pack(FILES)
    with tarfile.open(fileobj=io.BytesIO(packed)) as found:
        members = found.getmembers()
    assert [member.name for member in members] == ["/.manifest", "/data.json", "/mlgate/main/main.rego"]
    assert {(item.mtime, item.uid, item.gid, item.uname, item.gname, item.mode) for item in members} == {
        (0, 0, 0, "", "", 0o644)
    }
    assert packed[3:10] == bytes([0, 0, 0, 0, 0, 2, 255])  # no name, no time, no system


@pytest.mark.parametrize(
    "name", ["data.json", "/data.json", "a" * 90 + "/" + "b" * 90, "mlgate/ünder/x.rego"]
)
def test_the_names_that_builds_write_are_read(name: str) -> None:
    assert unpack(gzip.compress(tar((name, b"x")))) == {name.removeprefix("/"): b"x"}


@pytest.mark.parametrize(
    "name",
    [
        *(
            "../data.json",
            "mlgate/../data.json",
            "mlgate/./x.rego",
            "mlgate//x.rego",
            "//data.json",
            "/",
            "mlgate/",
        ),
        *("a\\b.rego", "a\nb.rego", "a:b.rego", "a\x1b[2J", "x" * 90 + "/" + "y" * 60 + "/" + "z" * 99),
    ],
)
def test_a_name_that_could_mean_something_else_is_refused(name: str) -> None:
    with pytest.raises(BundleUnsound) as told:
        unpack(gzip.compress(tar((name, b""))))
    assert str(told.value).isprintable()


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (tar(("x", b"1"), ("/x", b"2")), "x is in it twice"),
        (tar(("x", b""), type=tarfile.SYMTYPE, linkname="/etc/passwd"), "no plain file"),
        (tar(("x", b""), type=tarfile.LNKTYPE, linkname="y"), "no plain file"),
        (tar(("x", b""), type=tarfile.DIRTYPE), "no plain file"),
        (tar(("x", b""), type=tarfile.FIFOTYPE), "no plain file"),
        (tar(("x", b""), type=tarfile.CHRTYPE), "no plain file"),
        (tar(("x", b""), type=tarfile.GNUTYPE_SPARSE), "no plain file"),
        (tar(("x", b""), form=tarfile.PAX_FORMAT, pax_headers={"path": "y"}), "no plain file"),
        (tar(("n" * 120, b""), form=tarfile.GNU_FORMAT), "no plain file"),
        (tar(("x", b"1")) + b"more", "something follows the last file"),
        (tar(("x", b"1")) + tar(("y", b"1")), "something follows the last file"),
        (tar(("a\0b", b"")), "goes on after its end"),
    ],
)
def test_what_no_build_writes_is_refused(raw: bytes, words: str) -> None:
    with pytest.raises(BundleUnsound, match=words):
        unpack(gzip.compress(raw))


def with_checksum(header: bytearray) -> bytes:
    """The header with a checksum that is right."""
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header)


@pytest.mark.parametrize(
    ("place", "content", "words"),
    [
        (slice(124, 136), b"\xff" * 12, "holds no number"),  # a size below zero, in base 256
        (slice(124, 136), b"-0000000001\0", "holds no number"),
        (slice(124, 136), b" " * 12, "holds no number"),
        (slice(124, 136), b"77777777777\0", "cut off"),
        (slice(0, 2), b"\xff\xfe", "no UTF-8"),
    ],
)
def test_a_header_that_lies_is_refused(place: slice, content: bytes, words: str) -> None:
    raw = tar(("x", b"1"))
    header = bytearray(raw[:512])
    header[place] = content
    with pytest.raises(PolicyError, match=words):
        unpack(gzip.compress(with_checksum(header) + raw[512:]))


def test_a_header_whose_checksum_is_wrong_is_refused() -> None:
    raw = bytearray(tar(("x", b"1")))
    raw[100] ^= 1
    with pytest.raises(PolicyError, match="checksum"):
        unpack(gzip.compress(bytes(raw)))


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda _: b"\x1f\x8bno gzip",
        lambda _: b"plain",
        lambda packed: packed[:-1],
        lambda packed: packed[: len(packed) // 2],
        lambda packed: packed[:-8] + bytes(8),
        lambda _: gzip.compress(tar(("x", b"1"))[:512]),
        lambda _: gzip.compress(tar(("x", b"1"))[:700]),
        lambda _: gzip.compress(b"not a tar" * 100),
    ],
)
def test_what_is_no_whole_archive_cannot_be_read(damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(PolicyError, match=r"is no (whole )?(gzip file|tar)") as told:
        unpack(damage(pack(FILES)))
    assert not isinstance(told.value, BundleUnsound)


@pytest.mark.parametrize("more", [b"x", pack(FILES)])
def test_nothing_may_follow_the_archive(more: bytes) -> None:
    with pytest.raises(BundleUnsound, match="follows the end"):
        unpack(pack(FILES) + more)


def test_an_archive_that_unpacks_to_too_much_is_not_unpacked() -> None:
    bomb = gzip.compress(bytes(8 * MAX_UNPACKED))
    tracemalloc.start()
    with pytest.raises(PolicyError, match="unpacks to more than 64 MiB"):
        unpack(bomb)
    assert tracemalloc.get_traced_memory()[1] < 3 * MAX_UNPACKED
    tracemalloc.stop()


def test_a_document_that_is_too_large_is_not_read() -> None:
    with pytest.raises(PolicyError, match=r"data\.json is larger than 8 MiB"):
        unpack(gzip.compress(tar(("data.json", bytes(MAX_JSON + 1)))))


def test_too_many_files_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_FILES", 2)
    with pytest.raises(PolicyError, match="more than 2 files"):
        unpack(pack(FILES))


def test_a_file_that_is_too_large_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_PACKED", 10)
    with pytest.raises(PolicyError, match="is larger than"):
        unpack(pack(FILES))


@pytest.mark.parametrize("name", ["x" * 200, "../x", "a\nb"])
def test_what_would_not_be_read_again_is_not_packed(name: str) -> None:
    with pytest.raises(PolicyError):
        pack({name: b""})
