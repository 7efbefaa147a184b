"""`mlgate policy diff`: what another policy would refuse or let pass."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from mlgate.cli.console import coloured, lines, print_json, put, say
from mlgate.cli.options import At, Output, OutputOption, ProfileOption, moment
from mlgate.cli.policy.corpus import Asked, corpus_folder, read_corpus
from mlgate.cli.policy.options import opa_program
from mlgate.cli.questions import SECONDS_EACH
from mlgate.cli.running import run_unless_stopped
from mlgate.domain.deadline import Deadline
from mlgate.domain.policy_input import PolicyInput
from mlgate.engines import managed_engine
from mlgate.errors import EngineError, PolicyError
from mlgate.gate import now_utc
from mlgate.policy.bundle import build_bundle
from mlgate.policy.engine import PolicyEngine
from mlgate.policy.loading import load_bundle
from mlgate.policy.manifest import BundleManifest
from mlgate.policy.opa_calls import in_thread
from mlgate.policy.workbench.diff.report import Difference, difference
from mlgate.policy.workbench.diff.rules import read_policy
from mlgate.policy.workbench.diff.verdicts import Answer, Pair
from mlgate.settings import PolicySettings, bundle_cache, load_settings

SHIPPED = "shipped"
AT_ONCE = 8


class ExitCode(StrEnum):
    """Whether something that was loosened is a failure."""

    ON = "on"
    OFF = "off"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("diff", epilog="Example: mlgate policy diff shipped ./policies --corpus ./manifests")(diff)


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A bundle, a directory of policy, or `shipped`.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The same; what would be in force instead.")],
    old_settings: Annotated[Path | None, typer.Option(help="The site's settings over OLD (YAML).")] = None,
    new_settings: Annotated[Path | None, typer.Option(help="The site's settings over NEW (YAML).")] = None,
    corpus: Annotated[
        Path | None, typer.Option(help="Manifests, or cases of them with evidence; else the examples.")
    ] = None,
    at: At = None,
    profile: ProfileOption = None,
    exit_code: Annotated[ExitCode, typer.Option(help="off: end with 0 also where it loosens.")] = ExitCode.ON,
    output: OutputOption = Output.TEXT,
) -> None:
    """Compare two policies: rules, settings, and what both decide about the same objects.

    SignOffs and Waivers of the corpus count as the guarded cluster's. Lines with ✗ loosen.
    Exit codes: 0 nothing is loosened; 1 something is; 2 they could not be compared on every object.
    """
    at = moment(at)
    with corpus_folder(corpus, at[:10] if at else None) as folder:
        if folder is None:
            say("there are no examples here; only rules and settings are compared (--corpus names manifests)")
        found = run_unless_stopped(_compared((old, old_settings), (new, new_settings), folder, at, profile))
    if output is Output.JSON:
        print_json(found.wire())
    else:
        put(coloured(lines(found.text())))
    if found.undecided:
        raise typer.Exit(2)
    raise typer.Exit(1 if found.loosens and exit_code is ExitCode.ON else 0)


async def _compared(
    old: tuple[str, Path | None],
    new: tuple[str, Path | None],
    folder: Path | None,
    at: str | None,
    profile: str | None,
) -> Difference:
    """Both policies, on every object of the corpus."""
    settings, opa = load_settings(), opa_program()
    cache = bundle_cache(settings)
    before, after = await asyncio.gather(*(in_thread(_bundle_of, *side, cache, opa) for side in (old, new)))
    asked, objects = await read_corpus(folder, at, profile) if folder is not None else ([], 0)
    pairs: list[Pair] = []
    if asked:
        say(f"asking both about {len(asked)} objects")
        async with (
            managed_engine(settings, before, opa) as first,
            managed_engine(settings, after, opa) as second,
        ):
            old_answers, new_answers = await asyncio.gather(_answers(first, asked), _answers(second, asked))
        pairs = [
            Pair(item.name, was, is_) for item, was, is_ in zip(asked, old_answers, new_answers, strict=True)
        ]
    return difference(read_policy(before), read_policy(after), tuple(pairs), objects, at or now_utc())


def _bundle_of(name: str, settings: Path | None, cache: Path, opa: Path) -> BundleManifest:
    """The bundle of one side. It may be old and partial: it judges nothing but the comparison.

    Raises:
        PolicyError: there is no such bundle or directory, or it cannot be built.
    """
    path = None if name == SHIPPED else Path(name)
    if path is not None and path.is_file():
        if settings is not None:
            raise PolicyError(f"{path}: policy settings are part of a bundle; build it with them")
        return load_bundle(path, PolicySettings(partial=True), opa, keep=cache)
    if path is not None and not path.is_dir():
        raise PolicyError(f"{path} is no bundle and no directory")
    return build_bundle(path, settings, cache, opa)


async def _answers(engine: PolicyEngine, asked: Sequence[Asked]) -> list[Answer]:
    """What one policy says to every question, in their order."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def answer(question: PolicyInput) -> Answer:
        async with slots:
            try:
                return Answer(await engine.decide(question, Deadline.after(SECONDS_EACH)))
            except EngineError as problem:
                return Answer(None, str(problem))

    return list(await asyncio.gather(*(answer(item.question) for item in asked)))
