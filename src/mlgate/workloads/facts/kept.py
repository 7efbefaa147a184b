"""Annotations in which a platform keeps what one version of a kind cannot say.

Dynamo's operator converts between its versions and takes back what such an annotation holds, whoever wrote
it: whole containers among it. What it wrote itself stands in the object too, so that anything else is a
problem. Its decoder takes keys in any case.
"""

from __future__ import annotations

from collections.abc import Iterator

from mlgate.domain.base import Json
from mlgate.workloads.kinds.paths import scalars
from mlgate.workloads.kinds.rows import Kind
from mlgate.workloads.reading import Reader, dig, entries, join

_RUNS = {
    "image", "command", "args", "env", "envfrom", "envs", "volumes", "securitycontext",
    "hostnetwork", "hostpid", "hostipc", "serviceaccountname",
}  # fmt: skip
"""Fields that decide what runs, and with which rights, in lower case."""


_FREE = {"annotations", "labels", "providerOverride"}
"""Fields whose content runs nothing, so that what stands there is not said."""
_Leaf = tuple[str, str]
"""A text, number, true or false, and the key it stands at."""


def note_kept(reader: Reader, obj: dict[str, Json], row: Kind | None) -> None:
    """A problem for what these annotations bring into a pod and the object does not say."""
    annotations = dig(obj, "metadata", "annotations")
    if row is None or not row.kept or not isinstance(annotations, dict):
        return
    said = {leaf for keys, leaf in _leaves(obj.get("spec")) if not keys & _FREE}
    for name, text in entries(annotations):
        if name.startswith(row.kept) and isinstance(text, str) and text.lstrip()[:1] in {"{", "["}:
            path = join("metadata.annotations", name)
            for keys, leaf in _leaves(reader.document(text, path)):
                if leaf not in said and any(key.casefold() in _RUNS for key in keys):
                    reader.problem(
                        path, f"holds {leaf[0][:60]}: {leaf[1][:60]}, which the object does not say"
                    )


def _leaves(value: Json) -> Iterator[tuple[set[str], _Leaf]]:
    """What stands in the value, each with all keys it stands below."""
    for trail, leaf in scalars(value):
        keys: list[str] = []
        above = trail
        while above:
            above, step = above
            if isinstance(step, str):
                keys.append(step)
        yield set(keys), (keys[0] if keys else "", str(leaf))
