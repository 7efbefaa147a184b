"""`mlgate sign`: an approval that is worth its signature, to be put into the card it approves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from mlgate.cli.approving import Role, artifact_digest, current_user, read_card
from mlgate.cli.console import print_json, put_yaml, say
from mlgate.cli.options import Output, OutputOption, moment
from mlgate.evidence.cards.formats.modelcard import CardContent
from mlgate.evidence.signatures.keys import key_id
from mlgate.evidence.signatures.sign import load_private_key, sign_off_statement, sign_statement
from mlgate.gate import now_utc

_EXAMPLE = "Example: mlgate sign --key ines.pem --card card.yaml --role modelRisk --user ines@example.com"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("sign", epilog=_EXAMPLE)(sign)


def sign(
    key: Annotated[
        Path, typer.Option(help="Your private key (PEM): `openssl genpkey -algorithm ed25519` makes one.")
    ],
    card: Annotated[str, typer.Option(help="The card: a file, or modelcard/NAME in the cluster.")],
    role: Annotated[Role, typer.Option(help="Role in which you approve.")],
    reject: Annotated[bool, typer.Option("--reject", help="Reject instead of approving.")] = False,
    expires: Annotated[str | None, typer.Option(help="End of validity (YYYY-MM-DD).")] = None,
    namespace: Annotated[str | None, typer.Option("--namespace", "-n", help="Namespace of the card.")] = None,
    user: Annotated[str | None, typer.Option(help="Your login name, if it is not asked.")] = None,
    context: Annotated[str | None, typer.Option(help="Context of the kubeconfig.")] = None,
    password_file: Annotated[Path | None, typer.Option(help="File with the password of the key.")] = None,
    output: OutputOption = Output.TEXT,
) -> None:
    """Print an entry for `signOffs` of the card, with a statement signed by your key.

    Read the card before you sign it. The entry does not change the card's digest. It counts where the
    installation recognises your key (`signatures.keys`) and policy trusts it (`signOff.trustedSigners`).
    """
    until = moment(expires, "--expires")
    private = load_private_key(key, _password(password_file))
    read = read_card(card, namespace, context)
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
