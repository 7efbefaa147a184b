"""Takes a bundle file into use, after everything that can be checked about it has been."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mlgate import __version__
from mlgate.domain.digests import digest_of
from mlgate.errors import BundleUnsound, PolicyError
from mlgate.policy.archive import MAX_PACKED, pack, unpack
from mlgate.policy.contents import contents_of, modes_of
from mlgate.policy.manifest import BundleManifest
from mlgate.policy.signature import SIGNATURES, check_signature
from mlgate.policy.signing_keys import read_public_key
from mlgate.policy.soundness import check_soundness
from mlgate.settings import PolicySettings


def load_bundle(
    path: Path, chosen: PolicySettings, opa: Path | None, *, keep: Path | None = None, at_least: int = 0
) -> BundleManifest:
    """A bundle that may judge: whole, signed as demanded, not older than allowed, its Rego what it says.

    The file is read once. What was checked is what OPA loads: with `keep`, the manifest names a copy there,
    which does not change with the file and needs no key. OPA's tools take half a second; what a copy shows
    to have been checked before, they do not look at again.

    Args:
        path: the bundle file.
        chosen: the key that is trusted, the lowest sequence, and whether parts may be missing.
        opa: the OPA program; without one the Rego is not looked at and no copy is made, as where another
            OPA compiles it.
        keep: folder for the copy; made if it is missing.
        at_least: the sequence of the bundle that is loaded now.

    Raises:
        BundleUnsound: it is not what it must be; the message names the bundle, the place and the fix.
        PolicyError: it cannot be read, or the key cannot.
        OSError: the copy cannot be written.
    """
    key = read_public_key(chosen.verification_key) if chosen.verification_key is not None else None
    data = _read(path)
    with _named(path):
        files = _unpacked(data)
        signature = check_signature(files, key)
        contents = contents_of(files)
        _refuse_older(contents.sequence, max(chosen.min_sequence, at_least))
        if opa is not None:
            # The signature has done its work: OPA needs no key for the copy.
            plain = pack({name: content for name, content in files.items() if name != SIGNATURES})
            copy = keep / _name_of_copy(plain, partial=chosen.partial) if keep is not None else None
            if copy is None or not _holds(copy, plain):
                check_soundness(files, plain, contents, opa, partial=chosen.partial)
                if copy is not None:
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    write_whole(copy, plain, 0o600)
            path = copy or path
        digest = digest_of(data)
        version, sequence = contents.version, contents.sequence
        return BundleManifest(
            contents.revision,
            contents.codes,
            path,
            version,
            sequence,
            digest,
            modes=modes_of(contents.data),
            signature=signature,
        )


def load_manifest(path: Path) -> BundleManifest:
    """What a bundle that was built here says about itself.

    Raises:
        PolicyError: it cannot be read, or is damaged.
    """
    return load_bundle(path, PolicySettings(), None)


def _refuse_older(sequence: int, least: int) -> None:
    if sequence < least:
        told = f"its sequence is {sequence}, and none below {least} is taken"
        raise BundleUnsound(told, "name the newest bundle; a build is given a higher one with --sequence")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_PACKED + 1)
    except OSError as error:
        raise PolicyError(f"bundle {path}: {error.strerror or error}") from error


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Errors name the bundle."""
    try:
        yield
    except BundleUnsound as error:
        raise BundleUnsound(f"bundle {path}: {error.what}", error.fix) from error
    except PolicyError as error:
        raise PolicyError(f"bundle {path}: {error}") from error


def _unpacked(data: bytes) -> dict[str, bytes]:
    try:
        return unpack(data)
    except BundleUnsound:
        raise
    except PolicyError as error:
        raise PolicyError(f"{error}; fetch it again, or build it with `mlgate policy bundle`") from error


def _name_of_copy(content: bytes, *, partial: bool) -> str:
    """One for what is in it, and for what it was held against."""
    found = hashlib.sha256(f"{__version__} {partial}\0".encode() + content)
    return f"loaded-{found.hexdigest()}.tar.gz"


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except OSError:
        return False


def write_whole(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Write a file so that readers see all of it or what was there before.

    Args:
        path: the file.
        content: what it holds then.
        mode: who may read and write it, as far as the umask lets them.

    Raises:
        OSError: it cannot be written.
    """
    new = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode), "wb") as file:
            file.write(content)
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise
