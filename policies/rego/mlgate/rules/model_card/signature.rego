package mlgate.rules.model_card

import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.signers

# METADATA
# scope: rule
# title: The card is signed
# description: |
#   The card of a model has no signature that verified and was made by somebody the site trusts to sign cards.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.8 and GOVERN 2.1
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 17
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.5.28 and A.8.24
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC6.8
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.M0013
# custom:
#   code: model_card.signature_not_verified
#   controls: [C37]
#   severity: critical
#   priority: 2
#   appliesWhen: {objects: [serving]}
#   configuredBy: [modelCard.trustedSigners]
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   settings: [modelCard.trustedSigners]
#   message: "card {card} carries no signature of a trusted signer: {observed}."
#   fix: "Sign the card with one of the identities in setting modelCard.trustedSigners (`mlgate sign`), and have mlgate verify it (value signatures.cards)."
deny contains finding if {
	trusted := settings.value.modelCard.trustedSigners
	trusted != []
	some pair in facts.pairs
	card := pair.card
	not signed(card, trusted)
	finding := result.candidate(rego.metadata.rule(), {
		"path": annotation_path,
		"term": reference(card),
		"model": pair.model.id,
		"observed": signers.found([found | some found in signatures(card); found != null]),
		"required": "a verified signature of a trusted signer",
		"values": {"card": reference(card)},
	})
}

signed(card, trusted) if {
	some signature in signatures(card)
	signature.status == "verified"
	signers.trusted(signature, trusted)
}

# METADATA
# title: signatures
# description: The signature of a card, and those of others that verified too.
signatures(card) := array.concat([present.get(card, "signature")], present.list(card, "otherSignatures"))
