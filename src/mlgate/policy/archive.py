"""The file a bundle is: a gzipped tar, read strictly, and written the same way every time.

What a lenient reader passes over (links, extended headers, a name twice, bytes after the end) another
may load, so all of it is refused. The names of the files are checked; what they hold is not.
"""

from __future__ import annotations

import io
import re
import struct
import tarfile
import zlib
from collections.abc import Iterator, Mapping

from mlgate.errors import BundleUnsound, PolicyError

MAX_PACKED = 16 * 1024 * 1024
"""Largest bundle file that is read."""
MAX_UNPACKED = 64 * 1024 * 1024
"""Most that is unpacked of one: a small file can unpack to anything."""
MAX_JSON = 8 * 1024 * 1024
"""Largest document in it; once parsed it takes many times the room."""
MAX_FILES = 5000
LONGEST_NAME = 240

_BLOCK = 512
_GZIP = 31
"""zlib's word for a gzip header and checksum."""
_HEADER = bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 255])
"""Of a gzip file that names no time, no file and no system."""
_REGULAR = (b"0", b"\0")
_PART = re.compile(r"[\w.@+ -]+")
_OCTAL = re.compile(rb"[0-7]{1,11}[ \0]*")


def unpack(data: bytes) -> dict[str, bytes]:
    """The files of a bundle by their name, without the slash OPA begins them with.

    Raises:
        PolicyError: it is no gzipped tar, is cut off, or is too large.
        BundleUnsound: it holds something that no build writes.
    """
    files: dict[str, bytes] = {}
    for name, content in _members(_unzipped(data)):
        if name in files:
            raise BundleUnsound(f"{name} is in it twice")
        if len(content) > MAX_JSON:
            raise PolicyError(f"{name} is larger than {MAX_JSON >> 20} MiB")
        files[name] = content
        if len(files) > MAX_FILES:
            raise PolicyError(f"holds more than {MAX_FILES} files")
    return files


def pack(files: Mapping[str, bytes]) -> bytes:
    """A bundle of the files: sorted by name, without times, owners and the modes of this machine.

    Raises:
        PolicyError: a name does not fit into a tar, or would not be read again.
    """
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT, encoding="utf-8") as archive:
        for name, content in sorted(files.items()):
            entry = tarfile.TarInfo(f"/{_checked(name)}")
            entry.size = len(content)
            try:
                archive.addfile(entry, io.BytesIO(content))
            except ValueError as error:
                raise PolicyError(f"{name}: the name is too long for a bundle") from error
    return _zipped(raw.getvalue())


def _zipped(raw: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = packer.compress(raw) + packer.flush()
    return _HEADER + body + struct.pack("<II", zlib.crc32(raw), len(raw) & 0xFFFFFFFF)


def _unzipped(data: bytes) -> bytes:
    if len(data) > MAX_PACKED:
        raise PolicyError(f"is larger than {MAX_PACKED >> 20} MiB")
    unpacker = zlib.decompressobj(_GZIP)
    try:
        raw = unpacker.decompress(data, MAX_UNPACKED + 1)
    except zlib.error as error:
        raise PolicyError(f"is no whole gzip file: {error}") from error
    if len(raw) > MAX_UNPACKED:
        raise PolicyError(f"unpacks to more than {MAX_UNPACKED >> 20} MiB")
    if not unpacker.eof:
        raise PolicyError("is no whole gzip file: it is cut off")
    if unpacker.unused_data:
        raise BundleUnsound("something follows the end of the archive")
    return raw


def _members(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file of a plain tar."""
    at = 0
    while True:
        header = raw[at : at + _BLOCK]
        if len(header) < _BLOCK:
            raise PolicyError("is no whole tar: it is cut off")
        if not any(header):
            break
        name, size = _read_header(header)
        begin = at + _BLOCK
        if begin + size > len(raw):
            raise PolicyError(f"is no whole tar: {name} is cut off")
        yield name, raw[begin : begin + size]
        at = begin + -(-size // _BLOCK) * _BLOCK
    if raw[at:].strip(b"\0"):
        raise BundleUnsound("something follows the last file of the archive")


def _read_header(header: bytes) -> tuple[str, int]:
    """Name and size, of a regular file with an intact header."""
    if sum(header[:148]) + sum(b" " * 8) + sum(header[156:]) != _number(header[148:156]):
        raise PolicyError("is no tar, or is damaged: the checksum of a header is wrong")
    prefix = _text(header[345:500]) if header[257:262] == b"ustar" else ""
    name = _text(header[:100])
    if header[156:157] not in _REGULAR:
        raise BundleUnsound(f"{name!a} is no plain file (a link, a folder, or an extended header)")
    name = _checked((f"{prefix}/{name}" if prefix else name).removeprefix("/"))
    return name, _number(header[124:136])


def _number(field: bytes) -> int:
    if not _OCTAL.fullmatch(field.lstrip(b" ")):
        raise PolicyError("is no tar, or is damaged: a header holds no number where one belongs")
    return int(field.strip(b" \0"), 8)


def _text(field: bytes) -> str:
    text, _, rest = field.partition(b"\0")
    try:
        if rest.strip(b"\0"):
            raise BundleUnsound("the name of a file goes on after its end")
        return text.decode()
    except UnicodeDecodeError as error:
        raise BundleUnsound("the name of a file is no UTF-8") from error


def _checked(name: str) -> str:
    """A name that means the same to every reader."""
    parts = name.split("/")
    if len(name) > LONGEST_NAME or not all(_PART.fullmatch(part) for part in parts):
        raise BundleUnsound(f"{name[:LONGEST_NAME]!a} is no name of a file in a bundle")
    if {".", ".."} & set(parts):
        raise BundleUnsound(f"{name} leads out of the bundle")
    return name
