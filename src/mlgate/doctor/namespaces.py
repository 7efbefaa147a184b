"""Namespaces: where models are that nobody judges, and where labels make judging laxer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import yaml

from mlgate.doctor.codes import finding
from mlgate.doctor.finding import Finding, Subject
from mlgate.doctor.holdings import selected
from mlgate.doctor.selection import GATE_LABEL, GATE_VALUE
from mlgate.doctor.snapshot import Held, Object, Snapshot, labels_of
from mlgate.domain.listing import first_few
from mlgate.evidence.times import name_of
from mlgate.policy.shipped import shipped_rego

PROFILE_LABEL, CLEARANCE_LABEL = "mlgate.dev/profile", "mlgate.dev/max-classification"
PROFILES = ("sandbox", "development", "staging", "production")
"""The laxest first."""
CLASSES = ("public", "internal", "confidential", "restricted")
_SHOWN = 5


def check_namespaces(snapshot: Snapshot) -> Iterator[Finding]:
    """What is not judged for where it lies, and labels that change how it is."""
    models, workloads = _by_namespace(snapshot.models), _by_namespace(snapshot.workloads)
    for space in snapshot.namespaces or ():
        name = name_of(space)
        yield from _models(snapshot, space, models.get(name, []))
        yield from _workloads(snapshot, space, workloads.get(name, []))
        yield from _labels(name, labels_of(space))


def _by_namespace(held: Iterable[Held]) -> dict[str, list[Held]]:
    found: dict[str, list[Held]] = {}
    for one in held:
        if one.namespace is not None:
            found.setdefault(one.namespace, []).append(one)
    return found


def _models(snapshot: Snapshot, space: Object, held: list[Held]) -> Iterator[Finding]:
    """Objects of model kinds in a namespace."""
    judging, gating = snapshot.named("models"), snapshot.named("workloads")
    if not held or not judging:
        return
    name = name_of(space)
    if not selected(space, judging):
        message = f"{told(held)} lie in {name}, from where nothing is judged"
        yield finding(
            "namespace.exempt_with_models", _subject(name), message, namespace=name, object=held[0].title
        )
    elif gating and not selected(space, gating):
        message = f"{told(held)} are judged in {name}, and a Pod beside them that runs a model is not"
        yield finding("namespace.pods_not_gated", _subject(name), message, namespace=name)


def _workloads(snapshot: Snapshot, space: Object, held: list[Held]) -> Iterator[Finding]:
    """Plain workloads that run a model where they are not judged; where no label of ours changes that."""
    if not held:
        return
    name, gating = name_of(space), snapshot.named("workloads")
    if gating and not selected(_with_gate(space), gating):
        message = f"{told(held)} run a model in {name}, from where nothing is judged"
        yield finding(
            "namespace.exempt_with_models", _subject(name), message, namespace=name, object=held[0].title
        )
    else:
        message = f"{told(held)} run a model in {name}, where plain workloads are not judged"
        yield finding("namespace.workloads_not_gated", _subject(name), message, namespace=name)


def _with_gate(space: Object) -> Object:
    """The namespace as it would be with our label."""
    return {"metadata": {"labels": {**labels_of(space), GATE_LABEL: GATE_VALUE}}}


def _labels(name: str, labels: dict[str, str]) -> Iterator[Finding]:
    gate, profile = labels.get(GATE_LABEL), labels.get(PROFILE_LABEL)
    if gate is not None and gate != GATE_VALUE:
        message = f"label {GATE_LABEL} of {name} is {gate!r}, and only {GATE_VALUE!r} switches the gate on"
        yield finding("namespace.gate_label_unknown", _subject(name), message, namespace=name)
    if profile is not None and profile not in PROFILES:
        message = f"{name} asks for profile {profile!r}, which does not exist; it is judged by the default"
        yield finding("namespace.profile_unknown", _subject(name), message, namespace=name)
    elif profile is not None and profile != PROFILES[-1]:
        message = f"{name} is judged as {profile}, so that less is demanded of its models"
        yield finding("namespace.profile_lowered", _subject(name), message, namespace=name)
    clearance = labels.get(CLEARANCE_LABEL)
    usual = default_clearance().get(profile or PROFILES[-1], CLASSES[0])
    if clearance in CLASSES and CLASSES.index(clearance) > CLASSES.index(usual):
        message = f"{name} is cleared for {clearance} data; without its label it would be for {usual}"
        yield finding("namespace.clearance_raised", _subject(name), message, namespace=name)


@lru_cache(maxsize=1)
def default_clearance() -> dict[str, str]:
    """By profile, the highest data class of a namespace without the label, as shipped."""
    path = shipped_rego() / "mlgate" / "settings" / "data.yaml"
    settings: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    found: dict[str, str] = settings["classification"]["defaultClearance"]
    return found


def _subject(name: str) -> Subject:
    return Subject(kind="Namespace", name=name)


def told(held: list[Held]) -> str:
    """As messages name several: the first of them, and how many more there are."""
    return first_few([f"{one.title} ({one.because})" if one.because else one.title for one in held], _SHOWN)
