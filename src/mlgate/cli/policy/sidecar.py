"""`mlgate policy sidecar`: what an OPA beside `mlgate serve` is started with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mlgate.cli.console import lines, put
from mlgate.cli.options import BundleKey
from mlgate.policy.sidecar import write_sidecar
from mlgate.settings import load_settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "sidecar", epilog="Example: mlgate policy sidecar --shared /shared --token-file /var/run/mlgate/token"
    )(sidecar)


def sidecar(
    shared: Annotated[Path | None, typer.Option(help="The folder that OPA and mlgate share.")] = None,
    token_file: Annotated[
        Path | None, typer.Option(help="File for the token; in a folder that OPA does not see.")
    ] = None,
    opa: Annotated[str | None, typer.Option(help="Where OPA listens: http://127.0.0.1:PORT.")] = None,
    bundle_key: BundleKey = None,
) -> None:
    """Write configuration, guard and token for an OPA beside `mlgate serve`; print its arguments, one a line.

    Run it before both, with the environment of `mlgate serve`. A token that is there is kept. Exit codes:
    0 written; 2 it could not be done.
    """
    given = {"url": opa, "shared_dir": shared, "token_file": token_file}
    settings = load_settings({"opa": given, "policy": {"verification_key": bundle_key}})
    put(lines(write_sidecar(settings)))
