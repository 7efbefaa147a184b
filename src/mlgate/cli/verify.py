"""`mlgate verify`: are the signature and the signed approvals of a card sound, and of this card?"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from mlgate.cli.approving import ApprovedCard, artifact_digests, read_card
from mlgate.cli.beside import signatures_in
from mlgate.cli.console import coloured, lines, print_json, put
from mlgate.cli.options import CARD_FORMS, CardNamespace, Kubecontext, Output, OutputOption
from mlgate.cli.uncounted import signer
from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import Card, CardSignature, CardSource, SignOff
from mlgate.errors import ManifestError
from mlgate.evidence.cards.formats.modelcard import CardContent
from mlgate.evidence.cards.load import LoadedCard
from mlgate.evidence.cards.sealed import CardVerifier
from mlgate.evidence.sign_offs import claims_of
from mlgate.evidence.signatures.bundles import BundleVerifier
from mlgate.evidence.signatures.keys import load_keys
from mlgate.evidence.signatures.verify import StatementVerifier

_EXAMPLE = "Example: mlgate verify card.yaml --key ines.pub.pem"
_SECONDS = 30.0
"""Time for signatures, which a person waits for."""


@dataclass(frozen=True)
class Checked:
    """One signed approval, and what is wrong with it."""

    sign_off: SignOff
    faults: tuple[str, ...]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("verify", epilog=_EXAMPLE)(verify)


def verify(
    card: Annotated[
        str,
        typer.Argument(help=f"The card: {CARD_FORMS}."),
    ],
    key: Annotated[
        list[Path] | None,
        typer.Option(
            help="Public keys (PEM) of those whose signatures you expect: files or folders; repeat."
        ),
    ] = None,
    trusted_root: Annotated[
        Path | None,
        typer.Option(help="For signatures made with Sigstore: its trusted_root.json. Nothing is downloaded."),
    ] = None,
    namespace: CardNamespace = None,
    context: Kubecontext = None,
    signature: Annotated[
        Path | None,
        typer.Option(help="File with a signature of the card, if it is not where mlgate looks for it."),
    ] = None,
    output: OutputOption = Output.TEXT,
) -> None:
    """Verify what `mlgate sign` made: who signed the card or an approval in it, and was it this very card?

    For each signature it prints ✓ or ✗, the key that made it and what is wrong. The signature of a card is
    looked for in the annotation of a ModelCard, and beside a file as FILE.sig or FILE.sigstore.json;
    approvals are those in `spec.signOffs`. You say by --key whose signatures you expect. Whether an approval
    counts in your cluster is another question, which `mlgate signoff verify` answers.

    Exit codes: 0 all are sound, 1 one is not, 2 there is none or the card cannot be read.
    """
    if not key and trusted_root is None:
        raise typer.BadParameter("name the signers you trust with --key or --trusted-root")
    bundles = BundleVerifier.load(trusted_root) if trusted_root else None
    verifier = StatementVerifier(load_keys(key or ()), bundles)
    read = read_card(card, namespace, context)
    content = read.content
    own = _signatures(read, signature, verifier)
    checked = [_checked(entry, content) for entry in _signed(content, card, verifier)]
    if not own and not checked:
        raise ManifestError(f"{card} has no signature and no signed approval; `mlgate sign` makes both")
    if output is Output.JSON:
        print_json([*map(_wire_signature, own), *map(_wire, checked)])
    else:
        put(coloured("\n".join([*map(_text_of_signature, own), *map(_text, checked)])))
    is_sound = all(entry.status == "verified" for entry in own) and not any(entry.faults for entry in checked)
    raise typer.Exit(0 if is_sound else 1)


def _signatures(
    read: ApprovedCard, named: Path | None, verifier: StatementVerifier
) -> tuple[CardSignature, ...]:
    """What the signatures of the card are worth, those beside it and the one that is named."""
    more = signatures_in(named) if named else ()
    detached = replace(read.detached, texts=(*more, *read.detached.texts))
    return asyncio.run(CardVerifier(verifier).verify(detached, read.content.digest, Deadline.after(_SECONDS)))


def _wire_signature(entry: CardSignature) -> dict[str, Any]:
    return {"cardSignature": entry.wire(), "faults": [entry.reason] if entry.reason else []}


def _text_of_signature(entry: CardSignature) -> str:
    if entry.status != "verified":
        return lines([f"✗ card: its signature {entry.reason}"])
    at = f" at {entry.signed_at}" if entry.signed_at else ""
    return lines([f"✓ card: signed by {signer(entry)}{at}"])


def _signed(content: CardContent, reference: str, verifier: StatementVerifier) -> list[SignOff]:
    source = CardSource(type="file", reference=reference)
    card = Card(source=source, status="found", digest=content.digest, card=content.card)
    found = claims_of(LoadedCard(card, content.claims), verifier)
    return [entry for entry in found if entry.source.type == "cardStatement"]


def _checked(entry: SignOff, content: CardContent) -> Checked:
    faults = [f"{problem.path}: {problem.message}" for problem in entry.problems]
    if entry.assurance == "signed":
        faults += [*_other_subject(entry, content), *_other_name(entry)]
    return Checked(entry, tuple(faults))


def _other_name(entry: SignOff) -> list[str]:
    """That a certificate is somebody else's; whose a key is, only the settings of policy know."""
    identity = entry.signature.identity if entry.signature else None
    if identity is None or (entry.approver or "").strip().lower() == identity.lower():
        return []
    told = f"it names {entry.approver} as approver, and {identity} signed it"
    return [f"{told}; it counts only where setting signOff.trustedSigners says that this is one person"]


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
