"""Arguments that several commands of the workbench share."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Annotated

import typer

from mlgate.errors import PolicyError
from mlgate.policy.local_opa import find_opa
from mlgate.settings import load_settings

Site = Annotated[
    Path | None,
    typer.Argument(metavar="PATH", help="A directory of your own policy; the shipped policy when left out."),
]

SiteSettings = Annotated[
    Path | None, typer.Option("--settings", help="The site's policy settings (YAML) over the shipped ones.")
]


def site_folder(path: Path | None) -> Path | None:
    """The directory somebody named.

    Raises:
        PolicyError: there is none.
    """
    if path is not None and not path.is_dir():
        raise PolicyError(f"{path} is no directory; name the one that holds mlgate/rules/<subject>/")
    return path


def opa_program() -> Path:
    """The opa program.

    Raises:
        SettingsError: there is none.
    """
    return find_opa(load_settings().opa.binary)


def known_names(option: str, given: Sequence[str] | None, known: Collection[str]) -> Sequence[str]:
    """What was asked for. A misspelt name would find nothing, which reads like an answer.

    Raises:
        typer.BadParameter: a name is none of the known ones.
    """
    for name in given or ():
        if name not in known:
            raise typer.BadParameter(f"--{option}: {name!r} is none of {', '.join(known)}")
    return given or ()
