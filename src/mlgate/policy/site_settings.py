"""The policy's settings, typed: what a site may override and with which values.

The shipped values live in `policies/rego/mlgate/settings/data.yaml` and are meant to be read
there; these types say only what fits. One group is one class, one setting one field, and the
names in a file are camelCase. Ages are whole days unless the name says otherwise.
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


class DecisionSettings(Group):
    """How the single findings become one answer."""

    default_profile: Profile
    default_tier: Tier
    default_classification: Classification
    unchanged_update: Lowered
    runtime_objects: Lowered
    docs_base_url: str
    mode: dict[Profile, Literal["enforce", "warn", "audit"]]


class EnforcementSettings(Group):
    """The site's own choice of how strictly single codes are enforced."""

    overrides: dict[str, CodeOverride]
    locked: Texts


class ModelCardSettings(Group):
    """Model cards."""

    roles_without_card: tuple[
        Literal["primary", "adapter", "draft", "explainer", "transformer", "tokenizer", "base"], ...
    ]
    trusted_signers: tuple[Signer, ...]


class DocumentationSettings(Group):
    """When words count as an answer."""

    min_text_length: Count
    placeholder_texts: Texts
    required_decision_topics: Texts


class EvaluationSettings(Group):
    """Tests of quality."""

    leakage_max_age_days: Days
    drift_max_age_days: Days


class FairnessSettings(Group):
    """Bias tests."""

    exempt_tiers: tuple[Tier, ...]
    required_attributes: dict[Tier, Texts]
    required_metrics_tasks: Texts
    max_age_days: dict[Tier, Days]
    group_metrics: Texts
    required_metrics: dict[Tier, Texts]
    min_ratio: dict[Tier, Share]
    max_difference: dict[Tier, Share]
    tolerance: Share
    max_group_gap: Share
    min_group_count: Count
    imbalance_share: Share


class RobustnessSettings(Group):
    """Tests of security."""

    adversarial_max_age_days: Days
    red_team_max_age_days: Days
    threat_model_max_age_days: Days
    scan_max_age_days: Days


class ExplainabilitySettings(Group):
    """Explanations of single predictions."""

    fidelity_max_age_days: Days


class SignOffSettings(Group):
    """Approvals."""

    accepted_assurance: tuple[Literal["authenticated", "signed", "claimed"], ...]
    trusted_signers: tuple[Approver, ...]
    required: dict[Tier, tuple[Requirement, ...]]
    required_for_classification: dict[Classification, tuple[Requirement, ...]]
    min_distinct_approvers: dict[Tier, Count]
    card_digest_tiers: tuple[Tier, ...]
    max_age_days: dict[Tier, Days]
    inactive_approvers: Texts
    role_groups: dict[str, Texts]
    service_accounts: Texts


class AccessSettings(Group):
    """Who deploys."""

    deployer_groups: dict[Profile, Texts]
    controller_users: Texts
    attribute_rules: tuple[TimedAttributeRule, ...]
    mfa_extra_key: str
    mfa_values: Texts


class RegistrySettings(Group):
    """Promotion in a model registry."""

    staging_uri_patterns: Texts
    production_stages: Texts
    production_aliases: Texts
    record_required: bool


class GovernanceSettings(Group):
    """Owners, reviews and audits."""

    required_owner_roles: dict[Tier, Texts]
    compliance_max_age_days: Days
    audit_max_age_days: Days
    required_certifications: dict[str, Texts]
    risk_review_max_age_days: dict[Tier, Days]


class IdentitySettings(Group):
    """What a workload may do."""

    cloud_iam_groups: Texts
    cloud_iam_policy_paths: Texts
    token_allowed_kinds: Texts
    max_token_seconds: Count


class SecretsSettings(Group):
    """Credentials."""

    allowed_names: Texts
    env_secret_exceptions: Texts
    max_age_days: Days


class EncryptionSettings(Group):
    """Encryption at rest and in transit."""

    required_targets: dict[Tier, Texts]
    allowed_algorithms: Texts
    trusted_storage_classes: Texts
    always_encrypting_provisioners: Texts
    storage_class_proofs: tuple[StorageProof, ...]
    confidential_ineffective_schemes: Texts
    min_tls_version: Literal["1.0", "1.1", "1.2", "1.3"]
    insecure_schemes: Texts


class ClassificationSettings(Group):
    """Where each data class may run."""

    default_clearance: dict[Profile, Classification]
    node_selectors: dict[Classification, dict[str, Text]]


class DataSettings(Group):
    """Training data."""

    max_retention_days: Days
    deletion_run_max_age_days: Days
    raw_data_prefixes: Texts
    raw_data_claims: Texts


class PrivacySettings(Group):
    """Privacy attacks, assessments and techniques."""

    required_attack_tests: Texts
    attack_test_max_age_days: Days
    reidentification_max_age_days: Days
    minimization_max_age_days: Days
    impact_assessment_max_age_days: Days
    max_epsilon: Amount
    synthetic_audit_max_age_days: Days


class SupplyChainSettings(Group):
    """Models and images."""

    unsafe_formats: Texts
    model_scan_max_age_days: Days
    trusted_signers: tuple[Signer, ...]
    provenance_types: Texts
    immutable_prefixes: Texts
    trusted_model_sources: Texts
    public_schemes: Texts
    platform_images: Texts
    trusted_registries: Texts


class RuntimeSettings(Group):
    """Hardening of containers."""

    allowed_capabilities: Texts
    confidential_runtime_classes: Texts


class EnvironmentSettings(Group):
    """Namespaces."""

    relaxed_namespaces: dict[Literal["sandbox", "development", "staging"], Texts]
    label_editor_groups: Texts


class MonitoringSettings(Group):
    """Signals and alerts."""

    alert_ratio: Share
    max_unattended_hours: Count
    required_abuse_signals: dict[Tier, Texts]


class LoggingSettings(Group):
    """The prediction log."""

    logger_kinds: Texts
    required_fields: Texts
    min_retention_days: dict[str, Days]


class RollbackSettings(Group):
    """Rollback and rollout."""

    max_minutes: Amount
    test_max_age_days: Days
    phased_kinds: Texts
    max_first_percent: Annotated[float, Field(ge=0, le=100)]


class IncidentSettings(Group):
    """Incidents."""

    max_notify_hours: Amount
    required_scenarios: dict[Tier, Texts]
    exercise_max_age_days: Days
    blocking_severities: Texts


class WaiverSettings(Group):
    """Waivers."""

    approver_groups: Texts
    service_accounts: Texts
    never_waivable: Texts
    not_waivable_in: dict[Profile, Texts]
    max_days: Days
    namespaces: Texts
    expiry_notice_days: Days


class PolicySettings(Group):
    """All settings, by group."""

    decision: DecisionSettings
    enforcement: EnforcementSettings
    model_card: ModelCardSettings
    documentation: DocumentationSettings
    evaluation: EvaluationSettings
    fairness: FairnessSettings
    robustness: RobustnessSettings
    explainability: ExplainabilitySettings
    sign_off: SignOffSettings
    access: AccessSettings
    registry: RegistrySettings
    governance: GovernanceSettings
    identity: IdentitySettings
    secrets: SecretsSettings
    encryption: EncryptionSettings
    classification: ClassificationSettings
    data: DataSettings
    privacy: PrivacySettings
    supply_chain: SupplyChainSettings
    runtime: RuntimeSettings
    environment: EnvironmentSettings
    monitoring: MonitoringSettings
    logging: LoggingSettings
    rollback: RollbackSettings
    incident: IncidentSettings
    waiver: WaiverSettings
