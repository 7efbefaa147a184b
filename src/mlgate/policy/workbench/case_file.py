"""Cases: a manifest, the evidence beside it and the codes that are expected, in YAML that needs no Rego."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from mlgate.domain.base import Json
from mlgate.errors import PolicyError
from mlgate.parsing.limits import MANIFEST_LIMITS
from mlgate.parsing.yaml_text import read_documents
from mlgate.policy.setting_values import Profile

SUFFIX = "_case.yaml"

Codes = tuple[Annotated[str, Field(min_length=1)], ...]
Object = dict[str, Any]


class _Part(BaseModel):
    """A part of a case: an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class CaseUser(_Part):
    """Who applies the manifest."""

    name: str = Field(min_length=1)
    groups: tuple[str, ...] = ()


class Expectation(_Part):
    """What the gate is expected to say."""

    verdict: Literal["allowed", "denied", "skipped"] | None = None
    violations: Codes = ()
    """Codes that must refuse; others may as well."""
    warnings: Codes = ()
    """Codes that must warn."""
    absent: Codes = ()
    """Codes that are judged and find nothing."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.verdict or self.violations or self.warnings or self.absent):
            raise ValueError("names neither verdict nor violations, warnings or absent codes")
        return self


class Case(_Part):
    """One case."""

    name: str = Field(min_length=1)
    manifest: Object | list[Object] | None = None
    manifest_file: str | None = None
    """Instead of `manifest`; from the folder of the case on."""
    evidence: list[Object | str] = Field(default=[])
    """Objects, or files that hold some: cards, sign-offs, namespaces."""
    cards: list[str] = Field(default=[])
    """Files with extra model cards."""
    namespace: str = Field(default="default", min_length=1)
    profile: Profile | None = None
    at: str | None = None
    user: str | CaseUser | None = None
    settings: dict[str, Json] = Field(default={})
    assume_authenticated: bool = True
    """Whether sign-offs and waivers in the evidence count as the cluster's."""
    expect: Expectation

    @model_validator(mode="after")
    def _has_one_manifest(self) -> Self:
        if (self.manifest is None) == (self.manifest_file is None):
            raise ValueError("needs one of manifest and manifestFile")
        return self


@dataclass(frozen=True)
class PlacedCase:
    """A case and where it stands."""

    file: Path
    line: int
    case: Case


def read_cases(folder: Path) -> list[PlacedCase]:
    """All cases below a folder, by file and position.

    Raises:
        PolicyError: a file cannot be read, or holds what is no case; it is named with line and reason.
    """
    try:
        paths = sorted(path for path in folder.rglob(f"*{SUFFIX}") if path.is_file())
        return [placed for path in paths for placed in _cases_in(path)]
    except OSError as error:
        raise PolicyError(f"{error.filename or folder}: {error.strerror or error}") from error


def _cases_in(path: Path) -> Iterator[PlacedCase]:
    for entry in read_documents(path.read_bytes(), MANIFEST_LIMITS):
        if entry.error is not None:
            line = entry.error.line or entry.line
            raise PolicyError(f"{path}:{line}: {entry.error.message}")
        if entry.value is None:
            continue
        try:
            yield PlacedCase(path, entry.line, Case.model_validate(entry.value))
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            place = ".".join(str(part) for part in first["loc"]) or "case"
            raise PolicyError(f"{path}:{entry.line}: {place}: {first['msg']}") from error
