package mlgate.rules.model_card

import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: The card is the pinned one
# description: |
#   The workload pins the card by a digest, and the card as fetched has another one.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.8
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 11
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.5
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.32
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC8.1
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.T0074
# custom:
#   code: model_card.digest_mismatch
#   controls: [C02]
#   severity: critical
#   priority: 1
#   appliesWhen: {objects: [serving]}
#   per: card
#   pair: true
#   enforcement: {sandbox: warn, development: warn, staging: deny, production: deny}
#   message: "card {card} was changed after it was pinned: the workload pins {required}, the card is {observed}."
#   fix: "Review the change, then set the digest in annotation mlgate.dev/model-card to {observed}, or restore the pinned card."
deny contains finding if {
	some pair in facts.pairs
	pinned := pair.card.pinnedDigest
	not pair.card.digest == pinned
	present.is_present(pinned)
	digest := present.get(pair.card, "digest")
	finding := result.candidate(rego.metadata.rule(), {
		"path": annotation_path,
		"term": reference(pair.card),
		"model": pair.model.id,
		"observed": known(digest, "without a digest"),
		"required": show.cut(pinned),
		"values": {"card": reference(pair.card)},
	})
}

# METADATA
# scope: rule
# title: The card is pinned by digest
# description: |
#   The workload names the card without its digest.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.8
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 11
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.5
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.32
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC8.1
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.T0074
# custom:
#   code: model_card.unpinned
#   controls: [C02]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   message: "card {card} is named without a digest, so it can change after approval."
#   fix: "Append @{required} to the card's reference in annotation mlgate.dev/model-card."
deny contains finding if {
	some pair in facts.pairs
	not pins(pair)
	finding := result.candidate(rego.metadata.rule(), {
		"path": annotation_path,
		"term": reference(pair.card),
		"model": pair.model.id,
		"observed": "no digest",
		"required": known(present.get(pair.card, "digest"), "sha256:<digest>"),
		"values": {"card": reference(pair.card)},
	})
}

pins(pair) if present.is_present(pair.card.pinnedDigest)

# METADATA
# title: known
# description: A string, or something else to say when it is absent or none.
known(value, otherwise) := object.get({true: value}, text_given(value), otherwise)

text_given(value) if {
	is_string(value)
	present.is_present(value)
} else := false
