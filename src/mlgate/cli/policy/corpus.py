"""The objects that two policies are tried on: cases as in examples/, or plain manifests."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

import mlgate
from mlgate.cli.manifests import Document, documents_of, file_contents
from mlgate.cli.questions import Given, Questions, input_documents, read_questions
from mlgate.domain.policy_input import PolicyInput
from mlgate.domain.request import Request, UserInfo
from mlgate.errors import ManifestError, PolicyError
from mlgate.parsing.limits import MANIFEST_LIMITS
from mlgate.parsing.yaml_text import parse_yaml

MANIFEST, EVIDENCE, EXPECTED = "manifest.yaml", "evidence.yaml", "expected.yaml"
SHARED, REFERENCE = "cluster.yaml", "reference.yaml"
SECONDS = 120.0
CHECKOUT = Path(mlgate.__file__).parents[2]
"""Where this runs from a checkout, its root; it has the examples and what writes them out."""


class _User(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    username: str = Field(min_length=1)
    groups: tuple[str, ...] = ()

    @property
    def info(self) -> UserInfo:
        return UserInfo(username=self.username, groups=self.groups)


class _Reference(BaseModel):
    """As far as it is read of `reference.yaml`: who asks."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    requester: _User | None = None


class _Object(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    user: _User | None = None


class _Expected(BaseModel):
    """As far as it is read of `expected.yaml`: who asks about each object, where it is somebody else."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    objects: tuple[_Object, ...] = ()


@dataclass(frozen=True)
class Asked:
    """One object of the corpus with its input document."""

    name: str
    question: PolicyInput


@contextmanager
def corpus_folder(named: Path | None, day: str | None) -> Iterator[Path | None]:
    """The folder of the corpus: the one named, else the examples of this checkout as they are on a day.

    Raises:
        PolicyError: there is no such folder, or the examples cannot be written.
    """
    if named is not None and named.resolve() != CHECKOUT / "examples":  # of which many are twins of others
        if not named.is_dir():
            raise PolicyError(f"--corpus: {named} is no directory")
        yield named
        return
    writer = CHECKOUT / "tools" / "examples.py"
    if not writer.is_file():
        yield None
        return
    with TemporaryDirectory(prefix="mlgate-") as folder:
        target = Path(folder) / "examples"
        command = [sys.executable, str(writer), "--target", str(target), *(["--day", day] if day else [])]
        done = subprocess.run(  # noqa: S603 - the checkout's own script, beside this very module
            command, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        if done.returncode != 0:
            raise PolicyError(f"the examples cannot be written: {done.stderr.strip()}")
        yield target


async def read_corpus(folder: Path, at: str | None, profile: str | None) -> tuple[list[Asked], int]:
    """The input documents of all objects that a rule is asked about, and how many objects there are.

    Args:
        folder: sub-folders with `manifest.yaml` are cases, with `evidence.yaml` beside it, `cluster.yaml` as
            evidence of all, and the users that `reference.yaml` and `expected.yaml` name. All other
            manifests are one case, each the evidence of the others. SignOffs and Waivers count as the
            guarded cluster's.
        at: the moment of judgement; now when left out.
        profile: that of namespaces no file describes.

    Raises:
        ManifestError: an object or some evidence cannot be read, or there is none.
    """
    asked: list[Asked] = []
    objects = 0
    for name, files, users in _cases(folder):
        given = replace(files, at=at, profile=profile, assume_authenticated=True)
        questions = _asked_by(read_questions(given, _documents(given)), users)
        found = await input_documents(questions)
        objects += len(found)
        asked += [
            Asked(f"{name}: {document.title}" if name else _placed(document, folder), question)
            for document, question in found
            if question is not None
        ]
    if not asked:
        raise ManifestError(f"{folder}: no rule is asked about anything in it")
    return asked, objects


def _cases(folder: Path) -> Iterator[tuple[str, Given, tuple[UserInfo | None, ...]]]:
    """Name, files and users of each case; the one of plain manifests has no name."""
    shared = [str(folder / SHARED)] if (folder / SHARED).is_file() else []
    requester = _read(_Reference, folder / REFERENCE).requester
    folders = sorted(path.parent for path in folder.glob(f"*/{MANIFEST}"))
    for case in folders:
        evidence = [str(case / EVIDENCE)] if (case / EVIDENCE).is_file() else []
        users = tuple(item.user or requester for item in _read(_Expected, case / EXPECTED).objects)
        given = Given(paths=[str(case / MANIFEST)], evidence=[*shared, *evidence])
        yield case.name, given, tuple(user.info if user else None for user in users) or (_info(requester),)
    known = {folder / SHARED, folder / REFERENCE}
    plain = [
        file
        for file, _ in file_contents([str(folder)])
        if Path(file) not in known and not any(Path(file).is_relative_to(case) for case in folders)
    ]
    if plain:
        yield "", Given(paths=plain, evidence=shared), (_info(requester),)


def _info(user: _User | None) -> UserInfo | None:
    return user.info if user else None


def _documents(given: Given) -> list[Document]:
    return [item for file, content in file_contents(given.paths) for item in documents_of(file, content)]


def _asked_by(questions: Questions, users: tuple[UserInfo | None, ...]) -> Questions:
    """The questions, each by its own user; the last user asks about all that follow."""
    requests: list[tuple[Document, Request | None]] = []
    for number, (document, request) in enumerate(questions.requests):
        user = users[min(number, len(users) - 1)]
        requests.append((document, request and request.model_copy(update={"user_info": user})))
    return replace(questions, requests=tuple(requests))


def _placed(document: Document, folder: Path) -> str:
    """A plain manifest by its place below the corpus."""
    return f"{Path(document.file).relative_to(folder)}#{document.index}: {document.title}"


def _read(model: type[Any], path: Path) -> Any:
    """A YAML file as far as it is of use; nothing where there is none.

    Raises:
        ManifestError: it is no YAML, or holds something else.
    """
    if not path.is_file():
        return model()
    try:
        return model.model_validate(parse_yaml(path.read_bytes(), MANIFEST_LIMITS))
    except (ManifestError, ValidationError, OSError) as error:
        raise ManifestError(f"{path} cannot be read as part of a corpus") from error
