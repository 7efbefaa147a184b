"""`mlgate card new`: the card of a model that has none yet, with every field explained."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap
from typing import Annotated, Any

import typer

from mlgate.cli.console import lines, put
from mlgate.cli.written import card_manifest, yaml_text
from mlgate.doctor.shipped import definitions
from mlgate.evidence.cards.formats.modelcard import read_spec

Schema = dict[str, Any]
_WIDTH = 108
_LEFT_OUT = frozenset({"model", "signOffs"})
"""The model is filled in, and approvals are objects of their own."""
_HEAD = """\
# What this card says is judged when the model is deployed. Below the model every field is a comment: remove
# the mark in front of those you can answer, and fill them in. Leave out what you do not know: an answer that
# is missing is asked for with its reason, a made-up one is a false statement in an audit.
# 1. mlgate card validate CARD.yaml     says what is wrong with it
# 2. kubectl apply -f CARD.yaml         stores it beside the workload
# 3. mlgate card digest CARD.yaml       prints what goes into the workload's annotation mlgate.dev/model-card
# 4. mlgate signoff new --card CARD.yaml --role businessOwner     makes an approval"""


def new(
    name: Annotated[str, typer.Option(help="Name of the model, the same for all its versions.")],
    version: Annotated[str, typer.Option(help="Version of the model this card is about, as 1.0.0.")],
    artifact: Annotated[
        list[str], typer.Option(help="Address the model is served from, as the workload writes it; repeat.")
    ],
    digest: Annotated[
        str | None, typer.Option(help="Digest of the artifact: sha256: and 64 hexadecimal digits.")
    ] = None,
    namespace: Annotated[
        str | None, typer.Option("--namespace", "-n", help="Namespace of the workload and the card.")
    ] = None,
) -> None:
    """Print a card to start from: the model filled in, every other field as a comment that explains it.

    A model card states what a model is for, what it was made from and how it was tested. The model's name,
    version and address are all a card needs; which further fields a deployment needs depends on how risky
    the model is and where it runs, and a refusal names them.
    """
    if digest is not None and len(artifact) > 1:
        raise typer.BadParameter("--digest is for one artifact; add the others' digests to the card")
    stated = {"digest": digest} if digest else {}
    spec = {
        "model": {"name": name, "version": version, "artifacts": [{"uri": uri} | stated for uri in artifact]}
    }
    problems = read_spec(spec).problems
    if problems:
        raise typer.BadParameter(f"{problems[0].path}: {problems[0].message}")
    manifest = card_manifest(spec, [], name=None, namespace=namespace)
    put("\n".join([_HEAD, yaml_text(manifest), *map(lines, ([line] for line in template()))]))


def template() -> Iterator[str]:
    """Every field of a card as a comment, with what it means; indented so that it follows the model."""
    _, definition = definitions()["modelcards.mlgate.dev"]
    spec = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]
    model = dict(spec["properties"]["model"]["properties"])
    for key in ("name", "version", "artifacts"):
        model.pop(key)
    yield from _commented(_fields({"properties": model}, "    "))
    rest = {key: part for key, part in spec["properties"].items() if key not in _LEFT_OUT}
    yield from _commented(_fields({"properties": rest}, "  "))


def _commented(texts: Iterator[str]) -> Iterator[str]:
    """Each line with the mark of a comment at its start, where it is easily removed."""
    return (f"#{text}" for text in texts)


def _fields(schema: Schema, indent: str, first: str = "") -> Iterator[str]:
    """The fields of an object; `first` begins the first of them where it is an item of a list."""
    begin = first or indent
    for key, part in schema["properties"].items():
        meaning = " ".join(str(part.get("description", "")).split())
        explained = [f"{indent}# {text}" for text in wrap(meaning, _WIDTH - len(indent))]
        yield from explained
        yield f"{begin}{key}:{_hint(part)}"
        yield from _below(part, indent)
        begin = indent


def _below(part: Schema, indent: str) -> Iterator[str]:
    if part.get("properties"):
        yield from _fields(part, indent + "  ")
    elif part.get("items", {}).get("properties"):
        yield from _fields(part["items"], indent + "    ", indent + "  - ")


def _hint(part: Schema) -> str:
    """What may stand behind the colon, as a comment: so that a field nobody filled in says nothing."""
    if part.get("properties") or part.get("items", {}).get("properties"):
        return ""
    item = part.get("items", part)
    choices = " | ".join(str(choice) for choice in item.get("enum", ()))
    if part["type"] == "array":
        return f"  # a list of: {choices}" if choices else "  # a list, as in [one, two]"
    if choices:
        return f"  # {choices}"
    if part["type"] == "object":
        return '  # as in {epochs: "4"}'
    if "[0-9]{4}" in part.get("pattern", ""):
        return '  # "YYYY-MM-DD"'
    kinds = {"boolean": "true | false", "integer": "a whole number", "number": "a number"}
    return f"  # {kinds[part['type']]}" if part["type"] in kinds else ""
