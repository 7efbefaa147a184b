"""Options that several commands share."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from mlgate.parsing.times import normalise_time

Cards = Annotated[list[str] | None, typer.Option("--card", help="Extra model cards: files or folders.")]
Evidence = Annotated[
    list[str] | None,
    typer.Option("--evidence", help="Objects from files: sign-offs, namespaces, storage classes."),
]
BundleKey = Annotated[
    Path | None, typer.Option("--bundle-key", help="Public key (PEM) that the bundle must be signed with.")
]
Groups = Annotated[list[str] | None, typer.Option("--group", help="Group of that user; repeat for several.")]

ProfileOption = Annotated[
    str | None, typer.Option("--profile", help="Profile of the namespaces no file describes.")
]
Namespace = Annotated[
    str | None, typer.Option("--namespace", "-n", help="Namespace of manifests that name none.")
]
Old = Annotated[str | None, typer.Option("--old", help="The stored objects: judge as an UPDATE of them.")]
User = Annotated[str | None, typer.Option("--user", help="Login name of who would apply this.")]
Me = Annotated[
    str | None,
    typer.Option(
        "--user",
        help="Your login name in the cluster, as `kubectl auth whoami` prints it. Left out, the cluster is"
        " asked if --context is given or the card is in it (modelcard/NAME); else it is that of this"
        " computer, which may be another.",
    ),
]
CardNamespace = Annotated[
    str | None,
    typer.Option(
        "--namespace", "-n", help="Namespace of the card. Left out, the one its file names, else `default`."
    ),
]
Kubecontext = Annotated[
    str | None,
    typer.Option("--context", help="Which cluster: a context of your kubeconfig. Left out, the current one."),
]
CARD_FORMS = (
    "a file, FILE#BOM-REF for one model of a CycloneDX file with several, or modelcard/NAME in the cluster"
)
"""How a card is named on the command line, in words of help; `read_card` of `cli.approving` reads it."""
CardOption = Annotated[str, typer.Option("--card", help=f"The card: {CARD_FORMS}.")]
END = "2027-03-01 (00:00 UTC, at the start of that day) or 2027-03-01T17:00:00Z"
"""How an end is written, in words of help; `ending` reads it."""
SOONER = f"the approval sooner than your site's settings do, as {END}."
At = Annotated[str | None, typer.Option("--at", help="Judge as of this moment (RFC 3339 or YYYY-MM-DD).")]
Context = Annotated[str | None, typer.Option("--context", help="Take evidence from this cluster as well.")]
AssumeAuthenticated = Annotated[
    bool,
    typer.Option(
        "--assume-authenticated", help="SignOffs and Waivers in files count as the guarded cluster's."
    ),
]


class Output(StrEnum):
    """How a command prints its results."""

    TEXT = "text"
    JSON = "json"


OutputOption = Annotated[Output, typer.Option("--output", "-o", help="Form of the results.")]


def ending(text: str | None, option: str = "--expires") -> str | None:
    """The end of something that is made now, as RFC 3339 in UTC. A bare date is the start of that day.

    Raises:
        typer.BadParameter: it is no date and no date-time, or has passed.
    """
    found = moment(text, option)
    if found is not None and datetime.fromisoformat(found) <= datetime.now(UTC):
        hint = "; a date means 00:00 UTC at its start" if found.endswith("T00:00:00Z") else ""
        raise typer.BadParameter(f"{option}: {text} has passed already{hint}")
    return found


def moment(text: str | None, option: str = "--at") -> str | None:
    """A point in time given on the command line, as RFC 3339 in UTC.

    Raises:
        typer.BadParameter: it is no date and no date-time.
    """
    if text is None:
        return None
    found = normalise_time(text)
    if found is None:
        raise typer.BadParameter(f"{option}: {text!r} is neither YYYY-MM-DD nor an RFC 3339 date-time")
    return found
