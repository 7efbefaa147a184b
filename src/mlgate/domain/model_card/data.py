"""Data the model was made from, and the run that made it."""

from __future__ import annotations

from typing import Literal

from mlgate.domain.model_card.parts import CardPart, Count, Date, Digest, Name, Share


class LegalBasis(CardPart):
    """Why the personal data may be processed."""

    basis: (
        Literal[
            "consent",
            "contract",
            "legalObligation",
            "vitalInterests",
            "publicTask",
            "legitimateInterests",
            "other",
        ]
        | None
    ) = None
    """The legal basis."""
    reference: str | None = None
    """Consent record, contract clause or assessment that shows it."""


class Lineage(CardPart):
    """Where the rows came from and what was done to them."""

    sources: tuple[str, ...] | None = None
    """Upstream systems or datasets."""
    transformations: tuple[str, ...] | None = None
    """Steps applied, in order; the single word none if there were none."""


class ClassBalance(CardPart):
    """How balanced the labels are."""

    minority_share: Share | None = None
    """Share of the rarest label."""
    note: str | None = None
    """What the imbalance means for fairness."""


class Deletion(CardPart):
    """How deletion happens."""

    automated: bool | None = None
    """Whether a job deletes expired data."""
    last_run_at: Date | None = None
    """Last successful run of that job."""


class Dataset(CardPart):
    """One set of data the model was trained, tuned or tested on."""

    name: Name
    """Name of the dataset, unique in the card."""
    role: Literal["training", "tuning", "validation", "test"] | None = None
    """What it was used for. Absent counts as training."""
    source: str | None = None
    """Where it comes from: URI or catalogue id."""
    digest: Digest | None = None
    """Digest of the dataset, or of its signed manifest."""
    classification: Literal["public", "internal", "confidential", "restricted"] | None = None
    """Data classification of the dataset."""
    personal_data: Literal["none", "anonymized", "pseudonymized", "personal", "special"] | None = None
    """Personal data it holds; special = special categories or protected health data. Absent counts as
    personal.
    """
    legal_basis: LegalBasis | None = None
    """Why the personal data may be processed."""
    permitted_purposes: tuple[str, ...] | None = None
    """Purpose ids the data may serve."""
    lineage: Lineage | None = None
    """Where the rows came from and what was done to them."""
    anonymization: tuple[str, ...] | None = None
    """Methods applied: masking, tokenization, kAnonymity, differentialPrivacy, ..."""
    synthetic: bool | None = None
    """Whether the rows were generated. Absent counts as false."""
    class_balance: ClassBalance | None = None
    """How balanced the labels are."""
    retention_days: Count | None = None
    """Days until deletion; 0 = deleted after training."""
    deletion: Deletion | None = None
    """How deletion happens."""
    supplier: str | None = None
    """Who supplied it: `internal`, or the name of an entry in suppliers."""


class Supplier(CardPart):
    """A third party that supplied the model or data."""

    name: Name
    """Name used by model.supplier and datasets[].supplier."""
    license: str | None = None
    """License of what they supply, as an SPDX id where one exists."""
    contract: str | None = None
    """Where the agreement is kept."""
    privacy_terms: bool | None = None
    """The agreement has privacy terms."""
    usage_limits: str | None = None
    """What the agreement forbids, in words; the single word none if nothing."""
    audit_right: bool | None = None
    """The agreement gives a right to audit."""


class Training(CardPart):
    """The run that produced this version."""

    run_id: str | None = None
    """Id of the run in the experiment tracker."""
    initiated_by: str | None = None
    """Login name of the person or pipeline that started it."""
    completed_at: Date | None = None
    """When the run ended. Evidence older than this is about another model."""
    source_revision: str | None = None
    """Commit of the training code."""
    hyperparameters: dict[str, str] | None = None
    """Hyperparameters, all as strings."""
