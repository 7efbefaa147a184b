"""Reads a pod specification: its settings, every container slot, its volumes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mlgate.domain.base import Json
from mlgate.domain.workload import ContainerRole, PodTemplate
from mlgate.workloads.kinds.rows import Component
from mlgate.workloads.pods.containers import read_container
from mlgate.workloads.pods.field_containers import Fields, field_containers
from mlgate.workloads.pods.slots import Slot
from mlgate.workloads.pods.volumes import Mounted, VolumeSlot, read_volumes, with_sharing
from mlgate.workloads.reading import Reader

CONTAINER_SLOTS: tuple[tuple[str, ContainerRole], ...] = (
    ("containers", "server"),
    ("initContainers", "init"),
    ("ephemeralContainers", "ephemeral"),
)
"""Every list of a pod specification that holds containers."""


POD_SETTINGS: dict[str, Json] = {
    "hostAliases": None,
    "dnsConfig": None,
    "dnsPolicy": "ClusterFirst",
    "shareProcessNamespace": None,
    "hostUsers": True,
    "resourceClaims": None,
}
"""Further settings of a pod that only its owner may make, with what the API server takes when left out."""


@dataclass(frozen=True)
class Pod:
    """One pod template with all that it would run."""

    template: PodTemplate
    slots: tuple[Slot, ...]
    volumes: tuple[VolumeSlot, ...]
    raw: dict[str, Json] = field(repr=False)
    component: str | None = None
    """Part of the kind it belongs to (`predictor`, `transformer`, ...); null for plain workloads."""
    bare: bool = False
    """Nothing but containers, which the operator puts into pods of its own making."""
    made: Mounted = field(default_factory=Mounted)
    """What the operator mounts into its containers, so that paths in them can be followed."""

    def setting(self, name: str) -> Json:
        """One of the further settings as written, an empty one as its default."""
        value, default = self.raw.get(name), POD_SETTINGS[name]
        return default if value is None else (value or None)


def read_pod(
    reader: Reader,
    spec: dict[str, Json],
    path: str,
    labels: dict[str, str],
    *,
    of: Component | None = None,
    fields: Fields | None = None,
    component: str | None = None,
    loose: bool = False,
) -> Pod:
    """The pod at `path`.

    `of` is the component it belongs to: its further fields that hold containers are found below `fields`, the
    pod's own if they are left out. `loose`: the kind may write an image in parts and variables as a map.
    """
    context = reader.mapping(spec.get("securityContext"), f"{path}.securityContext")
    lists = CONTAINER_SLOTS if of is None else (*CONTAINER_SLOTS, *of.lists.items())
    slots = [*_listed(reader, spec, path, context, lists, loose=loose)]
    if of is not None:
        slots += field_containers(reader, of, fields or Fields(spec, path, spec), context)
    volumes = read_volumes(reader, spec.get("volumes"), f"{path}.volumes")
    return Pod(
        template=_template(reader, spec, path, labels, tuple(slots)),
        slots=tuple(slots),
        volumes=with_sharing(volumes, (slot.mounts for slot in slots)),
        raw=spec,
        component=component or (of.id if of is not None else None),
    )


def _listed(
    reader: Reader,
    spec: dict[str, Json],
    path: str,
    context: dict[str, Json],
    lists: Iterable[tuple[str, ContainerRole]],
    *,
    loose: bool,
) -> Iterator[Slot]:
    for key, role in lists:
        for place, raw in reader.mappings(spec.get(key), f"{path}.{key}"):
            name = place.rpartition(".")[2]
            yield read_container(reader, raw, place, role, name=name, pod_security=context, loose=loose)


def _template(
    reader: Reader, spec: dict[str, Json], path: str, labels: dict[str, str], slots: tuple[Slot, ...]
) -> PodTemplate:
    host_network = reader.boolean(spec.get("hostNetwork"), f"{path}.hostNetwork") or False
    # With hostNetwork every container port is a host port, whether or not it was defaulted.
    ports = {port for slot in slots for port in slot.host_ports + (slot.ports if host_network else ())}
    return PodTemplate(
        path=path,
        labels=labels,
        service_account_name=reader.text(spec.get("serviceAccountName"), f"{path}.serviceAccountName")
        or reader.text(spec.get("serviceAccount"), f"{path}.serviceAccount"),
        automount_service_account_token=reader.boolean(
            spec.get("automountServiceAccountToken"), f"{path}.automountServiceAccountToken"
        ),
        host_network=host_network,
        host_pid=reader.boolean(spec.get("hostPID"), f"{path}.hostPID") or False,
        host_ipc=reader.boolean(spec.get("hostIPC"), f"{path}.hostIPC") or False,
        host_ports=tuple(sorted(ports)),
        node_selector=_node_selector(reader, spec, path),
        runtime_class_name=reader.text(spec.get("runtimeClassName"), f"{path}.runtimeClassName"),
    )


def _node_selector(reader: Reader, spec: dict[str, Json], path: str) -> dict[str, str]:
    """The selector, and required affinity that comes to the same: one term, `In` with one value."""
    affinity = reader.mapping(spec.get("affinity"), f"{path}.affinity")
    node = reader.mapping(affinity.get("nodeAffinity"), f"{path}.affinity.nodeAffinity")
    required_path = f"{path}.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"
    required = reader.mapping(node.get("requiredDuringSchedulingIgnoredDuringExecution"), required_path)
    terms = list(reader.mappings(required.get("nodeSelectorTerms"), f"{required_path}.nodeSelectorTerms"))
    found: dict[str, str] = {}
    for place, term in terms if len(terms) == 1 else ():
        for where, rule in reader.mappings(term.get("matchExpressions"), f"{place}.matchExpressions"):
            values = reader.texts(rule.get("values"), f"{where}.values")
            key = reader.text(rule.get("key"), f"{where}.key")
            if key and rule.get("operator") == "In" and len(values) == 1:
                found[key] = values[0]
    return found | reader.strings(spec.get("nodeSelector"), f"{path}.nodeSelector")
