"""The canonical model card, exactly as the ModelCard custom resource holds it.

Only what identifies the model is required; everything else is asked for by the policy, so that
the author of a thin card is told what is missing. Every other card format is mapped onto this
one before a rule sees it. A test holds these types and the CustomResourceDefinition equal.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
"""A SHA-256 digest as `sha256:` and 64 hexadecimal digits."""
Date = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"
        r"(T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2}))?$"
    ),
]
"""A day `2026-11-22` or a moment `2026-11-22T06:15:00Z`, as a string."""
Name = Annotated[str, Field(min_length=1)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Number = Annotated[float, Field(allow_inf_nan=False)]


class CardPart(BaseModel):
    """Base of all parts: no unknown keys, no coercion of one JSON type into another."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, alias_generator=to_camel, populate_by_name=True
    )


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
    task: Literal["classification", "regression", "ranking", "detection", "generation", "embedding", "other"] | None = None
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
    """Regulations in scope, as short names: EU-AI-Act, GDPR, HIPAA, PCI-DSS, ECOA, ... or the single word none."""
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


class LegalBasis(CardPart):
    """Why the personal data may be processed."""

    basis: Literal["consent", "contract", "legalObligation", "vitalInterests", "publicTask", "legitimateInterests", "other"] | None = None
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
    """Personal data it holds; special = special categories or protected health data. Absent counts as personal."""
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
    """The author's own limit: ceiling for a difference, floor for a ratio. It can only tighten the policy's."""


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
    method: Literal["reweighting", "resampling", "dataCollection", "constraint", "adversarialDebiasing", "thresholdAdjustment", "featureChange", "removeAttribute", "humanReview", "other"] | None = None
    """Kind of mitigation."""
    description: str | None = None
    """What was done and what it changed."""


class Fairness(CardPart):
    """Bias tests of this version."""

    not_applicable_reason: str | None = None
    """Why no bias test applies; counts only for the tiers in fairness.exemptTiers and when affectsPeople is false."""
    agreement: Agreement | None = None
    """Who fixed the metrics and limits before testing."""
    evaluations: tuple[BiasTest, ...] | None = None
    """One entry per sensitive attribute and test run."""
    mitigations: tuple[Mitigation, ...] | None = None
    """What was done about disparities found."""


class Test(CardPart):
    """One automated test of this version."""

    kind: Literal["adversarial", "dataLeakage", "membershipInference", "attributeInference", "vulnerabilityScan", "modelScan", "drift", "explanationFidelity"]
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


class PrivacyTechnique(CardPart):
    """A privacy technique in use."""

    name: Literal["differentialPrivacy", "federatedLearning", "secureAggregation", "secureMultiPartyComputation", "homomorphicEncryption", "trustedExecution", "syntheticData", "other"]
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

    fields: tuple[Literal["caller", "input", "prediction", "confidence", "timestamp", "modelVersion", "explanation"], ...] | None = None
    """What each prediction's log entry holds."""
    pii_handling: Literal["redacted", "tokenized", "noPersonalData", "none"] | None = None
    """What happens to personal data before it is logged."""
    sink: Sink | None = None
    """Where entries go."""
    retention_days: Count | None = None
    """Days entries are kept."""
    data_access_audited: bool | None = None
    """Reads of model and training data are audited by the platform."""


class Signal(CardPart):
    """One signal that is watched in production."""

    kind: Literal["performance", "dataDrift", "modelDrift", "fairness", "bulkQueries", "outOfRangeInputs", "unexpectedSource"]
    """What is watched."""
    metric: str | None = None
    """Metric or query."""
    baseline: Number | None = None
    """Value at release."""
    limit: Number | None = None
    """Value that counts as failure."""
    direction: Literal["max", "min"] | None = None
    """max: the limit is a ceiling; min: a floor."""
    alert_at: Number | None = None
    """Value at which people are alerted."""
    attributes: tuple[str, ...] | None = None
    """Sensitive attributes it is split by; for fairness."""


class Monitoring(CardPart):
    """What is watched in production."""

    dashboard: str | None = None
    """Address of the dashboard."""
    runbook: str | None = None
    """What to do when a signal breaches its limit."""
    signals: tuple[Signal, ...] | None = None
    """Signals with limits."""


class Rollback(CardPart):
    """How to get back to a known state."""

    strategy: Literal["previousVersion", "fallbackProcess", "disable"] | None = None
    """What replaces this version."""
    target_version: str | None = None
    """Version to return to; for previousVersion."""
    procedure: str | None = None
    """Where the procedure is kept."""
    max_minutes: Amount | None = None
    """Longest time it takes."""
    last_tested_at: Date | None = None
    """Last successful rehearsal."""


class SeverityLevel(CardPart):
    """A severity level of the incident plan."""

    name: Name
    """Level."""
    respond_within_minutes: Amount | None = None
    """Time to first response."""


class IncidentResponse(CardPart):
    """What happens when the model does harm."""

    plan: str | None = None
    """Where the plan is kept."""
    contacts: tuple[str, ...] | None = None
    """Who is called."""
    notify_within_hours: Amount | None = None
    """Time to notify those affected and the authority."""
    scenarios: tuple[Literal["wrongDecisions", "fairnessBreach", "dataTheft", "modelTheft", "privacyBreach", "evasion"], ...] | None = None
    """Cases the plan covers."""
    severity_levels: tuple[SeverityLevel, ...] | None = None
    """Levels with response times."""


class DecisionEntry(CardPart):
    """One entry of the decision log."""

    topic: Literal["algorithm", "fairness", "data", "tradeoff", "other"] | None = None
    """What it is about."""
    date: Date | None = None
    """When it was taken."""
    decision: Name
    """What was decided."""
    rationale: str | None = None
    """Why, and what was given up."""


class AuditFinding(CardPart):
    """A finding of a review or audit."""

    id: Name
    """Id of the finding."""
    due_at: Date | None = None
    """When it must be fixed."""
    closed_at: Date | None = None
    """When it was fixed; absent = open."""


class Review(CardPart):
    """A review, assessment, exercise, audit or certificate."""

    kind: Literal["threatModel", "redTeam", "reidentification", "privacyImpact", "dataMinimization", "syntheticData", "risk", "compliance", "externalAudit", "certification", "incidentExercise"]
    """What it is."""
    name: str | None = None
    """Which one; for certification the scheme: SOC 2 Type II, ISO/IEC 27001, ISO/IEC 42001, HIPAA evaluation."""
    date: Date | None = None
    """When it was finished."""
    by: str | None = None
    """Who did it."""
    independent: bool | None = None
    """Done by someone outside the organisation."""
    ai_qualified: bool | None = None
    """The auditor is experienced in AI systems."""
    outcome: Literal["passed", "accepted", "failed"] | None = None
    """Result; accepted = passed with accepted residual risk."""
    valid_until: Date | None = None
    """End of validity; for certificates."""
    report: str | None = None
    """Where the report is kept."""
    findings: tuple[AuditFinding, ...] | None = None
    """What it found."""


class ClaimedSignOff(CardPart):
    """An approval carried by the card: a claim, unless its statement verifies."""

    role: Literal["businessOwner", "modelRisk", "compliance", "legal", "privacy", "security", "product"]
    """In which role."""
    approver: Name
    """Login name of the approver."""
    decision: Literal["approved", "rejected"] | None = None
    """What was decided."""
    issued_at: Date | None = None
    """When."""
    expires_at: Date | None = None
    """Until when it holds."""
    statement: Annotated[str, Field(max_length=65536)] | None = None
    """DSSE envelope (JSON) with an in-toto Statement of predicateType https://mlgate.dev/sign-off/v1alpha1. Its content replaces the fields above."""


class ModelCardSpec(CardPart):
    """The canonical model card: everything one version of a model is answerable for."""

    model: Model
    """Identity of the model."""
    owners: tuple[Owner, ...] | None = None
    """People answerable for the model and its data."""
    risk: Risk | None = None
    """Consequence of a wrong decision, and the rules that follow from it."""
    intended_use: IntendedUse | None = None
    """What the model is for."""
    limitations: tuple[str, ...] | None = None
    """Known limitations and failure conditions."""
    assumptions: tuple[str, ...] | None = None
    """What must hold in production for the evaluation to hold."""
    datasets: tuple[Dataset, ...] | None = None
    """Data the model was trained, tuned or tested on."""
    suppliers: tuple[Supplier, ...] | None = None
    """Third parties that supplied the model or data."""
    training: Training | None = None
    """The run that produced this version."""
    evaluation: Evaluation | None = None
    """Measured quality of this version."""
    fairness: Fairness | None = None
    """Bias tests of this version."""
    tests: tuple[Test, ...] | None = None
    """Automated tests of this version, other than bias tests."""
    explainability: Explainability | None = None
    """How single predictions are explained."""
    privacy: Privacy | None = None
    """Privacy techniques used in training or serving."""
    encryption: Encryption | None = None
    """How the model and its data are encrypted."""
    credentials: tuple[CardCredential, ...] | None = None
    """Credentials the model uses at run time, by name only."""
    logging: Logging | None = None
    """Logging of predictions and data access."""
    monitoring: Monitoring | None = None
    """What is watched in production."""
    rollback: Rollback | None = None
    """How to get back to a known state."""
    incident_response: IncidentResponse | None = None
    """What happens when the model does harm."""
    decisions: tuple[DecisionEntry, ...] | None = None
    """Decision log."""
    reviews: tuple[Review, ...] | None = None
    """Reviews, assessments, exercises, audits and certificates."""
    sign_offs: tuple[ClaimedSignOff, ...] | None = None
    """Approvals carried by the card. A bare entry is a claim; one with a statement can be verified. Left out of the card digest."""
