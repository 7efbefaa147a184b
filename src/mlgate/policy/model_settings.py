"""Settings of the rules about a model: its card, tests, data, approvals and governance."""

from __future__ import annotations

from typing import Literal

from mlgate.policy.setting_values import (
    Aliases,
    Amount,
    Approvers,
    Classification,
    Count,
    Days,
    Group,
    Requirement,
    Share,
    Signer,
    Texts,
    Tier,
)


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
    trusted_signers: Approvers
    required: dict[Tier, tuple[Requirement, ...]]
    required_for_classification: dict[Classification, tuple[Requirement, ...]]
    min_distinct_approvers: dict[Tier, Count]
    card_digest_tiers: tuple[Tier, ...]
    max_age_days: dict[Tier, Days]
    inactive_approvers: Texts
    role_groups: dict[str, Texts]
    service_accounts: Texts


class PeopleSettings(Group):
    """When two login names are one person."""

    username_prefixes: Texts
    aliases: Aliases


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
