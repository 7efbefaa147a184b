"""Runs of a policy for those who look at it: the facts about a document, and the trace of one rule.

The facts come from the built bundle. The trace comes from the sources it was built of, as their author wrote
them, so that its lines are theirs, and with the data of that bundle. The other rules of the subject are left
empty there, so that nothing is told of them.
"""

from __future__ import annotations

import json
import os
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mlgate.domain.base import Json
from mlgate.errors import PolicyError
from mlgate.policy.capabilities import write_capabilities
from mlgate.policy.opa_command import call_opa
from mlgate.policy.opa_errors import errors_in
from mlgate.policy.workbench.sources import Definition, Sources
from mlgate.policy.workbench.trace import Query, read_trace

MAX_TRACE = 256 * 1024 * 1024
"""Most characters of a trace that are read."""
FACTS = """answers := [answer |
	some document in input.documents
	code := input.code
	answer := {
		"decision": [x | x := data.mlgate.main.decision],
		"objects": [x | some x in data.mlgate.lib.facts.objects],
		"profile": [x | x := data.mlgate.lib.facts.profile],
		"tier": [x | x := data.mlgate.lib.facts.tier],
		"classification": [x | x := data.mlgate.lib.facts.classification],
		"ownerGated": [x | x := data.mlgate.lib.facts.owner_gated],
		"applies": [true | data.mlgate.lib.judgement.applies(code)],
		"enforcement": [x | x := data.mlgate.lib.judgement.enforcement(code)],
		"candidates": [x | some x in data.mlgate.rules[split(code, ".")[0]][input_rule]; x.code == code],
		"inherited": [x |
			some x in data.mlgate.rules[split(code, ".")[0]][input_rule]
			x.code == code
			data.mlgate.lib.judgement.inherited(x)
		],
		"hidden": [x | some x in data.mlgate.main.hidden; x.code == code],
	} with input as document
]"""
"""A list stands for what may be undefined."""


def facts(bundle: Path, rule: Definition, code: str, documents: Sequence[Json], opa: Path) -> list[Any]:
    """What the policy makes of each document, as far as it concerns one code.

    Raises:
        PolicyError: OPA does not work, or the policy is not made like the shipped one.
    """
    query = FACTS.replace("input_rule", json.dumps(rule.name))
    given = json.dumps({"documents": documents, "code": code})
    with tempfile.TemporaryDirectory(prefix="mlgate-") as folder:
        found = evaluated(opa, Path(folder), ["--bundle", os.fspath(bundle.absolute())], query, given)
    answers: list[Any] = found["result"][0]["bindings"]["answers"]
    return answers


def trace(
    bundle: Path, rule: Definition, document: Json, sources: Sources, shortcuts: Sequence[str] = ()
) -> list[Query]:
    """The evaluations of one rule over a document.

    Args:
        bundle: the bundle with the data.
        rule: the rule.
        document: the input.
        sources: the Rego.
        shortcuts: functions to go without: they tell early that nothing is amiss, and so hide why.

    Raises:
        PolicyError: OPA does not work, or tells more than can be read.
    """
    with tempfile.TemporaryDirectory(prefix="mlgate-") as folder:
        tree = Path(folder).resolve() / "tree"
        for name, text in sources.files.items():
            path = tree / name
            path.parent.mkdir(parents=True, exist_ok=True)
            others = name in sources.packages[rule.package]
            path.write_text(_alone(name, rule, sources) if others else text, encoding="utf-8")
        (tree / "data.json").write_bytes(_data(bundle))
        wanted = ["--bundle", ".", "--explain", "fails", "--disable-indexing"]
        without = [f"with data.{name} as false" for name in shortcuts]
        query = " ".join([f"found := data.{rule.package}.{rule.name}", *without])
        found = evaluated(sources.opa, tree, wanted, query, json.dumps(document))
    return list(read_trace(found.get("explanation") or []).find(rule.file, rule.line))


def evaluated(opa: Path, folder: Path, wanted: Sequence[str], query: str, given: str) -> Any:
    """What OPA answers to a query, within the capabilities that every policy is held to.

    Args:
        opa: the program.
        folder: an empty folder of the caller's, where it runs.
        wanted: further arguments.
        query: the query.
        given: the input, as JSON.

    Raises:
        PolicyError: OPA does not work, or tells more than can be read.
    """
    limits = write_capabilities(folder.parent / f"{folder.name}-capabilities.json", opa)
    try:
        limited = ["--capabilities", os.fspath(limits), "--format", "json", "--stdin-input"]
        ran = call_opa(opa, "eval", *limited, *wanted, query, folder=folder, given=given)
    finally:
        limits.unlink()
    for error in errors_in(ran):
        raise PolicyError(error.text)
    if len(ran.out) > MAX_TRACE:
        raise PolicyError("OPA tells more about this document than can be read; try one with fewer parts")
    return json.loads(ran.out)


def _alone(name: str, rule: Definition, sources: Sources) -> str:
    """A file of the rule's package without the other rules that have a code."""
    lines = sources.files[name].split("\n")
    for other in sources.rules(name):
        annotations = other.node.get("annotations", [])
        coded = any("code" in annotation.get("custom", {}) for annotation in annotations)
        if coded and (other.file, other.line) != (rule.file, rule.line):
            first = min(annotation["location"]["row"] for annotation in annotations)
            last = other.line + len(sources.lines(other))
            lines[first - 1 : last - 1] = [""] * (last - first)
    return "\n".join(lines)


def _data(bundle: Path) -> bytes:
    """The data of a built bundle.

    Raises:
        PolicyError: it cannot be read.
    """
    try:
        with tarfile.open(bundle, "r:gz") as archive:
            for member in archive:
                stream = archive.extractfile(member) if member.name.lstrip("/") == "data.json" else None
                if stream is not None:
                    return stream.read()
    except (OSError, EOFError, tarfile.TarError) as error:
        raise PolicyError(f"{bundle.name} cannot be read as a bundle: {error}") from error
    raise PolicyError(f"{bundle.name} holds no data")
