"""`mlgate signoff new`: the SignOff manifest an approver reads, and applies as themselves."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mlgate.cli.approving import API_VERSION, artifact_digest, current_user, name_prefix, read_card
from mlgate.cli.console import print_json, put_yaml
from mlgate.cli.options import (
    SOONER,
    CardNamespace,
    CardOption,
    Kubecontext,
    Me,
    Output,
    OutputOption,
    ending,
)
from mlgate.cli.signoff_verify import verify
from mlgate.domain.model_card.governance import ApprovalRole
from mlgate.evidence.cards.formats.modelcard import CardContent

_EXAMPLES = {
    "new": "Example: mlgate signoff new --card modelcard/router-1.0.0 -n ml-prod --role businessOwner"
    " > approval.yaml; kubectl create -f approval.yaml",
    "verify": "Example: mlgate signoff verify modelcard/router-1.0.0 -n ml-prod",
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    signoff = typer.Typer(
        help="Approve or reject a model: write a SignOff, and see whether it counts.",
        epilog=_EXAMPLES["new"],
        no_args_is_help=True,
    )
    for command in (new, verify):
        signoff.command(command.__name__, epilog=_EXAMPLES[command.__name__])(command)
    app.add_typer(signoff, name="signoff")


def new(
    card: CardOption,
    role: Annotated[
        ApprovalRole,
        typer.Option(help="Role in which you decide; you must hold it in the namespace of the card."),
    ],
    reject: Annotated[
        bool, typer.Option("--reject", help="Reject: the model is refused until you take it back.")
    ] = False,
    expires: Annotated[
        str | None,
        typer.Option(help=f"End {SOONER}"),
    ] = None,
    namespace: CardNamespace = None,
    user: Me = None,
    context: Kubecontext = None,
    output: OutputOption = Output.TEXT,
) -> None:
    """Print your approval (or rejection) of one model card, ready to be created in the cluster.

    1. Read the card: `kubectl get modelcard NAME -n NAMESPACE -o yaml`, or the file.

    2. Run this command and keep what it prints in a file. Nothing is approved yet.

    3. `kubectl create -f FILE`. From then on it is an approval, of this card in this version alone; any
    change of the card ends it. Only you can create it: the API server refuses everybody else.

    4. `mlgate signoff verify` tells whether it counts.

    Before it ends you take it back with `kubectl delete signoff NAME`.
    """
    until = ending(expires)
    read = read_card(card, namespace, context)
    approver = user or current_user(context, from_cluster=read.from_cluster)
    manifest = sign_off(
        read.content,
        role=role,
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
