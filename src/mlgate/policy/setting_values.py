"""Of what the values of settings are made: profiles, tiers, signers, ages, conditions.

Ages are whole days unless the name says otherwise.
"""

from __future__ import annotations

from typing import Annotated, Literal, Required

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError
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
    """A signer with the roles in which it may approve, and in whose name.

    A certificate says whose it is. A key does not, and who holds one can write any name into what it signs.
    """

    __pydantic_config__ = ConfigDict(  # type: ignore[misc]
        extra="forbid", strict=True, json_schema_extra={"dependencies": {"keyId": ["approver"]}}
    )
    approver: Text
    roles: Required[Texts]


def _has_a_name(entry: Approver) -> Approver:
    if "keyId" in entry and "approver" not in entry:
        raise PydanticCustomError(
            "key_of_nobody",
            "lacks approver: a key tells nobody's name, so say whose it is (approver: <login name>)",
        )
    return entry


def _of_one_person(entries: tuple[Approver, ...]) -> tuple[Approver, ...]:
    """Whoever holds a key of two people would approve as both."""
    names: dict[str, str] = {}
    for entry in entries:
        name, key = entry.get("approver", ""), entry.get("keyId")
        if key is not None and names.setdefault(key, name) != name:
            raise PydanticCustomError(
                "key_of_several",
                "gives key {key} to {one} and to {other}: a key is one person's",
                {"key": key, "one": names[key], "other": name},
            )
    return entries


Approvers = Annotated[
    tuple[Annotated[Approver, AfterValidator(_has_a_name)], ...], AfterValidator(_of_one_person)
]
"""Whom approvals are trusted from."""


def _without_chains(entries: dict[str, str]) -> dict[str, str]:
    """One name leads to one other: of a chain or a circle, two ends would be two people."""
    logins = {login.strip().lower() for login in entries}
    for login, other in entries.items():
        if other.strip().lower() in logins:
            raise PydanticCustomError(
                "alias_of_alias",
                "says that {login} is {other}, which has another name itself: give both the same one",
                {"login": login, "other": other},
            )
    return entries


Aliases = Annotated[dict[Text, Text], AfterValidator(_without_chains)]
"""Other names of people, by login name."""


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
