"""`mlgate policy`: the workbench of those who write policy. One module a sub-command."""

from __future__ import annotations

import importlib

import typer

SUBCOMMANDS = (
    "list",
    "explain",
    "input",
    "new",
    "lint",
    "test",
    "docs",
    "matrix",
    "bundle",
    "diff",
    "sidecar",
)
"""In the order of `--help`; each lives in the module of its name, which has `register(app)`."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    policy = typer.Typer(
        help="The policy author's workbench.",
        epilog="Example: mlgate policy lint ./policies",
        no_args_is_help=True,
    )
    for name in SUBCOMMANDS:
        importlib.import_module(f"{__name__}.{name}").register(policy)
    app.add_typer(policy, name="policy")
