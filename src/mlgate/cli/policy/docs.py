"""`mlgate policy docs`: the pages about the rules, which findings link to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mlgate.cli.console import lines, print_json, put
from mlgate.cli.options import Output, OutputOption
from mlgate.cli.policy.options import Site, opa_program, site_folder
from mlgate.errors import PolicyError
from mlgate.policy.workbench.library import library
from mlgate.policy.workbench.pages.pages import MARK, pages


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("docs", epilog="Example: mlgate policy docs ./policies --dir docs/rules --check")(docs)


def docs(
    path: Site = None,
    folder: Annotated[Path, typer.Option("--dir", help="Where the pages lie.")] = Path("docs/rules"),
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; name the pages that are stale.")
    ] = False,
    output: OutputOption = Output.TEXT,
) -> None:
    """Write a page per subject about every rule, and an index.

    Pages of subjects that are gone are removed. A file that this command did not write is left alone.
    Exit codes: 0 written, or current with --check; 1 stale pages with --check; 2 it could not be done.
    """
    with library(site_folder(path), None, opa_program()) as policy:
        wanted = {name: lines(text.split("\n")) for name, text in pages(policy, folder).items()}
    present = _present(folder)
    changed = sorted(name for name, text in wanted.items() if present.get(name) != text)
    gone = sorted(name for name in present.keys() - wanted.keys() if present[name].startswith(MARK))
    if not check:
        _write(folder, {name: wanted[name] for name in changed}, gone, present)
    if output is Output.JSON:
        print_json({"dir": str(folder), "pages": len(wanted), "changed": changed, "gone": gone})
    else:
        put(lines(_told(folder, changed, gone, len(wanted), check=check)))
    raise typer.Exit(1 if check and (changed or gone) else 0)


def _present(folder: Path) -> dict[str, str]:
    """The Markdown files that are there."""
    if not folder.is_dir():
        return {}
    return {path.name: path.read_text(encoding="utf-8", errors="replace") for path in folder.glob("*.md")}


def _write(folder: Path, changed: dict[str, str], gone: list[str], present: dict[str, str]) -> None:
    """Bring the pages up to date.

    Raises:
        PolicyError: a file that somebody wrote by hand stands in the way.
    """
    for name in changed:
        if not present.get(name, MARK).startswith(MARK):
            raise PolicyError(
                f"{folder / name} was not written by this command; move it away or name another --dir"
            )
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in changed.items():
        (folder / name).write_text(text, encoding="utf-8")
    for name in gone:
        (folder / name).unlink()


def _told(folder: Path, changed: list[str], gone: list[str], count: int, *, check: bool) -> list[str]:
    """For a person: each page that is not as it should be, or that was made so."""
    stale, left = ("stale: ", "of no subject: ") if check else ("wrote ", "removed ")
    told = [f"{stale}{folder / name}" for name in changed] + [f"{left}{folder / name}" for name in gone]
    if check and told:
        return [*told, f"run `mlgate policy docs --dir {folder}`"]
    return told or [f"{count} pages are current"]
