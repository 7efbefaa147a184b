"""`mlgate doctor`: is this installation able to refuse anything?"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from mlgate.cli.console import coloured, lines, print_json, put, say
from mlgate.cli.options import Output, OutputOption
from mlgate.doctor.examine import Report, examine
from mlgate.doctor.finding import Finding
from mlgate.doctor.reach import Reach
from mlgate.doctor.reach import reach as try_to_reach
from mlgate.doctor.reader import read_snapshot
from mlgate.evidence.api_server import Connection
from mlgate.settings import kubeconfig_path, runs_in_cluster

_MARKS = {"yes": "✗", "possibly": "!", "no": "~"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor", epilog="Example: mlgate doctor --context production --output json")(doctor)


def doctor(
    kubeconfig: Annotated[
        Path | None, typer.Option(help="The kubeconfig; else the one kubectl uses.")
    ] = None,
    context: Annotated[str | None, typer.Option(help="The context of the kubeconfig.")] = None,
    namespace: Annotated[
        str | None, typer.Option("--namespace", "-n", help="Namespace of mlgate; else that of the Service.")
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(help="Where the gate is reached from here, e.g. https://127.0.0.1:8443 (port-forward)."),
    ] = None,
    reach: Annotated[
        str | None,
        typer.Option(
            metavar="NAMESPACE",
            help="Ask instead of read: the API server is to try, in this namespace, what mlgate must refuse.",
        ),
    ] = None,
    timeout: Annotated[float, typer.Option(min=0.1, max=600, help="Seconds for one call.")] = 10.0,
    output: OutputOption = Output.TEXT,
) -> None:
    """Read the live configuration of a cluster and say whether mlgate can refuse anything there.

    Nothing is changed. Exit codes: 0 no finding lets a model through, 1 one does, 2 not everything could
    be looked at. With --reach: 0 mlgate refused, 1 it was not asked or did not, 2 that could not be tried.
    """
    address = _https(url)
    say("reading the cluster" if reach is None else "trying what must be refused")
    found: Report | Reach
    with contextlib.closing(_connect(kubeconfig, context)) as connection:
        if reach is None:
            found = examine(read_snapshot(connection, timeout=timeout, home=namespace, url=address))
        else:
            found = try_to_reach(connection, reach, timeout)
    if output is Output.JSON:
        print_json(found.wire())
    else:
        put(coloured(_text(found) if isinstance(found, Report) else _attempt(found)))
    raise typer.Exit(found.exit_code)


def _connect(kubeconfig: Path | None, context: str | None) -> Connection:
    """As kubectl would; in a Pod without a kubeconfig, as its service account."""
    file = kubeconfig or kubeconfig_path()
    if file is None and context is None and not runs_in_cluster():
        file = Path.home() / ".kube" / "config"
    return Connection.configure(file, context)


def _https(url: str | None) -> str | None:
    """The address, if it is one.

    Raises:
        typer.BadParameter: it does not begin with https://, or names no host.
    """
    parts = urlsplit(url or "")
    if url is not None and (parts.scheme != "https" or not parts.hostname):
        raise typer.BadParameter(f"--url: {url!r} is no address that begins with https://")
    return url


def _text(report: Report) -> str:
    return lines([*_findings(report), *_left(report), "", _sum(report)])


def _attempt(found: Reach) -> str:
    mark = "✗" if found.exit_code else "✓"
    told = [f"    the API server said: {line}" for line in found.told.splitlines()[:1]]
    return lines(
        [f"{mark} {found.answer} (a Waiver that has ended, in {found.namespace}): {found.means}", *told]
    )


def _findings(report: Report) -> Iterator[str]:
    for found in report.findings:
        yield from _finding(found)


def _finding(found: Finding) -> Iterator[str]:
    mark = _MARKS[found.lets_models_through]
    yield f"{mark} {found.code} ({found.severity}): {found.message}"
    yield f"    at  {found.subject.title}"
    yield f"    fix {found.fix}"


def _left(report: Report) -> Iterator[str]:
    for left in report.unread:
        yield f"? not looked at: {left.what}: {left.reason}"


def _sum(report: Report) -> str:
    """The answer, in one line."""
    counts = report.summary
    names = ", ".join(report.installation.configurations) or "no webhook configuration"
    left = f"; {counts.unread} could not be looked at" if counts.unread else ""
    told = f"{counts.yes} let models through, {counts.possibly} may, {counts.no} do not{left}"
    return f"{names}: {len(report.findings)} findings: {told}"
