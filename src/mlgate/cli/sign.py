"""`mlgate sign`: a signature of a card, or with a role an approval that is worth its signature."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from mlgate.cli.approving import ApprovedCard, artifact_digest, current_user, read_card
from mlgate.cli.console import print_json, put, put_yaml, say
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
from mlgate.domain.model_card.governance import ApprovalRole
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
    "Examples: mlgate sign --key ines.pem --card card.yaml --role modelRisk --user ines@example.com >"
    " entry.yaml (an approval); mlgate sign --key office.pem --card card.yaml > card.yaml.sig (the card)"
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("sign", epilog=_EXAMPLES)(sign)


def sign(
    key: Annotated[
        Path,
        typer.Option(
            help="Your private key (PEM, Ed25519 or ECDSA). `openssl genpkey -algorithm ed25519 -out"
            " ines.pem` makes one; give it to nobody."
        ),
    ],
    card: CardOption,
    role: Annotated[
        ApprovalRole | None,
        typer.Option(
            help="Approve in this role. Without it the card itself is signed, which approves nothing."
        ),
    ] = None,
    reject: Annotated[
        bool, typer.Option("--reject", help="With --role: reject the model instead of approving it.")
    ] = False,
    expires: Annotated[
        str | None,
        typer.Option(help=f"With --role: end {SOONER}"),
    ] = None,
    namespace: CardNamespace = None,
    user: Me = None,
    context: Kubecontext = None,
    password_file: Annotated[
        Path | None, typer.Option(help="File that holds the password of the key, if the key has one.")
    ] = None,
    output: OutputOption = Output.TEXT,
) -> None:
    """Sign a model card with your key; with --role, approve it.

    Read the card first: you vouch for what it says.

    With --role: your approval, as an entry of a list. Append it to `spec.signOffs` of the card, with
    `signOffs:` in front where the card has none, and apply the card again; its digest stays the same. For a
    card in another format, see docs/signoff.md. It counts where your site's settings trust your key in that
    role, and in the name they give it alone (signOff.trustedSigners).

    Without --role: a signature of the card, in one line that belongs beside the card; where exactly is told
    when it is made. Any change of the card makes it invalid, except approvals that are added. It counts where
    mlgate verifies cards (signatures.cards) and policy trusts your key (modelCard.trustedSigners).

    Either way the platform team needs your public key, once (signatures.keys):
    `openssl pkey -in ines.pem -pubout -out ines.pub.pem`. Try what you have signed with `mlgate verify`.
    """
    if role is None and (reject or expires or user):
        raise typer.BadParameter("--reject, --expires and --user are about an approval; name its --role")
    until = ending(expires)
    private = load_private_key(key, _password(password_file))
    read = read_card(card, namespace, context)
    if role is None:
        _put_signature(card, read, private, output)
        return
    approver = user or current_user(context, from_cluster=read.from_cluster)
    entry = _entry(role, approver, reject=reject, expires=until)
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
    signature = sign_statement(card_statement(digest, _about(read)), private)
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
    file = read.file or card
    whole = ["It is of the whole file, and so of every model in it."] if read.component else []
    return [
        *whole,
        f"Keep the line beside the card, as {file}{SUFFIX}; `mlgate check` and `mlgate verify` look there.",
        f"If the card lies in a ConfigMap, put it under the key of the card with {SUFFIX} behind it;",
        "if it lies in a registry, into an artifact that refers to the card's:",
        f"  oras attach --artifact-type {ARTIFACT_TYPE} REGISTRY/REPOSITORY@DIGEST {Path(file).name}{SUFFIX}",
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


def _about(read: ApprovedCard) -> dict[str, Any]:
    """What a signature of a card says beside its digest, for people who read it."""
    if read.component is not None:  # it is of the other models of the file as well
        return {"signedAt": now_utc()}
    model = (read.content.card or {})["model"]
    return {"model": model["name"], "version": model["version"], "signedAt": now_utc()}
