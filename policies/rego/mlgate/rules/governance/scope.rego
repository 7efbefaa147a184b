package mlgate.rules.governance

import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.show
import data.mlgate.lib.text

# METADATA
# scope: rule
# title: Regulations named
# description: |
#   The card does not say which regulations apply to the model. The word none says it.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF GOVERN 1.1
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 2 and Article 6
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.5.31
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Article 44
# custom:
#   code: governance.regulations_missing
#   controls: [C112]
#   severity: medium
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [limited, high]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   alsoUses: [documentation.placeholderTexts]
#   message: "card {card} does not say which regulations apply."
#   fix: "List them in spec.risk.regulations of {card}, or write none."
deny contains finding if {
	some report in facts.covering_cards
	not regulated(report)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.risk.regulations",
		"term": report.reference,
		"model": model.id,
		"observed": "none named",
		"required": "the regulations that apply, or the word none",
		"values": {"card": report.reference},
	})
}

regulated(report) if text.any_item(report.card.risk.regulations)

regulations(card) := text.items(present.get(card, ["risk", "regulations"]))

# METADATA
# scope: rule
# title: Regions assessed
# description: |
#   The card lists no region the model was assessed for, or not the one the cluster runs in.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF GOVERN 1.1
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 2 and Article 6
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.5.31
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Article 44
# custom:
#   code: governance.region_out_of_scope
#   controls: [C112]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [limited, high]}
#   per: card
#   pair: true
#   needs: [cluster.region]
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   message: "{model} was assessed for {required}, this cluster runs in {region}."
#   fix: "Deploy it to a cluster in one of these regions, or assess it for {region} and add it to spec.risk.regions of {card}."
deny contains finding if {
	some report in facts.covering_cards
	not assessed_here(report)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.risk.regions",
		"term": report.reference,
		"model": model.id,
		"observed": region_shown,
		"required": assessed(report.card),
		"values": {"card": report.reference, "region": region_shown},
	})
}

assessed_here(report) if {
	present.stated(input.cluster.region)
	some region in report.card.risk.regions
	is_array(report.card.risk.regions)
	is_string(region)
	lower(region) == lower(input.cluster.region)
}

assessed(card) := show.list(regions) if {
	regions := [region | some region in present.list(card, ["risk", "regions"]); present.stated(region)]
	count(regions) > 0
} else := "no region"

region_shown := input.cluster.region if {
	present.stated(input.cluster.region)
} else := "an unknown region"
