"""Reads the volumes of a pod, its claim templates, and where a path in a container leads."""

from __future__ import annotations

import json
import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from mlgate.domain.base import Json
from mlgate.domain.workload import Volume
from mlgate.workloads.reading import Reader, dig

_KINDS = {
    "persistentVolumeClaim": "pvc",
    "ephemeral": "ephemeral",
    "hostPath": "hostPath",
    "emptyDir": "emptyDir",
    "csi": "csi",
    "nfs": "nfs",
    "image": "image",
    "secret": "secret",
    "configMap": "configMap",
}
EMPTY = frozenset({"emptyDir", "ephemeral", "secret", "configMap", "serviceAccountToken"})
"""Kinds of volumes that hold no model when a pod starts."""
MODEL_MOUNT = "/mnt/models"
PLATFORM_VOLUME = "kserve-provision-location"
"""Where KServe puts the model it loads, and the volume it uses (its storage initializer)."""
_ROOT = re.compile(r"(?:^/proc/(?:self|thread-self|\d+)(?:/task/\d+)?/root(?=/|$))+")
_API_TOKEN = "kube-api-access-"  # noqa: S105 - the name prefix of the volume, no credential
_API_TOKEN_SOURCES = ("serviceAccountToken", "configMap", "downwardAPI")
_DEFAULT_TOKEN_SECONDS = 3600


@dataclass(frozen=True)
class VolumeSlot:
    """A volume as policy sees it, and as written."""

    volume: Volume
    raw: dict[str, Json] = field(repr=False)
    claim_template: bool = False
    own_class: bool = True
    """The storage class is named (or deliberately empty) in the manifest; else the default one counts."""
    alone: bool = field(default=False, compare=False)
    """No two containers of the pod mount it, so that none can lay something into it for another."""

    @property
    def is_api_token(self) -> bool:
        """The volume Kubernetes adds itself: the token, the certificates and the namespace, nothing else."""
        sources = dig(self.raw, "projected", "sources")
        if not self.volume.name.startswith(_API_TOKEN) or not isinstance(sources, list):
            return False
        kinds = [next(iter(item), None) for item in sources if isinstance(item, dict) and len(item) == 1]
        certificates = (
            dig(sources[1], "configMap", "name") if len(sources) == len(_API_TOKEN_SOURCES) else None
        )
        return tuple(kinds) == _API_TOKEN_SOURCES and certificates == "kube-root-ca.crt"

    def fingerprint(self) -> str:
        """What two volumes must share to be the same."""
        return json.dumps([self.claim_template, self.raw], sort_keys=True, default=str)


@dataclass(frozen=True)
class Mounted:
    """Mounts that no container lists, and their volumes, which other fields tell of."""

    mounts: tuple[tuple[str, str, str], ...] = ()
    volumes: tuple[VolumeSlot, ...] = ()


def read_volumes(reader: Reader, value: Json, path: str) -> Iterator[VolumeSlot]:
    """The volumes of a pod; a projected one gives one for each of its sources."""
    for place, raw in reader.mappings(value, path):
        name = reader.text(raw.get("name"), f"{place}.name") or place
        if raw.get("projected") is not None:
            yield from _projected(reader, raw, name, place)
        else:
            yield _volume(reader, raw, name, place)


def read_volume_source(reader: Reader, value: Json, name: str, path: str) -> VolumeSlot:
    """A volume of a pod in a field of its own, without its name."""
    return _volume(reader, reader.mapping(value, path), name, path)


def read_claim_templates(reader: Reader, value: Json, path: str) -> Iterator[VolumeSlot]:
    """Claim templates of a StatefulSet: a claim for each pod, whose name no manifest holds."""
    for place, raw in reader.mappings(value, path):
        own_name = reader.text(dig(raw, "metadata", "name"), f"{place}.metadata.name")
        name = own_name or reader.text(raw.get("name"), f"{place}.name") or place
        storage_class, own = _class(reader, raw, place)
        yield VolumeSlot(
            Volume(name=name, kind="pvc", storage_class_name=storage_class, path=place),
            raw,
            claim_template=True,
            own_class=own,
        )


def _volume(reader: Reader, raw: dict[str, Json], name: str, path: str) -> VolumeSlot:
    key = next((key for key in _KINDS if raw.get(key) is not None), None)
    if key is None:
        return VolumeSlot(Volume(name=name, kind="other", path=path), raw)
    inner_path = f"{path}.{key}"
    inner = reader.mapping(raw[key], inner_path)
    storage_class, own = None, True
    if key == "ephemeral":
        template = reader.mapping(inner.get("volumeClaimTemplate"), f"{inner_path}.volumeClaimTemplate")
        storage_class, own = _class(reader, template, f"{inner_path}.volumeClaimTemplate")
    volume = Volume(
        name=name,
        kind=_KINDS[key],
        claim_name=reader.text(inner.get("claimName"), f"{inner_path}.claimName")
        if key.startswith("p")
        else None,
        storage_class_name=storage_class,
        secret_name=reader.text(inner.get("secretName"), f"{inner_path}.secretName")
        if key == "secret"
        else None,
        path=path,
    )
    return VolumeSlot(volume, raw, own_class=own)


def _class(reader: Reader, claim: dict[str, Json], path: str) -> tuple[str | None, bool]:
    """Storage class of a claim and whether the manifest settles it; an empty one means none at all."""
    spec = reader.mapping(claim.get("spec"), f"{path}.spec")
    name = reader.text(spec.get("storageClassName"), f"{path}.spec.storageClassName")
    return name or None, name is not None


def _projected(reader: Reader, raw: dict[str, Json], name: str, path: str) -> Iterator[VolumeSlot]:
    projected = reader.mapping(raw.get("projected"), f"{path}.projected")
    for place, source in reader.mappings(projected.get("sources"), f"{path}.projected.sources"):
        yield VolumeSlot(_source(reader, source, name, place), raw)


def _source(reader: Reader, source: dict[str, Json], name: str, path: str) -> Volume:
    if source.get("serviceAccountToken") is not None:
        token = reader.mapping(source["serviceAccountToken"], f"{path}.serviceAccountToken")
        seconds = reader.integer(
            token.get("expirationSeconds"), f"{path}.serviceAccountToken.expirationSeconds"
        )
        return Volume(
            name=name,
            kind="serviceAccountToken",
            token_expiration_seconds=_DEFAULT_TOKEN_SECONDS if seconds is None else seconds,
            path=path,
        )
    if source.get("secret") is not None:
        secret = reader.mapping(source["secret"], f"{path}.secret")
        secret_name = reader.text(secret.get("name"), f"{path}.secret.name")
        return Volume(name=name, kind="secret", secret_name=secret_name, path=path)
    return Volume(name=name, kind="configMap" if source.get("configMap") is not None else "other", path=path)


def with_sharing(
    volumes: Iterable[VolumeSlot], mounts: Iterable[tuple[tuple[str, str, str], ...]]
) -> tuple[VolumeSlot, ...]:
    """The volumes of a pod, marked where no two of its containers mount one. `mounts`: of each container."""
    users = Counter(name for own in mounts for name in {name for _, name, _ in own})
    return tuple(replace(item, alone=users[item.volume.name] < len("ab")) for item in volumes)


def kinds_of(volumes: Iterable[VolumeSlot]) -> dict[str, str]:
    """The kind of each volume by its name; one that is put together from several kinds is `projected`."""
    found: dict[str, str] = {}
    for item in volumes:
        name, kind = item.volume.name, item.volume.kind
        found[name] = kind if found.get(name, kind) == kind else "projected"
    return found


def mount_of(path: str, mounts: tuple[tuple[str, str, str], ...]) -> tuple[str, str, str] | None:
    """The mount a plain path lies in; None when it is part of the image.

    The longest one that holds the path decides, as in the kernel.
    """
    return max((m for m in mounts if within(path, m[0])), key=lambda m: len(m[0].rstrip("/")), default=None)


def resolve_path(
    target: str, mounts: tuple[tuple[str, str, str], ...], volumes: tuple[VolumeSlot, ...]
) -> str | None:
    """The address a path in a container leads to; None when it is part of the image."""
    target = plain_path(target)
    best = mount_of(target, mounts)
    if best is None:
        return None
    mount_path, volume_name, sub_path = best
    rest = "/".join(
        part for part in (sub_path.strip("/"), target[len(mount_path.rstrip("/")) :].strip("/")) if part
    )
    slot = next((v for v in volumes if v.volume.name == volume_name), None)
    if slot is None:
        return f"file://{target}"
    return address_in(slot, rest, target)


def address_in(slot: VolumeSlot, rest: str, target: str) -> str:
    """The address of a path in a volume that is mounted so that it becomes the target."""
    volume = slot.volume
    if volume.kind == "pvc":
        return f"pvc://{volume.claim_name or volume.name}/{rest}".rstrip("/")
    if volume.kind == "image":
        reference = dig(slot.raw, "image", "reference")
        return f"oci://{reference}" if isinstance(reference, str) else f"file://{target}"
    if volume.kind == "nfs":
        server, export = dig(slot.raw, "nfs", "server"), dig(slot.raw, "nfs", "path")
        return f"nfs://{server}{export}/{rest}".rstrip("/")
    return f"file://{target}"


def plain_path(path: str) -> str:
    """The path without detours: `.`, `..` and slashes in a row lead the kernel to the same file.

    So does the root of a process of the same container.
    """
    if not path.startswith("/"):
        return path
    plain = "/" + posixpath.normpath(path).lstrip("/")
    return (_ROOT.sub("", plain) or "/") if plain.startswith("/proc/") else plain


def within(target: str, mount: str) -> bool:
    """Whether a path is a mount's own or lies below it."""
    mount = mount.rstrip("/")
    return target == mount or target.startswith(f"{mount}/")
