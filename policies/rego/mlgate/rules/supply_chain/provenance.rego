package mlgate.rules.supply_chain

import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show
import data.mlgate.lib.signers

# METADATA
# scope: rule
# title: Models have provenance
# description: |
#   No statement of a trusted signer says from which build a model came; or one does, but it names another source
#   revision than the card of the model.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MAP 4.1 and GOVERN 6.1
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.7.5
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.5.21
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.T0010, AML.M0014 and AML.M0023
# custom:
#   code: supply_chain.provenance_missing
#   controls: [C80]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [limited, high]}
#   needs: [evidence.attestations]
#   configuredBy: [supplyChain.trustedSigners]
#   per: model
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   settings: [supplyChain.provenanceTypes]
#   alsoUses: [supplyChain.trustedSigners]
#   message: "{model} has no verified provenance: {observed}."
#   fix: "Let the training pipeline attach SLSA provenance to the artifact and record the commit in spec.training.sourceRevision."
deny contains finding if {
	trusted_signers != []
	some model in present.list(input.workload, "models")
	found := object.get(attestations, [model.id], set())
	good := [entry | some entry in found; states_origin(entry, model)]
	lack := provenance_lack(model, found, good)
	finding := result.candidate(rego.metadata.rule(), {
		"path": lack.path,
		"term": model.id,
		"model": model.id,
		"observed": lack.observed,
		"required": lack.required,
	})
}

# What was attested of models, by their ids.
attestations[entry.subject.id] contains entry if {
	some entry in present.list(input.evidence, "attestations")
	entry.subject.kind == "model"
}

states_origin(entry, model) if {
	entry.status == "verified"
	entry.predicateType in settings.value.supplyChain.provenanceTypes
	covers(entry.subject, model)
	signers.trusted(entry, trusted_signers)
}

provenance_lack(model, found, []) := {
	"path": model.path,
	"observed": provenance_found(found),
	"required": "provenance signed by a trusted signer",
}

provenance_lack(model, _, good) := {
	"path": "card.training.sourceRevision",
	"observed": sprintf("built from %s, the card names %s", [show.list(differing.built), show.list(differing.named)]),
	"required": "the source revision of the provenance",
} if {
	differing := disagreement(model, good)
	count(differing.built) > 0
}

provenance_found(found) := "no attestation" if count(found) == 0

provenance_found(found) := show.list({text | some entry in found; text := attestation_state(entry)}) if count(found) > 0

attestation_state(entry) := sprintf("%s attestation, it %s", [show.cut(entry.status), show.cut(entry.reason)]) if {
	not entry.status == "verified"
	present.stated(entry.reason)
} else := sprintf("%s attestation", [show.cut(present.get(entry, "status"))]) if {
	not entry.status == "verified"
} else := sprintf("attestation of %s", [show.cut(kind)]) if {
	kind := present.get(entry, "predicateType")
	not kind in settings.value.supplyChain.provenanceTypes
} else := sprintf("attestation signed by %s", [signers.name(entry)]) if {
	not signers.trusted(entry, trusted_signers)
} else := "attestation of other bytes"

# Revisions of the statements and of the cards that contradict each other; one that is not given contradicts nothing.
disagreement(model, good) := {
	"built": {revision | some revision in built; count(named - {revision}) > 0},
	"named": {revision | some revision in named; count(built - {revision}) > 0},
} if {
	built := {revision |
		some entry in good
		revision := present.get(entry, "sourceRevision")
		present.is_present(revision)
	}
	named := object.get(named_revisions, [model.id], set())
}

# Source revisions that cards name, by the models they cover.
named_revisions[pair.model.id] contains revision if {
	some pair in facts.pairs
	revision := present.get(pair.card.card, ["training", "sourceRevision"])
	present.is_present(revision)
}
