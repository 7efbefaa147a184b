"""The front matter of a Hugging Face README: what the Hub calls the metadata of a model card."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from mlgate.evidence.cards.formats.conversion import Conversion, Draft, Foreign, Origin
from mlgate.evidence.cards.formats.node import Node
from mlgate.evidence.cards.formats.words import task_of

FORMAT = "huggingface"
PLACES = {
    "card.model.name": "model-index[0].name or mlgate.model.name",
    "card.model.version": "mlgate.model.version, or read the card with its repository and revision",
    "card.model.artifacts": "mlgate.model.artifacts, or read the card with its repository and revision",
}
"""Where an author would write what identifies the model."""
_REASONS = {
    "metrics": "names of metrics without values prove nothing",
    "tags": "free words prove nothing",
    "verified": "a mark of the Hub that mlgate cannot verify",
    "verifyToken": "a mark of the Hub that mlgate cannot verify",
    "task": "the task is taken from pipeline_tag",
    "dataset": "kept only where the same metric was measured on several data sets",
}
_PROSE = "prose is never read as evidence"
_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?", re.ASCII)


def convert(foreign: Foreign) -> Conversion:
    """Map the front matter; what identifies the model comes from its repository where there is one."""
    draft = Draft(foreign)
    root, origin = draft.root, foreign.origin
    organisation = _organisation(origin.repository)
    spec: dict[str, Any] = {
        "model": _model(root, origin, organisation),
        "datasets": _datasets(root.get("datasets")),
        "suppliers": _suppliers(root, organisation),
        "evaluation": {"metrics": _metrics(root.get("model-index"))},
    }
    if foreign.prose:
        body = Node("", f"{root.path}.(body)", draft.reader)
        body.lose(_PROSE)
        root.attach(body)
    return draft.finished(FORMAT, spec, _extension(root.get("mlgate")), _REASONS)


def _extension(node: Node) -> Any:
    if node and not isinstance(node.value, dict):
        node.complain("must be an object, fields of a ModelCard's spec")
    return node.take()


def _organisation(repository: str | None) -> str | None:
    return repository.split("/")[0] if repository and "/" in repository else None


def _model(root: Node, origin: Origin, organisation: str | None) -> dict[str, Any]:
    index = root.get("model-index")
    name = _indexed(index, origin.repository)
    if len(index.each()) > 1:
        index.complain(f"describes {len(index.each())} models; one card is about one")
    tag = root.get("pipeline_tag").text()
    model: dict[str, Any] = {"task": task_of(tag) if tag else None, "supplier": organisation}
    if origin.repository and origin.revision:
        uri = f"hf://{origin.repository}:{origin.revision}"
        model |= {"version": origin.revision, "artifacts": [{"uri": uri}]}
    return model | {"name": name}


def _indexed(index: Node, repository: str | None) -> str | None:
    """The repository, else the name in the index where it is the index of one model."""
    entries = index.each()
    for entry in entries if repository else ():
        entry.get("name").lose("the repository names the model")
    if repository:
        return repository
    return entries[0].get("name").text() if len(entries) == 1 else None


def _suppliers(root: Node, organisation: str | None) -> list[dict[str, Any]]:
    """The organisation, with the license of what it supplies."""
    node, named = root.get("license"), root.get("license_name")
    entries = node.each() if isinstance(node.value, list) else [node]
    license_id = entries[0].text() if entries else None
    for other in entries[1:]:
        other.lose("of several licenses the first one is kept")
    stated = named.text() if license_id in (None, "other") else None
    if organisation is None:
        for left in (node, named):
            left.lose("a license belongs to a supplier, and the file names none")
        return []
    return [{"name": organisation, "license": stated or license_id}]


def _datasets(node: Node) -> list[dict[str, Any]]:
    entries = [node] if isinstance(node.value, str) else node.each()
    found = []
    for entry in entries:
        name = entry.text()
        if name is None:
            continue
        dataset: dict[str, Any] = {"name": name, "role": "training"}
        if _REPOSITORY.fullmatch(name):
            dataset |= {"source": f"hf://datasets/{name}", "supplier": _organisation(name)}
        else:
            entry.complain("is not the id of a dataset repository")
        found.append(dataset)
    return found


def _metrics(index: Node) -> list[dict[str, Any]]:
    """Measured values, named apart by what they were measured on where the same metric comes twice."""
    measured = [
        (result.get("dataset"), metric)
        for entry in index.each()
        for result in entry.get("results").each()
        for metric in result.get("metrics").each()
    ]
    often = Counter(metric.get("type").text() for _, metric in measured)
    return [_metric(dataset, metric, often) for dataset, metric in measured]


def _metric(dataset: Node, metric: Node, often: Counter[str | None]) -> dict[str, Any]:
    name = metric.get("type").text()
    if name is None:
        metric.get("type").complain("is needed: the name of the metric")
    found: dict[str, Any] = {"name": name, "value": metric.get("value").number()}
    if often[name] > 1:
        parts = [dataset.get(key).text() for key in ("name", "config", "split")]
        found["slice"] = " ".join(part for part in parts if part)
    return found
