"""The canonical model card, exactly as the ModelCard custom resource holds it.

Only what identifies the model is required; everything else is asked for by the policy, so that
the author of a thin card is told what is missing. Every other card format is mapped onto this
one before a rule sees it. A test holds these types and the CustomResourceDefinition equal.
"""

from __future__ import annotations

from mlgate.domain.model_card.data import Dataset, Supplier, Training
from mlgate.domain.model_card.governance import ClaimedSignOff, DecisionEntry, Review
from mlgate.domain.model_card.identity import IntendedUse, Model, Owner, Risk
from mlgate.domain.model_card.operation import IncidentResponse, Monitoring, Rollback
from mlgate.domain.model_card.parts import CardPart
from mlgate.domain.model_card.protection import CardCredential, Encryption, Logging, Privacy
from mlgate.domain.model_card.quality import Evaluation, Explainability, Fairness, Test


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
    """Approvals carried by the card. A bare entry is a claim; one with a statement can be verified. Left
    out of the card digest.
    """
