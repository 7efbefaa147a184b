"""`mlgate card`: check a model card before it is applied, and print the digest that pins it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mlgate.cli.cards import ReadCard, read_cards
from mlgate.cli.console import complain, lines, print_json, put
from mlgate.cli.options import Output, OutputOption

Paths = Annotated[
    list[str], typer.Argument(metavar="PATH...", help="Card files, folders, or - for standard input.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    card = typer.Typer(
        help="Check a model card, print its digest.",
        epilog="Example: mlgate card validate card.yaml",
        no_args_is_help=True,
    )
    card.command("validate", epilog="Example: mlgate card validate card.yaml")(validate)
    card.command("digest", epilog="Example: mlgate card digest card.yaml")(digest)
    app.add_typer(card, name="card")


def validate(paths: Paths, output: OutputOption = Output.TEXT) -> None:
    """Check model cards: every problem with its place.

    Exit codes: 0 sound, 1 a card has problems, 2 a document could not be read at all.
    """
    cards = read_cards(paths)
    if output is Output.JSON:
        print_json([_wire(card) for card in cards])
    elif cards:
        put("\n".join(_text(card) for card in cards))
    _leave(cards, cards, paths)


def digest(paths: Paths, output: OutputOption = Output.TEXT) -> None:
    """Print the reference that pins a card: `modelcard/<name>@sha256:<digest>`.

    The digest is SHA-256 over the canonical JSON (RFC 8785) of spec without signOffs.
    Exit codes: 0 printed, 1 a card has no digest, 2 a document could not be read at all.
    """
    cards = read_cards(paths)
    if output is Output.JSON:
        print_json([_wire(card) for card in cards])
    elif cards:
        put("\n".join(lines([card.pinned_reference]) if card.digest else _text(card) for card in cards))
    _leave(cards, [card for card in cards if card.digest is None], paths)


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
        "valid": not card.problems and not card.unreadable,
        "digest": card.digest,
        "problems": [problem.wire() for problem in card.problems],
    }


def _text(card: ReadCard) -> str:
    """A card for people."""
    place = card.document.place
    if not card.problems:
        return lines([f"{place}: {card.reference} is a valid card ({card.digest})"])
    head = f"{place}: {card.reference} has {len(card.problems)} problem(s)"
    found = [f"  {problem.path or 'document'}: {problem.message}" for problem in card.problems]
    return lines([head, *found])
