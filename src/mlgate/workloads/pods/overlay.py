"""Lays one pod over another, as platforms lay a service over its runtime."""

from __future__ import annotations

from dataclasses import replace

from mlgate.domain.workload import PodTemplate
from mlgate.workloads.pods.pod import POD_SETTINGS, Pod
from mlgate.workloads.pods.slots import Slot


def lay_over(pod: Pod, runtime: Pod | None, into: str | None, *, adds_args: bool = True) -> Pod:
    """A component's pod with another below it: container by container, setting by setting.

    `into` is the path of the container that only tunes one of the lower pod's. `adds_args`: arguments stand
    behind those of the lower container, not in their place.
    """
    if runtime is None:
        return pod
    over = {slot.name: slot for slot in pod.slots}
    tuned = next((slot for slot in pod.slots if slot.path == into), None)
    slots: list[Slot] = []
    used: set[str] = set()
    for slot in runtime.slots:
        lower = replace(slot, from_reference=True)
        upper = over.get(slot.name)
        if upper is None or upper.role != slot.role:
            slots.append(lower)
            continue
        used.add(upper.path)
        merged = lower.overlaid(upper, adds_args=adds_args)
        # What nothing of is said in the object is where the runtime defines it.
        slots.append(merged if upper.runs else replace(merged, path=lower.path, from_reference=True))
    rest = [slot for slot in pod.slots if slot.path not in used and slot is not tuned]
    if tuned is not None and tuned.path not in used:
        rest.append(tuned)
    return replace(
        pod,
        slots=(*slots, *rest),
        volumes=pod.volumes + runtime.volumes,
        template=_settings(pod.template, runtime.template),
        raw={**{key: runtime.raw[key] for key in POD_SETTINGS if key in runtime.raw}, **pod.raw},
    )


def _settings(upper: PodTemplate, lower: PodTemplate) -> PodTemplate:
    mounts_token = upper.automount_service_account_token
    return upper.model_copy(
        update={
            "labels": lower.labels | upper.labels,
            "service_account_name": upper.service_account_name or lower.service_account_name,
            "automount_service_account_token": lower.automount_service_account_token
            if mounts_token is None
            else mounts_token,
            "host_network": upper.host_network or lower.host_network,
            "host_pid": upper.host_pid or lower.host_pid,
            "host_ipc": upper.host_ipc or lower.host_ipc,
            "host_ports": tuple(sorted({*upper.host_ports, *lower.host_ports})),
            "node_selector": lower.node_selector | upper.node_selector,
            "runtime_class_name": upper.runtime_class_name or lower.runtime_class_name,
        }
    )
