"""The files the gate is set up to trust by: those that are missing, cannot be read, or have ended."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509

from mlgate.doctor.certificates import BUNDLE_NOTICE
from mlgate.doctor.codes import finding
from mlgate.doctor.finding import Finding, Subject
from mlgate.doctor.signers import check_signers
from mlgate.doctor.snapshot import Snapshot, Trust, TrustFile
from mlgate.errors import SettingsError
from mlgate.evidence.looked import entries, field
from mlgate.evidence.registries.credentials import credentials_in
from mlgate.evidence.signatures.bundles import BundleVerifier
from mlgate.evidence.signatures.keys import public_keys
from mlgate.parsing.times import normalise_time

_KEYS, _ROOT, _CREDENTIALS = "signatures.keys", "signatures.trustedRoot", "evidence.oci.dockerConfig"
_CALLERS = "tls.clientCa"
"""Without an authority for them nobody can bring a review."""
_AUTHORITIES = ("evidence.oci.ca", "evidence.huggingface.ca", "policy.urlCa", _CALLERS)
_BROKEN = frozenset({"trust.file_missing", "trust.file_unreadable"})


def check_trust(snapshot: Snapshot) -> Iterator[Finding]:
    """What is wrong with the files, and with whom the policy trusts; nothing where no Deployment is known."""
    trust = snapshot.trust
    if trust is None:
        return
    sound = True
    for file in trust.files:
        found = [*_file(snapshot, trust, file)]
        yield from found
        sound = sound and not any(one.code in _BROKEN for one in found)
    yield from check_signers(trust, keys_are_known=sound and trust.whole)


def _file(snapshot: Snapshot, trust: Trust, file: TrustFile) -> Iterator[Finding]:
    if file.data is None:
        code = "trust.file_missing"
        if file.kind == "Secret":
            code = "trust.credentials_missing" if file.setting == _CREDENTIALS else "trust.secret_missing"
        message = f"{_place(trust, file)}, which {file.setting} reads, is not there: no replica starts anew"
        yield _told(snapshot, trust, file, code, message)
    elif file.setting == _CREDENTIALS:
        yield from _credentials(snapshot, trust, file, file.data)
    else:
        problem = _problem(file, file.data)
        if problem is not None:
            message = f"{_place(trust, file)}, which {file.setting} reads, {problem}: no replica starts anew"
            yield _told(snapshot, trust, file, "trust.file_unreadable", message)
        else:
            yield from _ended(snapshot, trust, file, file.data)


def _told(snapshot: Snapshot, trust: Trust, file: TrustFile, code: str, message: str) -> Finding:
    subject = Subject(kind=file.kind, name=file.name, namespace=trust.namespace, path=file.key)
    value = file.setting
    if value == _KEYS:
        value = f"{_KEYS}.{file.key.replace('.', chr(92) + '.')}"
    return finding(
        code,
        subject,
        message,
        fails_open=snapshot.fails_open and (code != "trust.authority_ended" or file.setting == _CALLERS),
        namespace=trust.namespace,
        name=file.name,
        key=file.key,
        value=value,
        registry=next(iter(trust.registries), "REGISTRY"),
    )


def _place(trust: Trust, file: TrustFile) -> str:
    return f"{file.key} of {file.kind} {trust.namespace}/{file.name}"


def _credentials(snapshot: Snapshot, trust: Trust, file: TrustFile, data: bytes) -> Iterator[Finding]:
    """Whether they are a docker config, and are for a registry that is asked."""
    try:
        known = [credentials_in(data, registry, Path(file.key)) for registry in trust.registries or ("",)]
    except SettingsError as error:
        message = f"{_place(trust, file)}: {error}"
        yield _told(snapshot, trust, file, "trust.credentials_unreadable", message)
        return
    if trust.registries and not any(known):
        message = f"{_place(trust, file)} has credentials for none of {', '.join(trust.registries)}"
        yield _told(snapshot, trust, file, "trust.credentials_unused", message)


def _problem(file: TrustFile, data: bytes) -> str | None:
    """Why `mlgate serve` would not take the file; None where it would."""
    if file.setting not in _HOLDING:
        return None
    what, read = _HOLDING[file.setting]
    try:
        read(data)
    except (SettingsError, ValueError):
        return f"is no {what}"
    return None


def _load_keys(data: bytes) -> None:
    """Raises SettingsError where there is none that is recognised."""
    tuple(public_keys(data, Path()))


def _load_root(data: bytes) -> None:
    """Raises SettingsError where it names no authority and log that can be read."""
    with tempfile.NamedTemporaryFile(suffix=".json") as copy:
        copy.write(data)
        copy.flush()
        BundleVerifier.load(Path(copy.name))


_Read = Callable[[bytes], object]
_HOLDING: dict[str, tuple[str, _Read]] = {
    **dict.fromkeys((_KEYS, "policy.verificationKey"), ("public key", _load_keys)),
    **dict.fromkeys(_AUTHORITIES, ("certificate", x509.load_pem_x509_certificates)),
    _ROOT: ("trusted root", _load_root),
}
"""By setting, what its file holds, and what reads it as `mlgate serve` does."""


def _ended(snapshot: Snapshot, trust: Trust, file: TrustFile, data: bytes) -> Iterator[Finding]:
    """Authorities of which the last has ended, or does so soon."""
    if file.setting in _AUTHORITIES:
        last: datetime | None = max(one.not_valid_after_utc for one in x509.load_pem_x509_certificates(data))
    elif file.setting == _ROOT:
        last = _end_of_root(json.loads(data))
    else:
        return
    if last is None or last > snapshot.at + BUNDLE_NOTICE:
        return
    is_over = last <= snapshot.at
    code = "trust.authority_ended" if is_over else "trust.authority_ending"
    message = (
        f"the last authority in {_place(trust, file)}, which {file.setting} reads, "
        f"{'ended' if is_over else 'ends'} at {last:%Y-%m-%d %H:%M} UTC"
    )
    yield _told(snapshot, trust, file, code, message)


def _end_of_root(root: Any) -> datetime | None:
    """When all authorities, or all logs, have ended; None where some of each have no end."""
    found = []
    for part, *below in (("certificateAuthorities",), ("tlogs", "publicKey")):
        ends = [field(one, *below, "validFor", "end") for one in entries(field(root, part))]
        moments = [normalise_time(end) for end in ends if end is not None]
        known = [datetime.fromisoformat(moment) for moment in moments if moment is not None]
        if known and len(known) == len(ends):
            found.append(max(known))
    return min(found, default=None)
