"""Identity of a model: artifacts, owners, risk, intended use."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mlgate.domain.model_card.parts import CardPart, Digest, Name


class Artifact(CardPart):
    """One file set of the model: base weights, an adapter, a converted copy."""

    uri: Name
    """Where the artifact is served from, as the manifest writes it."""
    digest: Digest | None = None
    """Digest of the artifact: OCI manifest digest, or the root digest of an OMS signature."""
    format: str | None = None
    """File format in lower case: safetensors, onnx, gguf, savedmodel, pickle, joblib, pytorch, ..."""
    access: Literal["public", "organization", "restricted"] | None = None
    """Who can download it: anyone, the whole organisation, or named identities only."""


class Model(CardPart):
    """Identity of the model."""

    name: Annotated[str, Field(min_length=1, max_length=253)]
    """Name of the model, the same for all its versions."""
    version: Annotated[str, Field(min_length=1, max_length=128)]
    """Version of the model. Tests, evaluations and sign-offs name this string."""
    task: (
        Literal["classification", "regression", "ranking", "detection", "generation", "embedding", "other"]
        | None
    ) = None
    """What the model does; decides which fairness columns are needed. Absent counts as classification."""
    stage: Literal["none", "staging", "production", "archived"] | None = None
    """Where the model stands in its registry, as the author claims it."""
    supplier: str | None = None
    """Who made the model: `internal`, or the name of an entry in suppliers."""
    authors: tuple[Name, ...] | None = None
    """Login names of the people who built this version; none of them may approve it."""
    artifacts: Annotated[tuple[Artifact, ...], Field(min_length=1)]
    """The files this card is about: base weights, adapters, converted copies."""


class Owner(CardPart):
    """Somebody answerable for the model or its data."""

    role: Literal["modelOwner", "businessOwner", "dataOwner", "dataSteward", "onCall"]
    """What the person answers for."""
    name: str | None = None
    """Person or team."""
    contact: str | None = None
    """Address that reaches them: e-mail, chat channel, pager."""


class Risk(CardPart):
    """Consequence of a wrong decision, and the rules that follow from it."""

    tier: Literal["minimal", "limited", "high"] | None = None
    """Risk tier. Absent counts as high."""
    regulations: tuple[Name, ...] | None = None
    """Regulations in scope, as short names: EU-AI-Act, GDPR, HIPAA, PCI-DSS, ECOA, ... or the single word
    none.
    """
    regions: tuple[Name, ...] | None = None
    """Regions where the model may run, named as the cluster names its region."""


class Purpose(CardPart):
    """One purpose the model was built for."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
    """Short name of the purpose."""
    description: str | None = None
    """The purpose in a sentence."""


class IntendedUse(CardPart):
    """What the model is for."""

    purposes: tuple[Purpose, ...] | None = None
    """Purposes the model was built for. A deployment names one of the ids."""
    users: tuple[str, ...] | None = None
    """Who is meant to use the output."""
    out_of_scope: tuple[str, ...] | None = None
    """Uses the model must not be put to."""
    affects_people: bool | None = None
    """Whether outputs affect natural persons. Absent counts as true."""
    affected_populations: tuple[str, ...] | None = None
    """The people outputs are about or act upon."""
