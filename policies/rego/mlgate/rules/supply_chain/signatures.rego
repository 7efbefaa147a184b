package mlgate.rules.supply_chain

import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.signers

# METADATA
# scope: rule
# title: Models are signed
# description: |
#   No signature over the bytes of a model verified that was made by somebody the site trusts: by the digest of what
#   is served, or by the root digest that a card about it states for its address (OpenSSF Model Signing). The
#   signature of inputs and outputs in an MLmodel file is none in this sense.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.7
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 15(5)
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.24
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.T0010.003, AML.T0018, AML.M0013 and AML.M0014
# custom:
#   code: supply_chain.model_signature_not_verified
#   controls: [C79]
#   severity: critical
#   priority: 2
#   appliesWhen: {objects: [serving]}
#   needs: [evidence.modelSignatures]
#   configuredBy: [supplyChain.trustedSigners]
#   per: model
#   enforcement: {sandbox: "off", development: warn, staging: deny, production: deny}
#   settings: [supplyChain.trustedSigners]
#   message: "{model} carries no verified signature of a trusted signer: {observed}."
#   fix: "Sign the artifact with an identity listed in setting supplyChain.trustedSigners: with cosign, or with OpenSSF Model Signing and the signed root as a digest of its address in spec.model.artifacts of the card."
deny contains finding if {
	trusted_signers != []
	some model in present.list(input.workload, "models")
	found := object.get(model_signatures, [model.id], set())
	not model_signed(model, found)
	finding := result.candidate(rego.metadata.rule(), {
		"path": model.path,
		"term": model.id,
		"model": model.id,
		"observed": signature_observed(found),
		"required": "a verified signature of a trusted signer",
	})
}

model_signatures[entry.model] contains entry if some entry in present.list(input.evidence, "modelSignatures")

model_signed(model, found) if {
	some entry in found
	entry.status == "verified"
	covers(entry, model)
	signers.trusted(entry, trusted_signers)
}

signature_observed(found) := "the signature is over other bytes" if {
	some entry in found
	entry.status == "verified"
	signers.trusted(entry, trusted_signers)
} else := signers.found(found)

# METADATA
# title: trusted_signers
# description: Who may sign models, images and provenance.
trusted_signers := settings.value.supplyChain.trustedSigners

covers(entry, model) if {
	present.stated(model.digest)
	entry.digest == model.digest
}

# The root an OpenSSF signature is over, if a card that is about what is served says that this model has it. A card
# that says so of another address says nothing here.
covers(entry, model) if {
	entry.method == "oms"
	present.stated(entry.digest)
	some pair in facts.pairs
	pair.model.id == model.id
	facts.deploys_artifact(model, pair.card)
	some artifact in present.list(pair.card, ["card", "model", "artifacts"])
	artifact.digest == entry.digest
	facts.same_address(artifact, model)
}
