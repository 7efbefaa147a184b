"""`mlgate inspect`: what is read in a manifest, before any judgement."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mlgate.cli.console import lines, print_json, put, say
from mlgate.cli.manifests import Document, load_documents, trouble
from mlgate.cli.options import Output, OutputOption
from mlgate.cli.requests import request_for
from mlgate.cli.shapes import (
    InsecureUri,
    Inspected,
    InspectedContainer,
    InspectedModel,
    InspectedReference,
    PlaintextSecret,
    ReadFailure,
    Source,
    Unread,
)
from mlgate.domain.listing import first_few
from mlgate.domain.workload import Container, DatasetSource, Endpoint, Reference, ServedModel, Workload
from mlgate.errors import ManifestError
from mlgate.workloads.extract import ExtractOptions, extract

ROLE_WORDS = {"server": "main"}
"""The one container role that this output names otherwise than the input document."""
PLAIN_SCHEMES = frozenset({"http", "ftp", "hdfs", "webhdfs", "nfs", "tcp", "redis", "kafka"})
"""Schemes that carry no TLS: a fact about the scheme. What is tolerated is the policy's."""
_REASONS = 8
"""Reasons shown in a line of text; the JSON has them all."""

Address = ServedModel | DatasetSource | Endpoint


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("inspect", epilog="Example: mlgate inspect -o json deployment.yaml")(inspect)


def inspect(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Files, folders, or - for standard input.")
    ],
    output: OutputOption = Output.TEXT,
) -> None:
    """Show what is read in manifests: models, containers, references. Facts, no findings.

    Exit codes: 0 all read, 2 a document could not be read (the others are still shown).
    """
    found = [describe(document) for document in load_documents(paths)]
    if output is Output.JSON:
        print_json([entry.wire() for entry in found])
    elif found:
        put("\n".join(_text(entry) for entry in found))
    if not found:
        say(f"{', '.join(paths)}: there is no manifest in it")
    raise typer.Exit(2 if any(isinstance(entry, Unread) for entry in found) else 0)


def describe(document: Document) -> Inspected | Unread:
    """One document in the output's shape."""
    source = Source(**document.source)
    value = document.object
    if value is None:
        error = document.error or ManifestError("cannot be read")
        failure = ReadFailure(message=error.message, line=error.line, column=error.column)
        return Unread(source=source, error=failure)
    request = request_for(value, default_namespace=None, user=None)
    extraction = extract(request, ExtractOptions())
    return Inspected(
        source=source,
        api_version=value["apiVersion"],
        kind=value["kind"],
        namespace=request.namespace,
        name=request.name,
        plaintext_secrets=tuple(
            PlaintextSecret(path=item.path, reason=item.reason) for item in extraction.credentials
        ),
        **_facts(extraction.workload),
    )


def _facts(workload: Workload | None) -> dict[str, Any]:
    """What was read; nothing in an object that runs no pods."""
    if workload is None:
        return {}
    accounts = {pod.service_account_name for pod in workload.pods if pod.service_account_name}
    return {
        "serves_model": workload.serves_model,
        "trains_model": workload.trains_model,
        "detected_by": workload.detected_by,
        "models": tuple(_model(model) for model in workload.models),
        "containers": tuple(_container(container) for container in workload.containers),
        "service_accounts": tuple(sorted(accounts)),
        "references": tuple(_reference(reference) for reference in workload.references),
        "insecure_uris": _insecure(workload),
        "problems": workload.problems,
    }


def _model(model: ServedModel) -> InspectedModel:
    """A model as this output shows it."""
    return InspectedModel(**{name: getattr(model, name) for name in InspectedModel.model_fields})


def _container(container: Container) -> InspectedContainer:
    """A container as this output shows it."""
    return InspectedContainer(
        name=container.name,
        role=ROLE_WORDS.get(container.role, container.role),
        image=container.image,
        path=container.path,
    )


def _reference(reference: Reference) -> InspectedReference:
    """A reference as this output shows it."""
    return InspectedReference(
        api_version=reference.api_version, kind=reference.kind, name=reference.name, path=reference.path
    )


def _insecure(workload: Workload) -> tuple[InsecureUri, ...]:
    """Addresses whose scheme carries no TLS."""
    named: list[Address] = [*workload.models, *workload.datasets, *workload.endpoints]
    return tuple(InsecureUri(uri=item.uri, path=item.path) for item in named if _plain(item))


def _plain(item: Address) -> bool:
    """Whether an address is unencrypted by its scheme."""
    if isinstance(item, Endpoint) and item.tls is not None:
        return not item.tls
    return item.scheme in PLAIN_SCHEMES


def _text(entry: Inspected | Unread) -> str:
    """One document for people."""
    place = f"{entry.source.file}#{entry.source.document}"
    if isinstance(entry, Unread):
        error = entry.error
        told = ManifestError(error.message, line=error.line, column=error.column)
        return lines([f"{place}: cannot be read: {trouble(told)}"])
    does = [word for word, yes in (("serves", entry.serves_model), ("trains", entry.trains_model)) if yes]
    return lines(
        [
            f"{place}: {entry.kind}/{entry.name or '(generated)'}",
            f"  model: {' and '.join(does) or 'none'}, because {_because(entry.detected_by)}",
            *(f"  loads {model.uri} as {model.id} ({model.path})" for model in entry.models),
            *(f"  runs {item.image.raw} as {item.role} {item.name}" for item in entry.containers),
            *(f"  takes its pod from {item.kind}/{item.name}" for item in entry.references),
            *(f"  unencrypted: {item.uri} ({item.path})" for item in entry.insecure_uris),
            *(f"  looks like a credential: {item.path} ({item.reason})" for item in entry.plaintext_secrets),
            *(f"  cannot be read: {item.path or 'the object'}: {item.message}" for item in entry.problems),
        ]
    )


def _because(reasons: tuple[str, ...]) -> str:
    """The first reasons, and how many more there are: an object may have thousands of containers."""
    return first_few(reasons, _REASONS) or "nothing"
