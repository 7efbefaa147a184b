"""Words of the table of kinds in the words of the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlgate.policy.workbench.pages.markdown import code
from mlgate.workloads.kinds.fields import Conditions, ReferenceField, ReferenceKind

_IN_ONE_LINE = 2
LIBRARIES = {
    "hub": "a bare name is looked up on the Hugging Face Hub",
    "modelscope": "a bare name is looked up on ModelScope",
    "ollama": "a bare name is looked up in the Ollama library",
    "ngc": "a bare name is looked up in NGC",
    "kaito": "a bare name is a preset of KAITO",
    "bento": "a bare name is looked up in the store of Yatai",
    "image": "the image that holds the model",
    "pvc": "the claim that holds the model",
}
ROLES = {
    "primary": "",
    "adapter": "an adapter",
    "draft": "a draft model",
    "explainer": "of an explainer",
    "transformer": "of a transformer",
    "tokenizer": "a tokenizer",
    "base": "the model that is trained",
}
CONTAINER_ROLES = {
    "server": "",
    "init": "before the others",
    "sidecar": "beside the others",
    "ephemeral": "ephemeral",
}
PURPOSES = {
    "logger": "where requests are logged to",
    "graphStep": "a step of the graph",
    "proxy": "a proxy",
    "cache": "a cache",
    "other": "",
}
MERGES = {
    "runtime": "its pod lies below this one",
    "pods": "what it runs counts as run here",
    "parts": "its parts lie below those of the same place",
    "models": "its models count",
    "configuration": "what stands in it counts like flags of the server",
    "none": "it must exist",
}
VOLUMES = {
    "pvc": "a claim",
    "hostPath": "a folder of the node",
    "emptyDir": "an empty folder",
    "nfs": "NFS",
    "secret": "a Secret",
    "source": "a volume as pods have them",
}


def listed(paths: Iterable[str]) -> str:
    """Paths one behind the other."""
    return ", ".join(code(path) for path in paths)


def noted(what: str, *notes: str) -> str:
    """Something with what is to be said of it in brackets, if anything is."""
    said = "; ".join(note for note in notes if note)
    return f"{what} ({said})" if said else what


def items(pairs: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """A list of what there is to say, under what it is about."""
    found: dict[str, list[str]] = {}
    for about, text in pairs:
        found.setdefault(about, []).append(text)
    return tuple(line for about, texts in found.items() for line in _item(about, texts))


def _item(about: str, texts: list[str]) -> Iterator[str]:
    if len(texts) <= _IN_ONE_LINE:
        yield f"- {about}: {'; '.join(texts)}"
    else:
        yield from (f"- {about}:", *(f"  - {text}" for text in texts))


def under(path: str, key: str) -> str:
    """A path below another; `.` is that one itself."""
    if key in {"", "."}:
        return path or "."
    return f"{path}.{key}" if path and not key.startswith("[") else f"{path}{key}"


def conditions(given: Conditions) -> str:
    """When something counts."""
    return " and ".join(_condition(field, values) for field, values in given.items())


def _condition(field: str, values: tuple[str, ...]) -> str:
    if not values:
        return f"without {code(field)}"
    if values == ("*",):
        return f"with {code(field)}"
    return f"where {code(field)} is {' or '.join(values)}"


def reference(field: ReferenceField) -> str:
    """Where another object is named, which, and what of it counts."""
    named = [key for key in (field.api_version, field.kind) if key]
    kinds = " or ".join(dict.fromkeys(_kind(kind) for kind in field.kinds))
    told = f"{kinds}, or what {listed(named)} says" if named else kinds
    told = f"{told}, picked for a model that names none" if field.picked else told
    return noted(f"{code(field.path)}: {told}", MERGES[field.merge], ROLES[field.role or "primary"])


def _kind(kind: ReferenceKind) -> str:
    where = f" in namespace {code(kind.namespaced)}" if isinstance(kind.namespaced, str) else ""
    return f"{kind.kind}{where}"
