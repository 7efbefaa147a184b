"""Measured quality: evaluation, bias tests, other tests, explanations."""

from __future__ import annotations

from typing import Literal

from mlgate.domain.model_card.parts import Amount, CardPart, Count, Date, Name, Number, Share


class EvaluationMetric(CardPart):
    """One measured value of quality, with its acceptance limits."""

    name: Name
    """Metric, e.g. accuracy, rocAuc, rmse."""
    value: Number | None = None
    """Measured value."""
    min: Number | None = None
    """Acceptance floor."""
    max: Number | None = None
    """Acceptance ceiling."""
    slice: str | None = None
    """Part of the data it was measured on; absent = all of it."""


class Evaluation(CardPart):
    """Measured quality of this version."""

    date: Date | None = None
    """When it was measured."""
    metrics: tuple[EvaluationMetric, ...] | None = None
    """Aggregate metrics."""
    population_shift: str | None = None
    """How the test population differs from the one in production."""


class Agreement(CardPart):
    """Who fixed the metrics and limits before testing."""

    date: Date | None = None
    """When they were agreed."""
    by: tuple[str, ...] | None = None
    """The business stakeholders who agreed."""


class GroupRow(CardPart):
    """The results of one group: four counts, or the rates of tools that give no counts."""

    group: Name
    """Value of the attribute; parts joined with | for intersections."""
    count: Count | None = None
    """Rows in the group."""
    true_positives: Count | None = None
    """Favourable prediction, favourable truth."""
    false_positives: Count | None = None
    """Favourable prediction, unfavourable truth."""
    true_negatives: Count | None = None
    """Unfavourable prediction, unfavourable truth."""
    false_negatives: Count | None = None
    """Unfavourable prediction, favourable truth."""
    selection_rate: Share | None = None
    """Share predicted favourable."""
    accuracy: Share | None = None
    """Share predicted rightly."""
    precision: Share | None = None
    """Favourable predictions that are right."""
    recall: Share | None = None
    """True positive rate."""
    false_positive_rate: Share | None = None
    """Unfavourable truths predicted favourable."""
    values: dict[str, Number] | None = None
    """Other measures by name, for regression, ranking and generation."""


class FairnessMetric(CardPart):
    """A fairness metric the author reports; it is recomputed, never believed."""

    name: Name
    """A name from the metric table, or any other name with measure and aggregation."""
    measure: str | None = None
    """Column or key of values it compares; only for names outside the table."""
    aggregation: Literal["difference", "ratio"] | None = None
    """How groups are compared; only for names outside the table."""
    value: Number | None = None
    """The value the author computed."""
    limit: Amount | None = None
    """The author's own limit: ceiling for a difference, floor for a ratio. It can only tighten the
    policy's.
    """


class BiasTest(CardPart):
    """One bias test: one sensitive attribute, one run."""

    attribute: Name
    """Sensitive attribute; several joined with | for intersections (sex|ageBand)."""
    date: Date | None = None
    """When the test ran."""
    model_version: str | None = None
    """Version tested; must equal model.version."""
    stratified: bool | None = None
    """Whether the sample was stratified by the attribute."""
    groups: tuple[GroupRow, ...] | None = None
    """One row per group. The four counts are enough; the rates are for tools that give no counts."""
    metrics: tuple[FairnessMetric, ...] | None = None
    """Fairness metrics the author reports for this attribute."""


class Mitigation(CardPart):
    """What was done about a disparity."""

    attribute: Name
    """Attribute it addresses."""
    method: (
        Literal[
            "reweighting",
            "resampling",
            "dataCollection",
            "constraint",
            "adversarialDebiasing",
            "thresholdAdjustment",
            "featureChange",
            "removeAttribute",
            "humanReview",
            "other",
        ]
        | None
    ) = None
    """Kind of mitigation."""
    description: str | None = None
    """What was done and what it changed."""


class Fairness(CardPart):
    """Bias tests of this version."""

    not_applicable_reason: str | None = None
    """Why no bias test applies; counts only for the tiers in fairness.exemptTiers and when affectsPeople
    is false.
    """
    agreement: Agreement | None = None
    """Who fixed the metrics and limits before testing."""
    evaluations: tuple[BiasTest, ...] | None = None
    """One entry per sensitive attribute and test run."""
    mitigations: tuple[Mitigation, ...] | None = None
    """What was done about disparities found."""


class Test(CardPart):
    """One automated test of this version."""

    kind: Literal[
        "adversarial",
        "dataLeakage",
        "membershipInference",
        "attributeInference",
        "vulnerabilityScan",
        "modelScan",
        "drift",
        "explanationFidelity",
    ]
    """What was tested."""
    date: Date | None = None
    """When the test ran."""
    model_version: str | None = None
    """Version tested; must equal model.version."""
    result: Literal["passed", "failed", "inconclusive"] | None = None
    """Outcome."""
    open_critical: Count | None = None
    """Critical findings still open; for scans."""
    report: str | None = None
    """Where the report is kept."""


class Explainability(CardPart):
    """How single predictions are explained."""

    method: str | None = None
    """shap, lime, captum, counterfactual, inherent, ..."""
    per_prediction: bool | None = None
    """Whether every prediction can be explained."""
    stored_with_predictions: bool | None = None
    """Whether the explanation is stored beside the prediction."""
    reviewed_with: tuple[str, ...] | None = None
    """Business users who tried the explanations."""
