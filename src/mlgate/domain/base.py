"""What all domain types share: frozen, strict about unknown fields, camelCase on the wire."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

Json = Any
"""A JSON value as parsed: the raw object of a manifest, whose shape is not ours."""


class Frozen(BaseModel):
    """A value that cannot change after it was made."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        populate_by_name=True,
        hide_input_in_errors=True,  # an error may end in a log, and the input is a stranger's
    )

    def wire(self) -> dict[str, Any]:
        """The value as the JSON object that goes over the wire, camelCase keys."""
        return self.model_dump(by_alias=True, mode="json")


class Problem(Frozen):
    """One thing that could not be read or is wrong, and where it stands."""

    path: str
    """Where; empty for the whole document."""
    message: str
    """What, in words a person can act on."""


class Credential(Frozen):
    """A place that looks like a credential in plain text; the value itself is never kept."""

    kind: str
    """`env`, `argument`, `uri` or `text`."""
    container: str | None
    name: str | None
    path: str
    reason: str
    """`value`, `name`, `entropy` or `uriPassword`."""
