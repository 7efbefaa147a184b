"""The part of the page about one kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kinds_guide.parts import lines_of
from kinds_guide.phrases import conditions, items, listed, noted, under
from mlgate.policy.workbench.pages.markdown import code, inline
from mlgate.workloads.kinds.rows import Component, ExposureField, Kind, RolloutField

SCOPES = {
    "none": "nobody",
    "cluster": "callers inside the cluster",
    "unknown": "unknown callers",
    "external": "callers outside",
}
STRATEGIES = {
    "canary": "canary",
    "shadow": "shadow",
    "blueGreen": "blue-green",
    "unknown": "in a way not known",
}
Parts = tuple[tuple[str, ...], ...]
Lines = Iterator[tuple[str, str]]


def kind_part(row: Kind, told: dict[Parts, Kind]) -> Iterator[str]:
    """Heading, what it is, its parts, what holds for all of them, and what is not read.

    `told` are the parts of the kinds before it, and who had them.
    """
    yield from (
        f'<a id="{anchor(row)}"></a>',
        "",
        f"### {row.kind}",
        "",
        f"{_versions(row)}. {purpose(row)}",
        "",
    )
    parts = _parts(row)
    twin = told.setdefault(parts, row)
    if twin != row:
        yield from (f"Its parts are those of [{twin.kind}](#{anchor(twin)}).", "")
    else:
        for part in parts:
            yield from (*part, "")
    whole = items(pair for write in WRITERS.values() for pair in write(row))
    if whole:
        yield from ("For the whole object:", "", *whole, "")
    if row.unread:
        yield from ("Not read:", "", *(f"- {inline(text)}" for text in row.unread), "")


def anchor(row: Kind) -> str:
    """Where the page tells of the kind; kinds of several groups can share a name."""
    return f"{row.group or 'core'}-{row.kind}".lower()


def purpose(row: Kind) -> str:
    """What an object of the kind is."""
    said = [
        "it serves a model" if row.serves else "",
        "it trains a model" if row.trains else "",
        f"it serves with {listed(row.serves_with)}" if row.serves_with else "",
        f"it trains with {listed(row.trains_with)}" if row.trains_with else "",
        "it is a template model servers are made from" if row.runtime else "",
        "one that names a model itself serves it" if row.makes_pods else "",
        "it leads requests to models" if row.route else "",
        f"{conditions(row.helps)}, it serves only if it names a model" if row.helps else "",
    ]
    text = ", ".join(filter(None, said)) or "what its containers run decides"
    batch = "; it runs to an end, so that a GPU points to training" if row.batch else ""
    lasting = "; it keeps running, so that a GPU alone is a model being run" if row.lasting else ""
    return f"{text[0].upper()}{text[1:]}{batch}{lasting}."


def _versions(row: Kind) -> str:
    group = f"{row.group}/" if row.group else ""
    versions = listed(f"{group}{version}" for version in row.versions)
    below = (
        f", with {listed(f'{row.resource}/{name}' for name in row.subresources)}" if row.subresources else ""
    )
    return noted(
        f"{versions}, {code(row.resource)}{below}", "cluster-scoped" if row.scope == "Cluster" else ""
    )


def _parts(row: Kind) -> Parts:
    """The lines of every part; those that say the same share them."""
    shared: dict[tuple[str, ...], list[str]] = {}
    for component in row.components:
        shared.setdefault(lines_of(component), []).append(_place(component))
    return tuple((f"**{', '.join(places)}**", "", *lines) for lines, places in shared.items() if lines)


def _place(component: Component) -> str:
    return noted(code(component.path), conditions(component.where))


def _for_all(row: Kind) -> Lines:
    for about, paths in (
        ("Variables of all containers", row.env),
        ("Arguments of all containers", row.args),
        ("Claims for each pod", (row.claim_templates,) if row.claim_templates else ()),
        ("Labels of its pods", tuple(row.pod_labels)),
        ("Name of the model for callers", (row.served_name,) if row.served_name else ()),
        ("Templates that the platform fills in", row.templates.within if row.templates else ()),
        ("Labels and annotations of the platform", (f"{row.reserved.prefix}*",) if row.reserved else ()),
        (
            "Dry runs of its operator, not judged: generateName",
            (f"*{row.rehearsed}",) if row.rehearsed else (),
        ),
        ("Annotations the platform takes back", tuple(f"{prefix}*" for prefix in row.kept)),
    ):
        if paths:
            yield about, listed(paths)


def _reached(row: Kind) -> Lines:
    if row.exposure is not None:
        label = code(f"{row.exposure.label}: {row.exposure.value}")
        yield (
            "Reached by",
            f"{SCOPES['cluster']} with the label {label}, else {SCOPES[row.exposure.otherwise]}",
        )
    for field in row.exposures:
        yield "Reached by", _opening(field)
    if row.exposure is None and (row.exposures or row.reached != "none"):
        yield "Reached by", f"{'else ' if row.exposures else ''}{SCOPES[row.reached]}"


def _opening(field: ExposureField) -> str:
    values = f" is {' or '.join(field.values)}" if field.values else " is there"
    tls = f"TLS in {code(field.tls)}" if field.tls else ""
    return noted(f"{SCOPES[field.scope]} where {code(field.path)}{values}", tls)


def _rollouts(row: Kind) -> Lines:
    for part in row.components:
        for path in part.canary_percent:
            yield "New versions", f"canary with its share in {code(under(part.path, path))}"
    for field in row.rollouts:
        yield "New versions", _rollout(field)


def _rollout(field: RolloutField) -> str:
    share = field.path if field.percent == "." else under(field.path, field.percent or "")
    return noted(
        f"{STRATEGIES[field.strategy]} where {code(field.path)} is there",
        f"its share in {code(share)}" if field.percent else "",
        f"of {code(field.total)}" if field.total else "",
        f"at least {field.at_least} of them" if field.at_least > 1 else "",
        f"the new one has {listed(field.new)}" if field.new else "",
        f"the old one has {listed(field.old)}" if field.old else "",
    )


def _scale(row: Kind) -> Lines:
    for path in row.scale:
        yield "How many pods run (a change of nothing else is none)", code(path)


WRITERS: dict[str, Callable[[Kind], Lines]] = {
    "env args claim_templates pod_labels served_name templates reserved rehearsed kept": _for_all,
    "exposure exposures reached": _reached,
    "rollouts": _rollouts,
    "scale": _scale,
}
"""Who writes which words of a row; the others are told by `kind_part` itself."""
