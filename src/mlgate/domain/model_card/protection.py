"""Protection: privacy techniques, encryption, credentials, logging."""

from __future__ import annotations

from typing import Literal

from mlgate.domain.model_card.parts import Amount, CardPart, Count, Date, Name


class PrivacyTechnique(CardPart):
    """A privacy technique in use."""

    name: Literal[
        "differentialPrivacy",
        "federatedLearning",
        "secureAggregation",
        "secureMultiPartyComputation",
        "homomorphicEncryption",
        "trustedExecution",
        "syntheticData",
        "other",
    ]
    """The technique."""
    epsilon: Amount | None = None
    """Privacy budget; for differentialPrivacy."""


class Privacy(CardPart):
    """Privacy techniques used in training or serving."""

    techniques: tuple[PrivacyTechnique, ...] | None = None
    """Techniques in use."""
    no_technique_reason: str | None = None
    """Why none is used."""


class EncryptedTarget(CardPart):
    """How one kind of stored data is encrypted."""

    target: Literal["model", "trainingData", "predictions", "logs"]
    """What is stored."""
    algorithm: str | None = None
    """Algorithm with key length: AES-256-GCM, AES-256-XTS, ..."""
    key_management: Literal["customerManaged", "providerManaged", "none"] | None = None
    """Who holds the key."""
    key_reference: str | None = None
    """Name or ARN of the key, never the key itself."""


class InTransit(CardPart):
    """Encryption of calls to and from the model."""

    min_tls_version: Literal["1.0", "1.1", "1.2", "1.3"] | None = None
    """Lowest TLS version accepted."""


class Encryption(CardPart):
    """How the model and its data are encrypted."""

    at_rest: tuple[EncryptedTarget, ...] | None = None
    """One entry per thing stored."""
    in_transit: InTransit | None = None
    """Encryption of calls to and from the model."""


class CardCredential(CardPart):
    """A credential the model uses at run time, by name only."""

    name: Name
    """Name of the Secret or vault path, never the value."""
    rotated_at: Date | None = None
    """Last rotation."""
    expires_at: Date | None = None
    """When it stops working by itself."""


class Sink(CardPart):
    """Where entries go."""

    uri: str | None = None
    """Address of the log store."""
    separate_from_model_host: bool | None = None
    """It survives the loss of the model host."""
    write_once: bool | None = None
    """Entries cannot be changed or deleted before retention ends."""
    tamper_evidence: Literal["hashChain", "signed", "objectLock", "none"] | None = None
    """How a change would be noticed."""


class Logging(CardPart):
    """Logging of predictions and data access."""

    fields: (
        tuple[
            Literal[
                "caller", "input", "prediction", "confidence", "timestamp", "modelVersion", "explanation"
            ],
            ...,
        ]
        | None
    ) = None
    """What each prediction's log entry holds."""
    pii_handling: Literal["redacted", "tokenized", "noPersonalData", "none"] | None = None
    """What happens to personal data before it is logged."""
    sink: Sink | None = None
    """Where entries go."""
    retention_days: Count | None = None
    """Days entries are kept."""
    data_access_audited: bool | None = None
    """Reads of model and training data are audited by the platform."""
