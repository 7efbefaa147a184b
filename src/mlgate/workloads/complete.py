"""Last arrow of reading: merges into the workload what other objects decide, and binds cards to models."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mlgate.domain.base import Credential
from mlgate.domain.evidence import Card, CardReference, Evidence
from mlgate.domain.lookups import LookUps, ObjectReference
from mlgate.domain.workload import Change, Volume, Workload
from mlgate.workloads.cards.binding import bind
from mlgate.workloads.cards.judgements import within_judgements
from mlgate.workloads.cards.references import ANNOTATION, read_card_references
from mlgate.workloads.changes import compare
from mlgate.workloads.extract import Extraction
from mlgate.workloads.manifest import Manifest
from mlgate.workloads.related.needs import brings_names, named_by_pods, needed
from mlgate.workloads.related.owners import Controller, find_controller, inherit, with_owner_facts
from mlgate.workloads.related.runtimes import resolve

OFFLINE = ("cluster.references", "offline")
"""There is no cluster to look other objects up in."""
UNREAD = ("cluster.configMaps", "disabled")
"""This installation does not read ConfigMaps."""
_BRINGING = {"pods", "parts", "models"}
"""How objects are merged that hold more than settings of pods."""


@dataclass(frozen=True)
class Subject:
    """What policy is asked about, complete."""

    workload: Workload | None
    old_workload: Workload | None
    change: Change
    cards: tuple[Card, ...]
    credentials: tuple[Credential, ...]

    @property
    def concerned(self) -> bool:
        """Whether any rule can have something to say, now that all is known: of records, always."""
        return self.workload is None or self.workload.concerns_a_model


def complete(extraction: Extraction, evidence: Evidence) -> Subject:
    """Merge the evidence into what was extracted. Pure: the same two give the same subject."""
    manifest = extraction.manifest
    if manifest is None or extraction.workload is None:
        return Subject(None, None, Change(), evidence.cards, extraction.credentials)
    controller = _resolved(
        find_controller(evidence.owners, extraction.request.namespace, manifest.row), evidence
    )
    inherited = manifest if controller is None else inherit(manifest, controller)
    offline, unread = (_is(evidence, *why) for why in (OFFLINE, UNREAD))
    whole = resolve(inherited, evidence.references, offline=offline, unread=unread)
    workload = with_owner_facts(_stored(whole, evidence), whole, controller)
    references = _card_references(whole, extraction)
    return Subject(
        workload=workload,
        old_workload=extraction.old_workload,
        change=compare(
            extraction.workload,
            extraction.old_workload,
            extraction.credentials,
            extraction.old_credentials,
            (extraction.request.object, extraction.request.old_object or {}),
        ),
        cards=within_judgements(bind(evidence.cards, references, workload.models)),
        credentials=extraction.credentials,
    )


def _is(evidence: Evidence, lookup: str, reason: str) -> bool:
    """Whether a look-up gave nothing for this reason."""
    return any(entry.lookup == lookup and entry.reason == reason for entry in evidence.unavailable)


def wider_lookups(extraction: Extraction, evidence: Evidence) -> LookUps:
    """The look-ups of a second round: what owners name counts too, and what runtimes bring to the pods."""
    manifest = extraction.manifest
    if manifest is None:
        return extraction.lookups
    return _with_references(_with_owner(extraction, manifest, evidence), manifest, evidence)


def _with_owner(extraction: Extraction, manifest: Manifest, evidence: Evidence) -> LookUps:
    lookups = extraction.lookups
    controller = find_controller(evidence.owners, extraction.request.namespace, manifest.row)
    if controller is None or controller.manifest is None:
        return lookups
    whole = inherit(manifest, controller)
    cards = _card_references(whole, extraction)
    added = tuple(item.lookup for item in controller.manifest.named if item.lookup not in lookups.references)
    return lookups.model_copy(
        update={
            "cards": cards,
            "wants_sign_offs": bool(cards),
            "model_uris": {model.id: model.uri for model in whole.models},
            "references": lookups.references + added,
        }
    )


def _with_references(lookups: LookUps, manifest: Manifest, evidence: Evidence) -> LookUps:
    """What other objects bring is looked up like the object's own: their models, their volumes, their pods.

    Runtimes bring pods of their own, and containers that take in Secrets and ConfigMaps.
    """
    brought = any(item.merge in _BRINGING or item.runs for item in manifest.named)
    if brought and any(reference.object for reference in evidence.references):
        whole = resolve(manifest, evidence.references)
        models = {model.id: model.uri for model in whole.models}
        update = {**needed(whole, whole.workload()), "model_uris": {**lookups.model_uris, **models}}
        return lookups.model_copy(update={**update, "references": _references(lookups, whole)})
    if not any(brings_names(reference.object) for reference in evidence.references):
        return lookups
    whole = resolve(manifest, evidence.references)
    return lookups.model_copy(update={**named_by_pods(whole), "references": _references(lookups, whole)})


def _references(lookups: LookUps, manifest: Manifest) -> tuple[ObjectReference, ...]:
    """Those known before, then those that only the merged pods name."""
    added = (item.lookup for item in manifest.named if item.lookup not in lookups.references)
    return lookups.references + tuple(dict.fromkeys(added))


def _resolved(controller: Controller | None, evidence: Evidence) -> Controller | None:
    """The controller with the objects it takes its own pods from merged into it."""
    if controller is None or controller.manifest is None:
        return controller
    return replace(controller, manifest=resolve(controller.manifest, evidence.references))


def _card_references(manifest: Manifest, extraction: Extraction) -> tuple[CardReference, ...]:
    annotation = manifest.annotations.get(ANNOTATION)
    return read_card_references(annotation, extraction.options.card_sources)


def _stored(manifest: Manifest, evidence: Evidence) -> Workload:
    """The workload with the storage class of each claim; the default one where the manifest names none."""
    workload = manifest.workload()
    undecided = {slot.volume.path for slot in manifest.volume_slots if not slot.own_class}
    volumes = tuple(_with_class(volume, volume.path in undecided, evidence) for volume in workload.volumes)
    return workload.model_copy(update={"volumes": volumes})


def _with_class(volume: Volume, undecided: bool, evidence: Evidence) -> Volume:  # noqa: FBT001 - private
    if volume.storage_class_name is not None:
        return volume
    found = evidence.claims.get(volume.claim_name) if volume.claim_name is not None else None
    if undecided:
        found = evidence.default_storage_class
    return volume if found is None else volume.model_copy(update={"storage_class_name": found})
