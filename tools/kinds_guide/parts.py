"""What the table says of one part of a kind, line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kinds_guide.phrases import (
    CONTAINER_ROLES,
    LIBRARIES,
    PURPOSES,
    ROLES,
    VOLUMES,
    conditions,
    items,
    listed,
    noted,
    reference,
    under,
)
from mlgate.policy.workbench.pages.markdown import code
from mlgate.workloads.kinds.fields import ContainerField, ModelField, VariablesField, VolumeField
from mlgate.workloads.kinds.rows import Component

Lines = Iterator[tuple[str, str]]
"""What it is about, and what there is to say."""


def lines_of(component: Component) -> tuple[str, ...]:
    """Everything but where it is: an item for each thing it is about."""
    return items(pair for write in WRITERS.values() for pair in write(component))


def _pods(part: Component) -> Lines:
    shell = "a shell runs its command as one line" if part.in_shell else ""
    if part.layout == "template":
        yield "Pods", noted("a pod template: labels in `metadata`, the pod in `spec`", shell)
    elif part.layout == "pod":
        yield "Pods", noted("it is one itself", shell)
    elif part.layout == "spec":
        where = f"in {code(part.pod_spec)}" if part.pod_spec else "here"
        yield "Pods", noted(f"the fields of a pod stand {where}", shell)
    if part.labels:
        yield (
            "Pods",
            f"further labels in {listed([part.labels] if isinstance(part.labels, str) else part.labels)}",
        )
    for name, path in part.settings.items():
        yield "Pods", f"{code(name)} from {code(path)}"
    for name, value in part.fixed.items():
        yield "Pods", f"{code(name)} is {code(value)} unless it is set"


def _containers(part: Component) -> Lines:
    for path, role in part.lists.items():
        yield "Containers", noted(f"the list {code(path)}", CONTAINER_ROLES[role])
    alike: dict[tuple[str, ...], list[str]] = {}
    for path, given in part.containers.items():
        field = given if isinstance(given, ContainerField) else ContainerField(name=given)
        alike.setdefault(tuple(_notes(field)), []).append(path)
    for notes, paths in alike.items():
        yield (
            "Containers",
            noted(", ".join("this part itself" if path == "." else code(path) for path in paths), *notes),
        )
    if part.given:
        yield "Variables", f"{listed(part.given)} say where the platform puts the model, and name none"
    if part.data:
        yield "Containers", f"those called {listed(part.data)} load data, not models"


def _notes(field: ContainerField) -> Iterator[str]:
    yield CONTAINER_ROLES[field.role]
    yield conditions(field.where)
    for key, found in field.fields.items():
        yield f"{key} from {code(found) if isinstance(found, str) else ' or '.join(map(code, found))}"
    if field.inside:
        yield f"the rest of it in {code(field.inside)}"
    if field.tag:
        yield f"the tag of its image from {code(field.tag)}"
    if field.variables:
        yield f"variables from {listed(_variables(given) for given in field.variables)}"
    for name, where in field.from_secret.items():
        yield f"{code(name)} from the Secret in {code(where)}"
    if field.secrets:
        yield f"variables from the Secrets in {listed(field.secrets)}"
    if field.elsewhere:
        yield "runs in pods of another object"


def _variables(given: str | VariablesField) -> str:
    return given if isinstance(given, str) else under(given.path, f"{{{given.name},{given.value}}}")


def _models(part: Component) -> Lines:
    for field in part.models:
        yield "Models", _model(field, part.role)
    for field in part.storages:
        where = code(under(field.path, "{key,path,parameters}"))
        yield "Models", f"{where} (an address in a store; the Secret behind the key is not read)"
    for told, paths in (
        ("command lines in", part.commands),
        ("settings of any shape in", part.arguments),
        ("if nothing names one, what comes with the code at", part.code),
        ("callers may load adapters with", part.runtime_lora),
    ):
        if paths:
            yield "Models", f"{told} {listed(paths)}"
    if part.loader:
        yield "Models", f"unless {code(part.loader)} is false, the platform loads what is named"


def _in_images(part: Component) -> Lines:
    if part.image_holds_model:
        yield "Models", "without an address, the image of its container"
    if part.image_if_none:
        yield "Models", "if no part names one, the image of its container"
    if part.in_container is not None:
        yield "Models", f"without an address, the image of the container {code(part.in_container.name)} names"
    if part.follows:
        yield "Models", "none of its own: it joins the server of another part"


def _model(field: ModelField, role: str) -> str:
    forms = field.first or ((field.volume,) if field.volume else ("",))
    where = " or else ".join(code(under(field.path, form)) for form in forms)
    if field.join:
        where = " + ".join(code(under(field.path, key)) for key in field.join)
    return noted(
        where,
        ROLES[field.role or role],
        LIBRARIES[field.library] if field.library else "",
        "the volume that holds it" if field.volume else "",
        f"revision in {code(field.revision)}" if field.revision else "",
        f"name in {code(field.name)}" if field.name else "",
        conditions(field.where),
    )


def _data(part: Component) -> Lines:
    for path in part.datasets:
        yield "Data for training", code(path)


def _volumes(part: Component) -> Lines:
    for field in part.volumes:
        yield "Volumes", _volume(field)
    for mount in part.mounts:
        at = f"{code(under(mount.path, mount.at))}, else " if mount.at else ""
        yield "Volumes", f"{code(mount.path)} is mounted at {at}{code(mount.otherwise)}"
    for file in part.files:
        yield "Files", code(under(file.path, f"{{{file.at},{file.content}}}"))


def _volume(field: VolumeField) -> str:
    fields = [name for name in (field.claim, field.storage_class) if name]
    below = f"{{{','.join(fields)}}}" if len(fields) > 1 else "".join(fields)
    return noted(
        code(under(field.path, below)),
        VOLUMES[field.kind],
        f"{code(field.called)} without a name" if field.called else "",
        "" if field.holds_model else "holds no model",
        f"where it is {' or '.join(field.values)}" if field.values else "",
        conditions(field.where),
    )


def _calls(part: Component) -> Lines:
    for purpose, told in PURPOSES.items():
        for field in (field for field in part.endpoints if field.purpose == purpose):
            every = "every address within " if field.within else ""
            yield "Addresses it calls", noted(f"{every}{code(field.path)}", told)
    for path in part.loggers:
        yield "Addresses it calls", f"{code(under(path, '{url,mode}'))} (logging of requests)"


def _rest(part: Component) -> Lines:
    for field in part.references:
        yield "Other objects", reference(field)
    for path in part.confidential:
        yield "Confidential loading", code(under(path, "{enabled,resourceId}"))


WRITERS: dict[str, Callable[[Component], Lines]] = {
    "layout pod_spec labels settings fixed in_shell": _pods,
    "containers lists given data": _containers,
    "models storages commands arguments code loader runtime_lora": _models,
    "image_holds_model image_if_none in_container follows": _in_images,
    "datasets": _data,
    "volumes mounts files": _volumes,
    "endpoints loggers": _calls,
    "references confidential": _rest,
}
"""Who writes which words of a component; the rest of them is told with the kind."""
