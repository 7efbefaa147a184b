"""`mlgate sign`: a signature of a card, or with a role an approval that is worth its signature."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from mlgate.cli.approving import ApprovedCard, Role, artifact_digest, current_user, read_card
from mlgate.cli.console import print_json, put, put_yaml, say
from mlgate.cli.options import Output, OutputOption, moment
from mlgate.evidence.cards.detached import ANNOTATION, ARTIFACT_TYPE, SUFFIX
from mlgate.evidence.cards.formats.modelcard import CardContent
from mlgate.evidence.signatures.card import card_statement
from mlgate.evidence.signatures.keys import key_id
from mlgate.evidence.signatures.sign import (
    PrivateKey,
    load_private_key,
    sign_off_statement,
    sign_statement,
)
from mlgate.gate import now_utc

_EXAMPLES = (
    "Examples: mlgate sign --key office.pem --card card.yaml > card.yaml.sig;"
    " mlgate sign --key ines.pem --card card.yaml --role modelRisk --user ines@example.com"
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("sign", epilog=_EXAMPLES)(sign)


def sign(
    key: Annotated[
        Path, typer.Option(help="Your private key (PEM): `openssl genpkey -algorithm ed25519` makes one.")
    ],
    card: Annotated[str, typer.Option(help="The card: a file, or modelcard/NAME in the cluster.")],
    role: Annotated[
        Role | None, typer.Option(help="Approve in this role, instead of signing the card itself.")
    ] = None,
    reject: Annotated[bool, typer.Option("--reject", help="Reject instead of approving.")] = False,
    expires: Annotated[str | None, typer.Option(help="End of validity of the approval (YYYY-MM-DD).")] = None,
    namespace: Annotated[str | None, typer.Option("--namespace", "-n", help="Namespace of the card.")] = None,
    user: Annotated[str | None, typer.Option(help="Login name of who approves, if it is not asked.")] = None,
    context: Annotated[str | None, typer.Option(help="Context of the kubeconfig.")] = None,
    password_file: Annotated[Path | None, typer.Option(help="File with the password of the key.")] = None,
    output: OutputOption = Output.TEXT,
) -> None:
    """Sign a model card with your key; with --role, approve it.

    Without --role it prints a signature of the card: proof that you vouch for these very contents. It is one
    line that belongs beside the card; where exactly is told when it is made. Any later change of the card
    makes it invalid, except approvals that are added. It counts where mlgate verifies cards
    (`signatures.cards`), recognises your key (`signatures.keys`) and policy trusts it
    (`modelCard.trustedSigners`).

    With --role it prints an entry for `signOffs` of the card: your approval. Read the card before you sign
    it. The entry does not change the card's digest. It counts where policy trusts your key in that role
    (`signOff.trustedSigners`).

    `openssl pkey -in office.pem -pubout -out office.pub.pem` makes the public key that mlgate is given.
    """
    if role is None and (reject or expires or user):
        raise typer.BadParameter("--reject, --expires and --user are about an approval; name its --role")
    until = moment(expires, "--expires")
    private = load_private_key(key, _password(password_file))
    read = read_card(card, namespace, context)
    if role is None:
        _put_signature(card, read, private, output)
        return
    approver = user or current_user(context, from_cluster=read.from_cluster)
    entry = _entry(role.value, approver, reject=reject, expires=until)
    digest = artifact_digest(read.content)
    statement = sign_off_statement(_predicate(entry, read.content), digest, str(read.content.digest))
    say(f"signed by key {key_id(private.public_key())}")
    if digest is None:
        say("warning: the card names no digest of the model, so the approval is of its version alone")
    entry["statement"] = sign_statement(statement, private)
    if output is Output.JSON:
        print_json(entry)
    else:
        put_yaml([entry])


def _put_signature(card: str, read: ApprovedCard, private: PrivateKey, output: Output) -> None:
    """The signature of a card on standard output, and what to do with it beside that."""
    digest = str(read.content.digest)
    signature = sign_statement(card_statement(digest, _about(read.content)), private)
    signer = key_id(private.public_key())
    if output is Output.JSON:
        print_json({"cardDigest": digest, "keyId": signer, "signature": json.loads(signature)})
        return
    say(f"signed {digest} by key {signer}")
    for line in _advice(card, read):
        say(line)
    put(signature)


def _advice(card: str, read: ApprovedCard) -> list[str]:
    """Where the signature belongs."""
    if read.name is not None:
        place = f" -n {read.namespace}" if read.namespace else ""
        return [
            "Keep the line in a file, such as card.sig, and put it into an annotation of the ModelCard:",
            f'  kubectl annotate modelcard {read.name}{place} --overwrite "{ANNOTATION}=$(cat card.sig)"',
        ]
    return [
        f"Keep the line beside the card, as {card}{SUFFIX}; `mlgate check` and `mlgate verify` look there.",
        f"If the card lies in a ConfigMap, put it under the key of the card with {SUFFIX} behind it;",
        "if it lies in a registry, into an artifact that refers to the card's:",
        f"  oras attach --artifact-type {ARTIFACT_TYPE} REGISTRY/REPOSITORY@DIGEST {Path(card).name}{SUFFIX}",
    ]


def _password(file: Path | None) -> str | None:
    """The password in a file, without the line end an editor leaves."""
    return None if file is None else file.read_text().rstrip("\r\n")


def _entry(role: str, approver: str, *, reject: bool, expires: str | None) -> dict[str, Any]:
    """What stands around the statement, for people who read the card."""
    entry = {
        "role": role,
        "approver": approver,
        "decision": "rejected" if reject else "approved",
        "issuedAt": now_utc(),
        "expiresAt": expires,
    }
    return {key: value for key, value in entry.items() if value is not None}


def _predicate(entry: dict[str, Any], content: CardContent) -> dict[str, Any]:
    model = (content.card or {})["model"]
    return {**entry, "model": model["name"], "version": model["version"]}


def _about(content: CardContent) -> dict[str, Any]:
    """What a signature of a card says beside its digest, for people who read it."""
    model = (content.card or {})["model"]
    return {"model": model["name"], "version": model["version"], "signedAt": now_utc()}
