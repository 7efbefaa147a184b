"""`mlgate card convert`: a card in another format as a ModelCard, and what did not fit in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import typer

from mlgate.cli.card_file import CardFile
from mlgate.cli.cards import ReadCard
from mlgate.cli.console import print_json, put, say
from mlgate.cli.manifests import Document, file_contents, trouble
from mlgate.cli.options import Output, OutputOption, moment
from mlgate.cli.written import card_manifest, yaml_text
from mlgate.domain.base import Json, Problem
from mlgate.domain.components import can_be_named
from mlgate.domain.digests import digest_of
from mlgate.domain.evidence import Lost
from mlgate.errors import CardInvalid, ManifestError
from mlgate.evidence.cards.formats import OWN, aif360, fairlearn
from mlgate.evidence.cards.formats.conversion import Origin
from mlgate.evidence.cards.formats.read import parsed_card, read_card
from mlgate.evidence.cards.formats.results import BiasResult, result_of
from mlgate.parsing.limits import CARD_LIMITS
from mlgate.parsing.yaml_text import parse_yaml


class Source(StrEnum):
    """What is converted."""

    AUTO = "auto"
    HUGGINGFACE = "huggingface"
    CYCLONEDX = "cyclonedx"
    SPDX = "spdx"
    MODEL_CARD_TOOLKIT = "model-card-toolkit"
    VERIFYML = "verifyml"
    FAIRLEARN = "fairlearn"
    AIF360 = "aif360"


_RESULTS = frozenset({Source.FAIRLEARN, Source.AIF360})


def _named(component: str | None) -> str | None:
    """Refuse what no reference could name. Raises typer.BadParameter."""
    if component is not None and not can_be_named(component):
        raise typer.BadParameter("no reference can name such a bom-ref")
    return component


From = Annotated[Source, typer.Option("--from", help="Format of the file; auto knows it by the content.")]
Repository = Annotated[
    str | None, typer.Option(help="For a Hugging Face README: the repository it is from, organisation/name.")
]
Revision = Annotated[
    str | None,
    typer.Option(
        help="For a Hugging Face README: the revision, best a commit. It becomes the model's version."
    ),
]
Component = Annotated[
    str | None,
    typer.Option(
        help="For CycloneDX with several models: bom-ref of the one that is meant, as in FILE#BOM-REF.",
        callback=_named,
    ),
]
Attribute = Annotated[
    str | None, typer.Option(help="For AIF360: the sensitive attribute its groups differ in, as sex.")
]
OfPredictions = Annotated[
    bool,
    typer.Option(
        "--of-predictions", help="For AIF360: its rates are of predictions, not of labels in the data."
    ),
]
TestDate = Annotated[
    str | None, typer.Option("--date", help="For AIF360: day on which the test ran, YYYY-MM-DD.")
]
Version = Annotated[
    str | None, typer.Option("--model-version", help="For AIF360: version of the model that was tested.")
]


@dataclass(frozen=True)
class Converted:
    """What became of a file: a ModelCard or a part of one, and what is to be said about it."""

    format: str | None
    manifest: dict[str, Any] | None
    problems: tuple[Problem, ...]
    lost: tuple[Lost, ...]


def convert(
    path: Annotated[str, typer.Argument(metavar="PATH", help="The file, or - for standard input.")],
    source: From = Source.AUTO,
    repository: Repository = None,
    revision: Revision = None,
    component: Component = None,
    name: Annotated[
        str | None,
        typer.Option(help="metadata.name of the ModelCard. Left out, made of the model's name and version."),
    ] = None,
    namespace: Annotated[
        str | None,
        typer.Option("--namespace", "-n", help="Namespace of the ModelCard, which is the workload's."),
    ] = None,
    attribute: Attribute = None,
    of_predictions: OfPredictions = False,
    date: TestDate = None,
    model_version: Version = None,
    output: OutputOption = Output.TEXT,
) -> None:
    """Print a card of another format as a ModelCard; results of a fairness library as a bias test.

    You need this only to go on with the card by hand: mlgate reads cards in these formats as they are.
    Nothing is added that the file does not say. What a ModelCard has no field for is listed on standard
    error as lost, what cannot be used as a problem. Complete what is printed, then run
    `mlgate card validate`. Of a fairness library's result it prints the part that belongs under `spec` of
    a card.

    Exit codes: 0 converted, 1 converted with problems or not usable, 2 the file could not be read.
    """
    named = CardFile.named(path)
    data, component = _bytes(named.path), named.component or component
    if named.digest not in (None, found := digest_of(data)):
        raise ManifestError(f"{named.path} has the digest {found}, and {named.digest} is asked for")
    library = _library(data, source)
    if library is not None:
        done = _result(data, library, attribute, of_predictions, moment(date, "--date"), model_version)
    else:
        done = _card(path, data, source, Origin(repository, revision, component), name, namespace)
    if output is Output.JSON:
        print_json(
            {
                "format": done.format,
                "manifest": done.manifest,
                "problems": [problem.wire() for problem in done.problems],
                "lost": [entry.wire() for entry in done.lost],
            }
        )
    else:
        _tell(done)
    raise typer.Exit(1 if done.problems or done.manifest is None else 0)


def _bytes(path: str) -> bytes:
    """What the file holds. Raises ManifestError."""
    contents = list(file_contents([path]))
    if len(contents) != 1:
        raise ManifestError(f"{path} is a folder; name one file")
    (file, content) = contents[0]
    if isinstance(content, ManifestError):
        raise ManifestError(f"{file}: {trouble(content)}")
    return content


def _library(data: bytes, source: Source) -> Source | None:
    """The fairness library whose result the file is; None when it is a card."""
    if source in _RESULTS:
        return source
    if source is not Source.AUTO:
        return None
    try:
        found = result_of(parse_yaml(data, CARD_LIMITS))
    except ManifestError:
        return None
    return Source(found) if found else None


def _result(
    data: bytes,
    library: Source,
    attribute: str | None,
    of_predictions: bool,
    date: str | None,
    model_version: str | None,
) -> Converted:
    document: Json = parse_yaml(data, CARD_LIMITS)
    try:
        if library is Source.FAIRLEARN:
            found: BiasResult = fairlearn.convert(document)
        elif attribute is None:
            raise typer.BadParameter("results of AIF360 need --attribute: by what the groups differ")
        else:
            stated = aif360.Stated(attribute, of_predictions, date, model_version)
            found = aif360.convert(document, stated)
    except CardInvalid as problem:
        return Converted(library.value, None, (Problem(path=problem.path, message=str(problem)),), ())
    part = {"fairness": {"evaluations": [found.evaluation]}}
    return Converted(library.value, part, found.problems, found.lost)


def _card(
    path: str, data: bytes, source: Source, origin: Origin, name: str | None, namespace: str | None
) -> Converted:
    found = _format(data, origin)
    if found == OWN:
        raise ManifestError(f"{path} is a ModelCard already; there is nothing to convert")
    if found is not None and source is not Source.AUTO and source.value != found:
        raise ManifestError(f"{path} is {found} by its content, not {source.value}")
    content = read_card(data, origin=origin)
    if content.format is None:
        told = ReadCard(Document(path, 0, 1, None, None), content, unreadable=True).problems[0]
        raise ManifestError(f"{path}: {told.message}")
    manifest = None
    if content.card is not None:
        claims = [claim.entry for claim in content.claims]
        manifest = card_manifest(content.card, claims, name=name, namespace=namespace)
    return Converted(content.format, manifest, content.problems, content.lost)


def _format(data: bytes, origin: Origin) -> str | None:
    try:
        return parsed_card(data, origin)[0]
    except (CardInvalid, ManifestError):
        return None


def _tell(done: Converted) -> None:
    """The card on standard output, what is to be said about it on standard error."""
    if done.manifest is not None:
        put(yaml_text(done.manifest))
    for problem in done.problems:
        say(f"problem: {problem.path or 'document'}: {problem.message}")
    for entry in done.lost:
        say(f"lost: {entry.path or 'document'}: {entry.reason}")
    if done.manifest is None:
        say("nothing usable came of it; correct the file and convert it again")
