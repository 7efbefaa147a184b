"""`mlgate signoff new`: the SignOff manifest an approver reads, and applies as themselves."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mlgate.cli.approving import API_VERSION, Role, artifact_digest, current_user, name_prefix, read_card
from mlgate.cli.console import print_json, put_yaml
from mlgate.cli.options import Me, Output, OutputOption, moment
from mlgate.cli.signoff_verify import verify
from mlgate.evidence.cards.formats.modelcard import CardContent

_EXAMPLES = {
    "new": "Example: mlgate signoff new --card card.yaml --role businessOwner | kubectl create -f -",
    "verify": "Example: mlgate signoff verify modelcard/credit-scoring-2.3.1 -n credit-prod",
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    signoff = typer.Typer(
        help="Make a SignOff manifest, and see whether an approval counts.",
        epilog=_EXAMPLES["new"],
        no_args_is_help=True,
    )
    for command in (new, verify):
        signoff.command(command.__name__, epilog=_EXAMPLES[command.__name__])(command)
    app.add_typer(signoff, name="signoff")


def new(
    card: Annotated[str, typer.Option(help="The card: a file, or modelcard/NAME in the cluster.")],
    role: Annotated[Role, typer.Option(help="Role in which you approve.")],
    reject: Annotated[bool, typer.Option("--reject", help="Reject instead of approving.")] = False,
    expires: Annotated[str | None, typer.Option(help="Earlier end of validity (YYYY-MM-DD).")] = None,
    namespace: Annotated[str | None, typer.Option("--namespace", "-n", help="Namespace of the card.")] = None,
    user: Me = None,
    context: Annotated[str | None, typer.Option(help="Context of the kubeconfig.")] = None,
    output: OutputOption = Output.TEXT,
) -> None:
    """Print a SignOff for one card: its model, version, artifact digest and card digest.

    Read the card, keep what is printed in a file, and create it (`kubectl create -f FILE`): only the person
    it names as approver can. `mlgate signoff verify` says afterwards whether it counts. docs/signoff.md leads
    through all of it.
    """
    until = moment(expires, "--expires")
    read = read_card(card, namespace, context)
    approver = user or current_user(context, from_cluster=read.from_cluster)
    manifest = sign_off(
        read.content,
        role=role.value,
        approver=approver,
        reject=reject,
        expires=until,
        namespace=read.namespace,
    )
    if output is Output.JSON:
        print_json(manifest)
    else:
        put_yaml(manifest)


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
    decision = "rejected" if reject else "approved"
    spec = {
        "model": model["name"],
        "version": model["version"],
        "digest": artifact_digest(content),
        "cardDigest": content.digest,
        "role": role,
        "approver": approver,
        "decision": decision,
        "expiresAt": expires,
    }
    metadata = {"generateName": name_prefix(model["name"], model["version"], role), "namespace": namespace}
    return {
        "apiVersion": API_VERSION,
        "kind": "SignOff",
        "metadata": {key: value for key, value in metadata.items() if value is not None},
        "spec": {key: value for key, value in spec.items() if value is not None},
    }
