"""What a waiver is for, as somebody names it on the command line."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import typer

from mlgate.cli.approving import ApprovedCard, artifact_digest, read_card

FORMS = (
    "workload=[NAMESPACE/]KIND/NAME, model=NAME@VERSION, digest=sha256:..., card=FILE, card=FILE#BOM-REF or"
    " card=modelcard/NAME"
)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class Subject:
    """A subject as a Waiver states it, and the card it was read from."""

    spec: dict[str, Any] = field(default_factory=dict)
    card: ApprovedCard | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """What names it to a person."""
        workload = self.spec.get("workload", {})
        named = (workload.get("name"), self.spec.get("model"), self.spec.get("version"))
        return tuple(word for word in named if word) or ("digest",)


def read_subject(given: Sequence[str], namespace: str | None, context: str | None) -> Subject:
    """The subject that all of the given parts make together.

    Raises:
        typer.BadParameter: a part is none of the forms, or something is named twice.
        ManifestError: a card that is named is not there, or cannot be used.
    """
    found = Subject()
    for text in given:
        kind, _, value = text.partition("=")
        card = read_card(value, namespace, context) if kind == "card" and value else None
        part = Subject(_of_card(card), card) if card else _stated(kind, value, text)
        if found.spec.keys() & part.spec.keys():
            raise typer.BadParameter(f"--subject {text}: something before it says that as well; name it once")
        found = Subject(found.spec | part.spec, found.card or part.card)
    return found


def _stated(kind: str, value: str, text: str) -> Subject:
    """A part that says everything itself. Raises typer.BadParameter."""
    read = _READERS.get(kind)
    spec = read(value) if read else None
    if spec is None:
        raise typer.BadParameter(f"--subject {text}: a subject is one of {FORMS}")
    return Subject(spec)


def _of_card(card: ApprovedCard) -> dict[str, Any]:
    """The version a card is about, and its artifact, so that another upload of that version is not meant."""
    model = (card.content.card or {})["model"]
    digest = artifact_digest(card.content)
    return {"model": model["name"], "version": model["version"]} | ({"digest": digest} if digest else {})


def _workload(value: str) -> dict[str, Any] | None:
    names = value.split("/")
    keys = ("kind", "name") if value.count("/") == 1 else ("namespace", "kind", "name")
    if len(names) != len(keys) or not all(names):
        return None
    return {"workload": dict(zip(keys, names, strict=True))}


def _model(value: str) -> dict[str, Any] | None:
    name, _, version = value.rpartition("@")
    return {"model": name, "version": version} if name and version else None


def _digest(value: str) -> dict[str, Any] | None:
    return {"digest": value} if _DIGEST.fullmatch(value) else None


_READERS: dict[str, Callable[[str], dict[str, Any] | None]] = {
    "workload": _workload,
    "model": _model,
    "digest": _digest,
}
