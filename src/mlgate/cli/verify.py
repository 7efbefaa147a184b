"""`mlgate verify`: are the signed approvals of a card sound, and of this card?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from mlgate.cli.approving import artifact_digests, read_card
from mlgate.cli.console import coloured, lines, print_json, put
from mlgate.cli.options import Output, OutputOption
from mlgate.cli.uncounted import signer
from mlgate.domain.evidence import Card, CardSource, SignOff
from mlgate.errors import ManifestError
from mlgate.evidence.cards.formats.modelcard import CardContent
from mlgate.evidence.cards.load import LoadedCard
from mlgate.evidence.sign_offs import claims_of
from mlgate.evidence.signatures.bundles import BundleVerifier
from mlgate.evidence.signatures.keys import load_keys
from mlgate.evidence.signatures.verify import StatementVerifier

_EXAMPLE = "Example: mlgate verify card.yaml --key ines.pub.pem"


@dataclass(frozen=True)
class Checked:
    """One signed approval, and what is wrong with it."""

    sign_off: SignOff
    faults: tuple[str, ...]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("verify", epilog=_EXAMPLE)(verify)


def verify(
    card: Annotated[str, typer.Argument(help="The card: a file, or modelcard/NAME in the cluster.")],
    key: Annotated[
        list[Path] | None, typer.Option(help="Public keys (PEM) of signers: files or folders.")
    ] = None,
    trusted_root: Annotated[
        Path | None, typer.Option(help="trusted_root.json of a Sigstore, to verify its bundles with.")
    ] = None,
    namespace: Annotated[str | None, typer.Option("--namespace", "-n", help="Namespace of the card.")] = None,
    context: Annotated[str | None, typer.Option(help="Context of the kubeconfig.")] = None,
    output: OutputOption = Output.TEXT,
) -> None:
    """Verify the signed approvals a card carries: who signed, and whether it was this card.

    Exit codes: 0 all are sound, 1 one is not, 2 there is none or the card cannot be read.
    """
    if not key and trusted_root is None:
        raise typer.BadParameter("name the signers you trust with --key or --trusted-root")
    bundles = BundleVerifier.load(trusted_root) if trusted_root else None
    verifier = StatementVerifier(load_keys(key or ()), bundles)
    content = read_card(card, namespace, context).content
    checked = [_checked(entry, content) for entry in _signed(content, card, verifier)]
    if not checked:
        raise ManifestError(f"{card} carries no signed approval; `mlgate sign` makes one")
    if output is Output.JSON:
        print_json([_wire(entry) for entry in checked])
    else:
        put("\n".join(coloured(_text(entry)) for entry in checked))
    raise typer.Exit(1 if any(entry.faults for entry in checked) else 0)


def _signed(content: CardContent, reference: str, verifier: StatementVerifier) -> list[SignOff]:
    source = CardSource(type="file", reference=reference)
    card = Card(source=source, status="found", digest=content.digest, card=content.card)
    found = claims_of(LoadedCard(card, content.claims), verifier)
    return [entry for entry in found if entry.source.type == "cardStatement"]


def _checked(entry: SignOff, content: CardContent) -> Checked:
    faults = [f"{problem.path}: {problem.message}" for problem in entry.problems]
    if entry.assurance == "signed":
        faults += _other_subject(entry, content)
    return Checked(entry, tuple(faults))


def _other_subject(entry: SignOff, content: CardContent) -> list[str]:
    """How what was approved differs from this card."""
    model = (content.card or {})["model"]
    digests: list[str | None] = [*artifact_digests(content)]
    subject = entry.subject
    pairs = (
        ("model", subject.model, [model["name"]]),
        ("version", subject.version, [model["version"]]),
        ("digest of the card", subject.card_digest, [content.digest]),
        ("digest of the model", subject.digest, digests or [None]),
    )
    return [
        f"it approves {what} {told}, and the card has {', '.join(map(str, wanted))}"
        for what, told, wanted in pairs
        if told not in wanted
    ]


def _wire(entry: Checked) -> dict[str, Any]:
    return {**entry.sign_off.wire(), "faults": list(entry.faults)}


def _text(entry: Checked) -> str:
    sign_off = entry.sign_off
    mark = "✗" if entry.faults else "✓"
    who = signer(sign_off.signature)
    until = f", until {sign_off.expires_at}" if sign_off.expires_at else ""
    head = (
        f"{mark} {sign_off.source.reference}: {sign_off.decision} as {sign_off.role} by {sign_off.approver}"
        f" at {sign_off.issued_at}{until}, signed by {who}"
    )
    return lines([head, *(f"    {fault}" for fault in entry.faults)])
