"""`mlgate`: find the command, run it, and turn what goes wrong into one line and an exit code."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import typer

from mlgate import __version__
from mlgate.cli.console import complain, prepare_streams
from mlgate.cli.manifests import position
from mlgate.errors import ManifestError, MlgateError
from mlgate.logs import quiet_logs

COMMANDS = {
    "serve": "the webhook",
    "check": "judge manifests without a cluster",
    "inspect": "show what is read in a manifest, before any judgement",
    "card": "start, check and convert a model card, print its digest",
    "signoff": "make a SignOff manifest, see whether an approval counts",
    "waiver": "grant an exception: make a Waiver manifest",
    "sign": "sign the approval of a card with a key",
    "verify": "verify the signed approvals a card carries",
    "policy": "the policy author's workbench",
    "doctor": "is this installation able to refuse anything?",
    "version": "mlgate, policy revision, OPA version",
}
"""Command -> what it does; each lives in the module of its name."""

EXIT_CANNOT = 2
"""Bad usage, unreadable input, no engine: it could not be done."""


def build_app(names: Sequence[str]) -> typer.Typer:
    """The program with the named commands; a command's module is imported only here."""
    app = typer.Typer(
        name="mlgate",
        help=f"mlgate {__version__}: a policy-as-code admission gate for machine-learning deployments.",
        epilog="Example: helm template release ./chart | mlgate check - -n credit-prod",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback()(lambda: None)
    for name in names:
        importlib.import_module(f"mlgate.cli.{name}").register(app)
    return app


def run(arguments: Sequence[str] | None = None) -> None:
    """The entry point of the program; always ends the process with a documented exit code."""
    quiet_logs()
    prepare_streams()
    given = list(sys.argv[1:] if arguments is None else arguments)
    wanted = [given[0]] if given and given[0] in COMMANDS else list(COMMANDS)
    try:
        build_app(wanted)(args=given, prog_name="mlgate")
    except MlgateError as problem:
        complain(_told(problem))
        sys.exit(EXIT_CANNOT)
    except OSError as problem:
        complain(f"the system refused: {problem}")
        sys.exit(EXIT_CANNOT)
    except KeyboardInterrupt:
        sys.exit(130)
    except RuntimeError as problem:
        # What `Path.resolve` makes of a loop before Python 3.13; later ones raise an OSError.
        complain(
            _report(problem) if "ymlink loop" not in str(problem) else "the system refused: " + str(problem)
        )
        sys.exit(EXIT_CANNOT)
    except Exception as bug:  # noqa: BLE001 - the exit code of a traceback would say "denied"
        complain(_report(bug))
        sys.exit(EXIT_CANNOT)


def _told(problem: MlgateError) -> str:
    """The message, with the place in the file where one is known and not yet named."""
    cause: BaseException | None = problem
    while cause is not None:
        if isinstance(cause, ManifestError) and cause.line is not None:
            return f"{problem} ({position(cause)})"
        cause = cause.__cause__
    return str(problem)


def _report(bug: Exception) -> str:
    """An error nobody foresaw: its kind and place, and not its text, which may hold what is secret."""
    frames = traceback.extract_tb(bug.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}"
    return f"internal error ({type(bug).__name__} at {place}); please report it with the command you ran"
