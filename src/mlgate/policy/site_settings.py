"""The policy's settings, typed: what a site may override and with which values.

The shipped values live in `policies/rego/mlgate/settings/data.yaml` and are meant to be read
there; these types say only what fits. One group is one class, one setting one field, and the
names in a file are camelCase. Ages are whole days unless the name says otherwise.
"""

from __future__ import annotations

from typing import Literal

from mlgate.policy.deployment_settings import (
    AccessSettings,
    ClassificationSettings,
    EncryptionSettings,
    EnvironmentSettings,
    IdentitySettings,
    IncidentSettings,
    LoggingSettings,
    MonitoringSettings,
    RollbackSettings,
    RuntimeSettings,
    SecretsSettings,
    SupplyChainSettings,
)
from mlgate.policy.model_settings import (
    DataSettings,
    DocumentationSettings,
    EvaluationSettings,
    ExplainabilitySettings,
    FairnessSettings,
    GovernanceSettings,
    ModelCardSettings,
    PeopleSettings,
    PrivacySettings,
    RegistrySettings,
    RobustnessSettings,
    SignOffSettings,
)
from mlgate.policy.setting_values import (
    Classification,
    CodeOverride,
    Days,
    Group,
    Lowered,
    Profile,
    Texts,
    Tier,
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
    people: PeopleSettings
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
