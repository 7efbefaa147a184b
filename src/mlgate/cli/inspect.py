"""`mlgate inspect`: what is read in a manifest, before any judgement."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mlgate.cli.console import print_json, results
from mlgate.cli.manifests import Document, load_documents
from mlgate.cli.options import Output, OutputOption
from mlgate.cli.requests import request_for
from mlgate.domain.workload import Container, DatasetSource, Endpoint, ServedModel, Workload
from mlgate.workloads.extract import Extraction, ExtractOptions, extract

ROLE_WORDS = {"server": "main"}
"""The one container role that this output names otherwise than the input document."""
PLAIN_SCHEMES = frozenset({"http", "ftp", "hdfs", "webhdfs", "nfs", "tcp", "redis", "kafka"})
"""Schemes that carry no TLS: a fact about the scheme. What is tolerated is the policy's."""

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
    documents = load_documents(paths)
    found = [describe(document) for document in documents]
    if output is Output.JSON:
        print_json(found)
    else:
        for entry in found:
            results().print(_text(entry))
    unread = any("error" in entry for entry in found)
    raise typer.Exit(2 if unread else 0)


def describe(document: Document) -> dict[str, Any]:
    """One document in the output's shape."""
    if document.object is None:
        error = document.error
        told = {"message": error.message, "line": error.line, "column": error.column} if error else {}
        return {"source": document.source, "error": told}
    request = request_for(document.object, default_namespace=None, user=None)
    extraction = extract(request, ExtractOptions())
    return {
        "source": document.source,
        "apiVersion": document.object["apiVersion"],
        "kind": document.object["kind"],
        "namespace": request.namespace,
        "name": request.name,
        **_facts(extraction),
    }


def _facts(extraction: Extraction) -> dict[str, Any]:
    """What was read; the same keys for every document."""
    workload = extraction.workload
    secrets = [{"path": item.path, "reason": item.reason} for item in extraction.credentials]
    if workload is None:
        return {
            "servesModel": False, "trainsModel": False, "detectedBy": [], "models": [], "containers": [],
            "serviceAccounts": [], "references": [], "insecureUris": [], "plaintextSecrets": secrets,
            "problems": [],
        }  # fmt: skip
    return {
        "servesModel": workload.serves_model,
        "trainsModel": workload.trains_model,
        "detectedBy": list(workload.detected_by),
        "models": [_model(model) for model in workload.models],
        "containers": [_container(container) for container in workload.containers],
        "serviceAccounts": sorted(
            {pod.service_account_name for pod in workload.pods if pod.service_account_name}
        ),
        "references": [_reference(workload, index) for index in range(len(workload.references))],
        "insecureUris": _insecure(workload),
        "plaintextSecrets": secrets,
        "problems": [problem.wire() for problem in workload.problems],
    }


def _model(model: ServedModel) -> dict[str, Any]:
    """A model as this output shows it."""
    shown = ("id", "uri", "name", "scheme", "revision", "digest", "path")
    return {name: getattr(model, name) for name in shown}


def _container(container: Container) -> dict[str, Any]:
    """A container as this output shows it."""
    return {
        "name": container.name,
        "role": ROLE_WORDS.get(container.role, container.role),
        "image": container.image.wire(),
        "path": container.path,
    }


def _reference(workload: Workload, index: int) -> dict[str, Any]:
    """A reference as this output shows it."""
    reference = workload.references[index]
    return {
        "apiVersion": reference.api_version,
        "kind": reference.kind,
        "name": reference.name,
        "path": reference.path,
    }


def _insecure(workload: Workload) -> list[dict[str, str]]:
    """Addresses whose scheme carries no TLS."""
    named: list[Address] = [*workload.models, *workload.datasets, *workload.endpoints]
    return [{"uri": item.uri, "path": item.path} for item in named if _plain(item)]


def _plain(item: Address) -> bool:
    """Whether an address is unencrypted by its scheme."""
    if isinstance(item, Endpoint) and item.tls is not None:
        return not item.tls
    return item.scheme in PLAIN_SCHEMES


def _text(entry: dict[str, Any]) -> str:
    """One document for people."""
    place = f"{entry['source']['file']}#{entry['source']['document']}"
    if "error" in entry:
        error = entry["error"]
        where = f" (line {error['line']}, column {error['column']})" if error.get("line") else ""
        return f"{place}: cannot be read{where}: {error['message']}"
    lines = [f"{place}: {entry['kind']}/{entry['name']}"]
    does = [word for key, word in (("servesModel", "serves"), ("trainsModel", "trains")) if entry[key]]
    lines.append(
        f"  model: {' and '.join(does) or 'none'}, because {', '.join(entry['detectedBy']) or 'nothing'}"
    )
    lines += [f"  loads {model['uri']} as {model['id']} ({model['path']})" for model in entry["models"]]
    lines += [
        f"  runs {item['image']['raw']} as {item['role']} {item['name']}" for item in entry["containers"]
    ]
    lines += [f"  takes its pod from {item['kind']}/{item['name']}" for item in entry["references"]]
    lines += [f"  unencrypted: {item['uri']} ({item['path']})" for item in entry["insecureUris"]]
    lines += [
        f"  looks like a credential: {item['path']} ({item['reason']})" for item in entry["plaintextSecrets"]
    ]
    lines += [f"  cannot be read: {item['path']}: {item['message']}" for item in entry["problems"]]
    return "\n".join(lines)
