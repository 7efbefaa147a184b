"""The annotation that names the cards of a workload: `[<model id>=]<source>[@sha256:<64 hex>], ...`.

A source may end in `#<bom-ref>`, where it can be a bill of materials with several models.
"""

from __future__ import annotations

import re

from mlgate.domain.components import HOW_TO_WRITE, component_in
from mlgate.domain.evidence import CardReference, CardSource

ANNOTATION = "mlgate.dev/model-card"

_MAX_REFERENCES = 64
_PIN = re.compile(r"(?P<source>.*?)@(?P<digest>sha256:[0-9a-f]{64})", re.DOTALL)
_NAME = r"[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?"
_MODEL_CARD = re.compile(rf"modelcard/{_NAME}")
_CONFIG_MAP = re.compile(rf"configmap/{_NAME}/[-._A-Za-z0-9]{{1,253}}")
_OCI = re.compile(r"oci://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[a-z0-9._-]+)+")
_FILE = re.compile(r"file/[^\x00-\x1f\x7f]{1,1000}")
_NO_COMPONENT = (
    "names no component of a bill of materials: <source>#<bom-ref>[@sha256:<64 hex>], in which "
    + HOW_TO_WRITE
)
_OF_COMPONENTS = frozenset({"configmap", "oci", "file"})
_FORMS = (
    ("modelcard", _MODEL_CARD),
    ("configmap", _CONFIG_MAP),
    ("oci", _OCI),
    ("huggingface", re.compile("huggingface")),
    ("file", _FILE),
)


def read_card_references(annotation: str | None, sources: frozenset[str]) -> tuple[CardReference, ...]:
    """The references of the annotation in its order; what leads nowhere has a problem.

    `sources` are the kinds of sources that are switched on.
    """
    entries = [entry.strip() for entry in (annotation or "").split(",")]
    entries = [entry for entry in entries if entry]
    found = [_read(entry, sources) for entry in entries[:_MAX_REFERENCES]]
    if len(entries) > _MAX_REFERENCES:
        found.append(_nowhere(None, "...", f"more than {_MAX_REFERENCES} references"))
    return tuple(found)


def _read(entry: str, sources: frozenset[str]) -> CardReference:
    model, equals, rest = entry.partition("=")
    if not equals:
        model, rest = "", entry
    model, rest = model.strip(), rest.strip()
    pin = _PIN.fullmatch(rest)
    source, digest = (pin["source"], pin["digest"]) if pin else (rest, None)
    if equals and not model:
        return _nowhere(None, source, "names an empty model id")
    if pin is None and "@" in rest:
        told = "has a digest that is not sha256:<64 lower-case hex digits>"
        return _nowhere(model or None, rest, _NO_COMPONENT if "#" in rest else told)
    place, component = component_in(source)
    for kind, form in _FORMS:
        if form.fullmatch(place) and (component is None or kind in _OF_COMPONENTS):
            return _known(kind, source, model or None, digest, sources, component)
    told = "is no card reference: modelcard/<name> or configmap/<name>/<key>"
    return _nowhere(model or None, source, _NO_COMPONENT if "#" in source else told)


def _known(
    kind: str,
    source: str,
    model: str | None,
    digest: str | None,
    sources: frozenset[str],
    component: str | None,
) -> CardReference:
    problem = None
    if kind not in sources:
        problem = f"cards from source {kind} are switched off"
    elif kind == "oci" and digest is None:
        problem = "needs a digest"
    return CardReference(
        model=model,
        source=CardSource.model_validate({"type": kind, "reference": source}),
        pinned_digest=digest,
        component=component,
        problem=problem,
    )


def _nowhere(model: str | None, reference: str, problem: str) -> CardReference:
    source = CardSource(type="modelcard", reference=reference[:300])
    return CardReference(model=model, source=source, pinned_digest=None, problem=problem)
