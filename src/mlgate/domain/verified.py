"""Signatures, attestations and records of registries, as they were verified."""

from __future__ import annotations

from typing import Literal

from mlgate.domain.base import Frozen


class ModelSignature(Frozen):
    """Result of looking for the signature of a model."""

    model: str
    status: Literal["verified", "invalid", "missing", "unavailable"]
    method: Literal["oms", "cosign"] | None = None
    digest: str | None = None
    identity: str | None = None
    issuer: str | None = None
    key_id: str | None = None
    signed_at: str | None = None
    reason: str | None = None
    """Why none verified, in words that follow `it`."""


class ImageSignature(Frozen):
    """Result of looking for the signature of an image."""

    image: str
    status: Literal["verified", "invalid", "missing", "unavailable"]
    identity: str | None = None
    issuer: str | None = None
    key_id: str | None = None
    reason: str | None = None
    """Why none verified, in words that follow `it`."""


class AttestationSubject(Frozen):
    """What an attestation is about."""

    kind: Literal["model", "image"]
    id: str
    digest: str | None = None


class Attestation(Frozen):
    """An in-toto statement about a model or an image."""

    subject: AttestationSubject
    predicate_type: str
    status: Literal["verified", "invalid", "unavailable"]
    identity: str | None = None
    issuer: str | None = None
    key_id: str | None = None
    issued_at: str | None = None
    source_revision: str | None = None
    reason: str | None = None
    """Why none verified, in words that follow `it`."""


class RegistryRecord(Frozen):
    """A model's record in its registry."""

    model: str
    system: Literal["mlflow", "kubeflow"]
    status: Literal["found", "missing", "unavailable"]
    name: str | None = None
    version: str | None = None
    stage: str | None = None
    aliases: tuple[str, ...] = ()
    tags: dict[str, str] = {}


class VerifiedEvidence(Frozen):
    """Cryptographic and registry evidence; whether a signer is trusted is for the rules."""

    model_signatures: tuple[ModelSignature, ...] = ()
    image_signatures: tuple[ImageSignature, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    registry: tuple[RegistryRecord, ...] = ()
