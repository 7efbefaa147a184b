"""`mlgate card`: start a model card, check it, convert one of another format, print what pins it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mlgate.cli.card_convert import Component, Repository, Revision, convert
from mlgate.cli.card_new import new
from mlgate.cli.cards import ReadCard, read_cards
from mlgate.cli.console import complain, lines, print_json, put
from mlgate.cli.options import Output, OutputOption
from mlgate.evidence.cards.formats.conversion import Origin

Paths = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH...",
        help="Files with model cards, folders of them, or - for standard input. FILE#BOM-REF for one model of"
        " a CycloneDX file with several.",
    ),
]


_EXAMPLES = {
    "validate": "Example: mlgate card validate card.yaml",
    "digest": "Example: mlgate card digest card.yaml",
    "convert": "Example: mlgate card convert README.md --repository acme/router --revision 4f2c > card.yaml",
    "new": "Example: mlgate card new --name router --version 1.0.0 --artifact s3://models/router > card.yaml",
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    card = typer.Typer(
        help="Start a model card, check it, convert one of another format, print its digest.",
        epilog=_EXAMPLES["validate"],
        no_args_is_help=True,
    )
    for command in (validate, digest, convert, new):
        card.command(command.__name__, epilog=_EXAMPLES[command.__name__])(command)
    app.add_typer(card, name="card")


def validate(
    paths: Paths,
    repository: Repository = None,
    revision: Revision = None,
    component: Component = None,
    output: OutputOption = Output.TEXT,
) -> None:
    """Check model cards for mistakes of form: every problem with its place in the file.

    It takes mlgate's own ModelCard, Hugging Face READMEs, CycloneDX, SPDX, Model Card Toolkit and VerifyML,
    and knows which one it is by the content. Whether what a sound card says is enough for a deployment is
    for policy: `mlgate check MANIFEST --card card.yaml` tells.

    Exit codes: 0 sound, 1 a card has problems, 2 a document could not be read at all.
    """
    cards = read_cards(paths, Origin(repository, revision, component))
    if output is Output.JSON:
        print_json([_wire(card) for card in cards])
    elif cards:
        put("\n".join(_text(card) for card in cards))
    _leave(cards, cards, paths)


def digest(paths: Paths, component: Component = None, output: OutputOption = Output.TEXT) -> None:
    """Print the reference that pins a card: `modelcard/<name>@sha256:<digest>`.

    It belongs into the annotation mlgate.dev/model-card of the workload; of a card that is no ModelCard
    object it begins with `file/` and the path, which only `mlgate check` reads. An approval names the same
    digest, so that any change of the card, except of its signOffs, ends it. (The digest is SHA-256 over the
    canonical JSON, RFC 8785, of spec without signOffs; of a card in another format, over the bytes of the
    file.)

    Exit codes: 0 printed, 1 a card has no digest or is no usable one, 2 a document could not be read at all.
    """
    cards = read_cards(paths, Origin(component=component))
    if output is Output.JSON:
        print_json([_wire(card) for card in cards])
    elif cards:
        put(
            "\n".join(lines([card.pinned_reference]) if card.may_be_pinned else _text(card) for card in cards)
        )
    _leave(cards, [card for card in cards if not card.may_be_pinned], paths)


def _leave(cards: list[ReadCard], blamed: list[ReadCard], paths: list[str]) -> None:
    """End with the exit code the cards deserve; without any there is nothing that could be sound."""
    if not cards:
        complain(f"{', '.join(paths)}: there is no model card in it")
    if not cards or any(card.unreadable for card in cards):
        raise typer.Exit(2)
    raise typer.Exit(1 if any(card.problems for card in blamed) else 0)


def _wire(card: ReadCard) -> dict[str, Any]:
    """A card for programs."""
    return {
        "source": card.document.source,
        "name": card.name,
        "format": card.content.format,
        "valid": not card.problems and not card.unreadable,
        "digest": card.digest,
        "problems": [problem.wire() for problem in card.problems],
        "lost": [entry.wire() for entry in card.content.lost],
    }


def _text(card: ReadCard) -> str:
    """A card for people."""
    place = card.document.place
    if not card.problems:
        head = f"{place}: {card.reference} is a valid card ({card.digest})"
        return lines([head, *_told_lost(card)])
    head = f"{place}: {card.reference} has {len(card.problems)} problem(s)"
    found = [f"  {problem.path or 'document'}: {problem.message}" for problem in card.problems]
    return lines([head, *found, *_told_lost(card)])


def _told_lost(card: ReadCard) -> list[str]:
    """What of a card in another format is not read, in a line each."""
    return [f"  not read: {entry.path or 'document'}: {entry.reason}" for entry in card.content.lost]
