"""`mlgate signoff verify`: would this approval count, and if not, why?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from mlgate.assembly import CheckFrom
from mlgate.cli.approving import CARD_IN_CLUSTER
from mlgate.cli.console import coloured, lines, print_json, put, say
from mlgate.cli.counting import (
    SIGN_OFF_IN_CLUSTER,
    Entry,
    Question,
    question_of_card,
    question_of_file,
    question_of_sign_off,
)
from mlgate.cli.manifests import exists
from mlgate.cli.options import (
    CARD_FORMS,
    AssumeAuthenticated,
    At,
    BundleKey,
    CardNamespace,
    Kubecontext,
    Output,
    OutputOption,
    moment,
)
from mlgate.cli.policy.options import opa_program
from mlgate.cli.uncounted import Held, reasons
from mlgate.engines import bundle_for
from mlgate.policy.workbench.approvals import Standing, standings


@dataclass(frozen=True)
class Verified:
    """One approval or rejection, and everything that keeps it from counting."""

    entry: Entry
    standing: Standing | None
    reasons: tuple[str, ...]

    @property
    def counts(self) -> bool:
        """It has an effect on the model of the card."""
        return self.standing is not None and self.standing.counts


def verify(
    target: Annotated[
        str,
        typer.Argument(
            help="What to look at: modelcard/NAME for every approval of a card in the cluster, signoff/NAME"
            " for one, or a file with SignOffs."
        ),
    ],
    card: Annotated[
        str | None,
        typer.Option(help=f"The card that was approved, for signoff/NAME or a file: {CARD_FORMS}."),
    ] = None,
    namespace: CardNamespace = None,
    context: Kubecontext = None,
    at: At = None,
    assume_authenticated: AssumeAuthenticated = False,
    bundle: Annotated[Path | None, typer.Option(help="A policy bundle or source tree.")] = None,
    bundle_key: BundleKey = None,
    settings: Annotated[Path | None, typer.Option(help="The site's policy settings (YAML).")] = None,
    output: OutputOption = Output.TEXT,
) -> None:
    """Say whether an approval counts for its card, and every reason why not.

    It prints ✓ or ✗ for each, with the reasons: it is of another version or card, has ended, was given by
    an author of the model, or nothing shows that its approver made it. The same policy answers that judges
    deployments. A SignOff in a file is worth nothing until its approver creates it, for anybody can write a
    file; --assume-authenticated tells whether it will count then. Two things it cannot know: who will deploy
    (they may not have approved), and your site's own settings, unless --settings or --bundle names them.

    Exit codes: 0 all count, 1 one does not, 2 there is none, or it cannot be told.
    """
    source = CheckFrom(
        objects=(),
        namespace=namespace or "default",
        at=moment(at),
        bundle=bundle,
        bundle_key=bundle_key,
        overrides=settings,
        context=context,
        assume_authenticated=assume_authenticated,
    )
    question = _question(target, card, namespace, source)
    opa = opa_program()
    policy = bundle_for(source.settings(), opa).path
    assert policy is not None  # noqa: S101 - built or loaded here
    found = standings(question.document, policy, opa)
    verified = [_verified(entry, found, question) for entry in question.entries]
    if output is Output.JSON:
        print_json([_wire(entry) for entry in verified])
    else:
        if assume_authenticated:
            say("note: it is assumed that each approver has created their SignOff in a guarded cluster")
        put("\n".join(coloured(_text(entry)) for entry in verified))
    raise typer.Exit(0 if all(entry.counts for entry in verified) else 1)


def _question(target: str, card: str | None, namespace: str | None, source: CheckFrom) -> Question:
    """What is asked about. Raises typer.BadParameter where options contradict the target."""
    there = exists(target)
    stored = None if there else SIGN_OFF_IN_CLUSTER.fullmatch(target)
    carded = None if there else CARD_IN_CLUSTER.fullmatch(target)
    if stored is None and carded is None:
        return question_of_file(target, card, namespace, source)
    if source.assume_authenticated:
        raise typer.BadParameter("--assume-authenticated is for files; the cluster says what is authentic")
    if stored is not None:
        return question_of_sign_off(stored["name"], card, namespace, source)
    if card is not None:
        raise typer.BadParameter(f"--card: {target} is the card already")
    return question_of_card(target, namespace, source)


def _verified(entry: Entry, found: dict[int, Standing], question: Question) -> Verified:
    standing = found.get(entry.index) if entry.index is not None else None
    if standing is None:
        return Verified(entry, None, (_elsewhere(entry, question),))
    return Verified(
        entry, standing, reasons(Held(entry.sign_off, question.card, standing, not question.live))
    )


def _elsewhere(entry: Entry, question: Question) -> str:
    """Why policy is not even asked about it."""
    model = (question.card.card or {})["model"]["name"]
    if entry.sign_off.subject.model != model:
        return f"it is about model {entry.sign_off.subject.model}, and the card about {model}"
    home = question.document.request.namespace
    place = entry.sign_off.source.reference.partition("/")[0]
    return f"it lies in namespace {place}, and the card in {home}"


def _wire(entry: Verified) -> dict[str, Any]:
    tier = entry.standing.tier if entry.standing else None
    stated = entry.entry.sign_off.wire()
    del stated["source"]  # of a file it would name what was made up
    head = {"name": entry.entry.name, "counts": entry.counts, "reasons": list(entry.reasons), "tier": tier}
    return head | stated


def _text(entry: Verified) -> str:
    sign_off, standing = entry.entry.sign_off, entry.standing
    mark, verdict = ("✓", "counts") if entry.counts else ("✗", "does not count")
    until = f", until {sign_off.expires_at}" if sign_off.expires_at else ""
    tier = f", tier {standing.tier}" if standing else ""
    told = f"{sign_off.subject.model} {sign_off.subject.version} {sign_off.decision or 'neither way'}"
    who = f"as {sign_off.role or 'nothing'} by {sign_off.approver or 'nobody'}{until}"
    head = f"{mark} {entry.entry.name} {verdict}: {told} {who} ({sign_off.assurance}{tier})"
    return lines([head, *(f"    {reason}" for reason in entry.reasons)])
