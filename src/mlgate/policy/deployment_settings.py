"""Settings of the rules about a deployment: who, with what, where, and how it is watched."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mlgate.policy.setting_values import (
    Amount,
    Classification,
    Count,
    Days,
    Group,
    Profile,
    Share,
    Signer,
    StorageProof,
    Text,
    Texts,
    Tier,
    TimedAttributeRule,
)


class AccessSettings(Group):
    """Who deploys."""

    deployer_groups: dict[Profile, Texts]
    controller_users: Texts
    attribute_rules: tuple[TimedAttributeRule, ...]
    mfa_extra_key: str
    mfa_values: Texts


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
