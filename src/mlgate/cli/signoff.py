"""`mlgate signoff new`: the SignOff manifest an approver reads, and applies as themselves."""

from __future__ import annotations

import asyncio
import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from mlgate.admission.refusal import escape
from mlgate.assembly import card_from_cluster, cluster_user
from mlgate.cli.cards import read_cards
from mlgate.cli.console import print_json, put, say
from mlgate.cli.options import Output, OutputOption, moment
from mlgate.errors import ManifestError
from mlgate.evidence.cards.formats.modelcard import CardContent, read_document
from mlgate.settings import login_name

API_VERSION = "mlgate.dev/v1alpha1"
_UNFIT_FOR_NAMES = re.compile(r"[^a-z0-9-]+")
_LONGEST_NAME = 63
_NAMED = re.compile(r"modelcard/(?P<name>[^/@]+)(?:@(?P<digest>sha256:[0-9a-f]{64}))?")
"""A card in the cluster, as the annotation mlgate.dev/model-card names it."""


class Role(StrEnum):
    """Roles in which a model can be approved."""

    BUSINESS_OWNER = "businessOwner"
    MODEL_RISK = "modelRisk"
    COMPLIANCE = "compliance"
    LEGAL = "legal"
    PRIVACY = "privacy"
    SECURITY = "security"
    PRODUCT = "product"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    example = "Example: mlgate signoff new --card card.yaml --role businessOwner | kubectl create -f -"
    signoff = typer.Typer(help="Make a SignOff manifest.", epilog=example, no_args_is_help=True)
    signoff.callback()(lambda: None)
    signoff.command("new", epilog=example)(new)
    app.add_typer(signoff, name="signoff")


def new(
    card: Annotated[str, typer.Option(help="The card: a file, or modelcard/NAME in the cluster.")],
    role: Annotated[Role, typer.Option(help="Role in which you approve.")],
    reject: Annotated[bool, typer.Option("--reject", help="Reject instead of approving.")] = False,
    expires: Annotated[str | None, typer.Option(help="Earlier end of validity (YYYY-MM-DD).")] = None,
    namespace: Annotated[str | None, typer.Option("--namespace", "-n", help="Namespace of the card.")] = None,
    user: Annotated[
        str | None, typer.Option(help="Your login name in the cluster, if it is not asked.")
    ] = None,
    context: Annotated[str | None, typer.Option(help="Context of the kubeconfig.")] = None,
    output: OutputOption = Output.TEXT,
) -> None:
    """Print a SignOff for one card: its model, version, artifact digest and card digest.

    Read the card before you apply it. Only the person named as approver can create it.
    """
    until = moment(expires, "--expires")
    named = _NAMED.fullmatch(card) if not Path(card).exists() else None
    content, home = _from_cluster(named, namespace, context) if named else _from_file(card, namespace)
    approver = user or _current_user(context, from_cluster=named is not None)
    manifest = sign_off(
        content, role=role.value, approver=approver, reject=reject, expires=until, namespace=home
    )
    if output is Output.JSON:
        print_json(manifest)
    else:
        put(_yaml(manifest))


def _yaml(manifest: dict[str, Any]) -> str:
    """The manifest as a person reads it; in ASCII where something in it is not displayed as itself."""
    text = yaml.safe_dump(manifest, sort_keys=False, allow_unicode=True, width=1000).rstrip()
    if all(escape(line) == line for line in text.split("\n")):
        return text
    return yaml.safe_dump(manifest, sort_keys=False, width=1000).rstrip()


def _from_cluster(
    named: re.Match[str], namespace: str | None, context: str | None
) -> tuple[CardContent, str | None]:
    """The card of that name; it must be the one that the digest in the reference pins, if it has one.

    Raises:
        ManifestError: it is another one, or cannot be used.
    """
    home = namespace or "default"
    content = _usable(read_document(asyncio.run(card_from_cluster(named["name"], home, context))), named[0])
    if named["digest"] is not None and named["digest"] != content.digest:
        raise ManifestError(f"{named[0]} is not the card in the cluster, which has {content.digest}")
    return content, home


def _from_file(file: str, namespace: str | None) -> tuple[CardContent, str | None]:
    """The one card of a file, and its namespace.

    Raises:
        ManifestError: there is no card, or more than one, or it cannot be used.
    """
    cards = read_cards([file])
    if len(cards) != 1:
        raise ManifestError(f"{file} holds {len(cards)} cards; name a file with one")
    stated = cards[0].document.metadata.get("namespace")
    return _usable(cards[0].content, file), namespace or (stated if isinstance(stated, str) else None)


def _usable(content: CardContent, reference: str) -> CardContent:
    """A card that can be approved; what is wrong with it is said, and not approved unseen.

    Raises:
        ManifestError: it cannot be used at all.
    """
    if content.card is None or content.digest is None:
        first = content.problems[0] if content.problems else None
        told = ": " + ": ".join(part for part in (first.path, first.message) if part) if first else ""
        raise ManifestError(f"{reference} is not a usable card{told}")
    for problem in content.problems:
        say(f"warning: {problem.path or 'card'}: {problem.message}")
    return content


def _current_user(context: str | None, *, from_cluster: bool) -> str:
    """Who approves: as the cluster knows the caller, else the login name of the shell."""
    name = asyncio.run(cluster_user(context)) if context or from_cluster else login_name()
    if name is None:
        raise ManifestError("nobody is logged in here; name the approver with --user")
    return name


def sign_off(
    content: CardContent,
    *,
    role: str,
    approver: str,
    reject: bool,
    expires: str | None,
    namespace: str | None,
) -> dict[str, Any]:
    """The SignOff object for one card. The digest of the first artifact that has one binds it."""
    model = (content.card or {})["model"]
    digests = [artifact["digest"] for artifact in model["artifacts"] if artifact.get("digest")]
    decision = "rejected" if reject else "approved"
    spec = {
        "model": model["name"],
        "version": model["version"],
        "digest": digests[0] if digests else None,
        "cardDigest": content.digest,
        "role": role,
        "approver": approver,
        "decision": decision,
        "expiresAt": expires,
    }
    prefix = _UNFIT_FOR_NAMES.sub("-", f"{model['name']}-{model['version']}-{role}".lower()).strip("-")
    metadata = {"generateName": f"{prefix[: _LONGEST_NAME - 6]}-", "namespace": namespace}
    return {
        "apiVersion": API_VERSION,
        "kind": "SignOff",
        "metadata": {key: value for key, value in metadata.items() if value is not None},
        "spec": {key: value for key, value in spec.items() if value is not None},
    }
