"""First arrow: from a request to the workload it holds and the look-ups it needs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from mlgate.domain.base import Credential, Json, Problem
from mlgate.domain.lookups import LookUps, controller_of
from mlgate.domain.request import Request
from mlgate.domain.workload import Workload
from mlgate.workloads.cards.references import ANNOTATION, read_card_references
from mlgate.workloads.credentials.scan import MAX_FINDINGS, scan
from mlgate.workloads.kinds.rows import Kind
from mlgate.workloads.kinds.table import find_kind, is_unknown_to_its_group
from mlgate.workloads.manifest import Manifest
from mlgate.workloads.objects.read import read_object
from mlgate.workloads.related.needs import needed

_REVIEWED = {"SignOff", "Waiver"}
_OWN_GROUP = "mlgate.dev"
_EMPTY = Problem(path="", message="the object is empty, so that nothing of it can be judged")
_FULL = Problem(
    path="", message=f"holds {MAX_FINDINGS} places that look like a credential: further ones are not told"
)


@dataclass(frozen=True)
class ExtractOptions:
    """What the installation settles about reading."""

    card_sources: frozenset[str] = frozenset({"modelcard"})
    """Sources of cards that are switched on."""
    cluster_namespace: str | None = None
    """Namespace of the cards, approvals and waivers of cluster-scoped objects."""


@dataclass(frozen=True)
class Extraction:
    """What one request holds, and what has to be looked up for it."""

    workload: Workload | None
    old_workload: Workload | None
    credentials: tuple[Credential, ...]
    lookups: LookUps
    record: bool
    concerned: bool
    """Whether any rule can have something to say; else the object is allowed without asking."""
    request: Request = field(repr=False)
    options: ExtractOptions = field(repr=False)
    manifest: Manifest | None = field(default=None, repr=False)
    old_credentials: tuple[Credential, ...] = ()


def extract(request: Request, options: ExtractOptions) -> Extraction:
    """Read the request's object. What it holds never raises: it becomes a problem of the workload."""
    row = find_kind(request.kind.group, request.kind.kind)
    if row is not None and row.webhook == "records":
        return _record(request, options)
    manifest = _read(request, request.object, row)
    if manifest is None:
        return Extraction(None, None, (), LookUps(), False, False, request, options)  # noqa: FBT003
    credentials = scan(request.object) if _concerns(manifest) else ()
    if len(credentials) >= MAX_FINDINGS:
        manifest = replace(manifest, problems=(*manifest.problems, _FULL))
    workload = manifest.workload()
    concerned = _concerns(manifest)
    old = request.old_object if request.operation == "UPDATE" and concerned else None
    old_manifest = _read(request, old, row) if old else None
    return Extraction(
        workload=workload,
        old_workload=old_manifest.workload() if old_manifest is not None else None,
        credentials=credentials,
        lookups=_lookups(request, manifest, workload, options) if concerned else LookUps(),
        record=False,
        concerned=concerned,
        request=request,
        options=options,
        manifest=manifest,
        old_credentials=scan(old) if old is not None else (),
    )


def _concerns(manifest: Manifest) -> bool:
    """What it takes its pods from, or runs from a ConfigMap, may serve: only the second look can tell."""
    later = any(item.merge == "pods" or item.runs for item in manifest.named)
    return manifest.workload().concerns_a_model or later


def _read(request: Request, obj: dict[str, Json], row: Kind | None) -> Manifest | None:
    """The object as read; None for an object of a kind of no concern that holds no pods."""
    kind = request.kind
    manifest = read_object(obj, kind, row, namespace=request.namespace, name=request.name)
    if row is None:
        return manifest if manifest.pods or is_unknown_to_its_group(kind.group, kind.kind) else None
    return manifest if obj else replace(manifest, problems=(*manifest.problems, _EMPTY))


def _record(request: Request, options: ExtractOptions) -> Extraction:
    is_own = request.kind.group == _OWN_GROUP
    reviewed = is_own and request.kind.kind in _REVIEWED
    lookups = LookUps(
        namespace=request.namespace,
        wants_waivers=request.namespace is not None,
        record=request.object if reviewed else None,
        record_kind=request.kind.kind,
    )
    return Extraction(
        workload=None,
        old_workload=None,
        credentials=scan(request.object),
        lookups=lookups,
        record=True,
        concerned=True,
        request=request,
        options=options,
    )


def _lookups(request: Request, manifest: Manifest, workload: Workload, options: ExtractOptions) -> LookUps:
    cards = read_card_references(workload.annotations.get(ANNOTATION), options.card_sources)
    return LookUps(
        namespace=request.namespace,
        cards=cards,
        model_uris={model.id: model.uri for model in workload.models},
        references=tuple(item.lookup for item in manifest.named),
        owner=controller_of(request.object),
        wants_sign_offs=bool(cards),
        wants_waivers=(request.namespace or options.cluster_namespace) is not None,
        **needed(manifest, workload),
    )
