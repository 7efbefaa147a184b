"""Of what the values of settings are made: profiles, tiers, signers, ages, conditions.

Ages are whole days unless the name says otherwise.
"""

from __future__ import annotations

from typing import Annotated, Literal, Required

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from typing_extensions import TypedDict

Profile = Literal["sandbox", "development", "staging", "production"]
Tier = Literal["minimal", "limited", "high"]
Classification = Literal["public", "internal", "confidential", "restricted"]
Lowered = Literal["deny", "warn", "audit"]
Action = Literal["deny", "warn", "audit", "off"]
Text = Annotated[str, Field(min_length=1)]
Texts = tuple[Text, ...]
Days = Annotated[int, Field(ge=0)]
Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Amount = Annotated[float, Field(ge=0)]
_STRICT = ConfigDict(extra="forbid", strict=True)

CodeOverride = TypedDict(
    "CodeOverride",
    {
        "sandbox": Action,
        "development": Action,
        "staging": Action,
        "production": Action,
        "raise": bool,
    },
    total=False,
)
"""How strictly one code is enforced, by profile; `raise: false` drops its raises."""
CodeOverride.__pydantic_config__ = _STRICT  # type: ignore[attr-defined]


class Signer(TypedDict, total=False):
    """Whom a signature is trusted from: issuer and identity of a certificate, or the id of a key."""

    __pydantic_config__ = _STRICT  # type: ignore[misc]
    issuer: Text
    identity: Text
    keyId: Text


class Approver(Signer, total=False):
    """A signer with the roles in which it may approve."""

    roles: Required[Texts]


class Requirement(TypedDict):
    """At least `count` different people, each in one of the roles."""

    __pydantic_config__ = _STRICT  # type: ignore[misc]
    roles: Annotated[Texts, Field(min_length=1)]
    count: Annotated[int, Field(ge=1)]


class StorageProof(TypedDict):
    """A parameter by which a storage class shows that it encrypts."""

    __pydantic_config__ = _STRICT  # type: ignore[misc]
    provisioner: Text
    parameter: Text
    value: Text


class AttributeRule(TypedDict, total=False):
    """A condition on who asks and when; hours are UTC."""

    __pydantic_config__ = _STRICT  # type: ignore[misc]
    name: Required[Text]
    profiles: tuple[Profile, ...]
    tiers: tuple[Tier, ...]
    classifications: tuple[Classification, ...]
    groups: Texts
    extra: dict[str, Texts]
    days: tuple[Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], ...]


# "from" is a keyword, so these two cannot be written as fields of a class.
HourRange = TypedDict(
    "HourRange",
    {
        "from": Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")],
        "to": Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")],
    },
    total=False,
)


class TimedAttributeRule(AttributeRule, HourRange, total=False):
    """An attribute rule that may be limited to hours of the day."""

    __pydantic_config__ = _STRICT  # type: ignore[misc]


class Group(BaseModel):
    """Base of the groups of settings."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, alias_generator=to_camel, populate_by_name=True
    )
