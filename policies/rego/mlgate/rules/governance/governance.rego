# METADATA
# title: Governance
# description: |
#   Who answers for a model, how much harm it may do, which rules it falls under, and that people look at all of it
#   again when it is time.
# schemas:
# - input: schema.input
package mlgate.rules.governance

import data.mlgate.lib.facts
import data.mlgate.lib.levels
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Owners named
# description: |
#   The card names nobody with a way to reach them in a role that the tier asks for.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF GOVERN 2.1
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.3.2 and A.4.6
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.5.9
# custom:
#   code: governance.owner_missing
#   controls: [C45]
#   severity: medium
#   priority: 1
#   appliesWhen: {objects: [serving]}
#   per: role
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   settings: [governance.requiredOwnerRoles]
#   message: "card {card} names no {role} with a contact."
#   fix: "Add an entry with role {role}, name and contact to spec.owners of {card}."
deny contains finding if {
	some report in facts.covering_cards
	named := named_roles(report.card)
	some role in (required_roles - named)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.owners",
		"term": role,
		"model": model.id,
		"observed": sprintf("named: %s", [show.list(named)]),
		"required": role,
		"values": {"card": report.reference, "role": role},
	})
}

required_roles := {role | some role in settings.value.governance.requiredOwnerRoles[facts.tier]}

named_roles(card) := {owner.role |
	some owner in present.list(card, "owners")
	is_string(owner.name)
	trim(owner.name, present.unseen) != ""
	is_string(owner.contact)
	trim(owner.contact, present.unseen) != ""
}

# METADATA
# scope: rule
# title: Risk tier declared
# description: |
#   The card declares no tier, or a label of the workload or its namespace declares one that does not exist. Both
#   count as high.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MAP 5.1 and GOVERN 1.3
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 6 and Article 9
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.5.2
# custom:
#   code: governance.risk_tier_missing
#   controls: [C111]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving]}
#   per: card
#   pair: true
#   enforcement: {sandbox: audit, development: warn, staging: warn, production: deny}
#   message: "card {card} declares no valid risk tier ({observed}); it is treated as high."
#   fix: "Set spec.risk.tier of {card} to minimal, limited or high."
deny contains finding if {
	some report in facts.covering_cards
	lacks := array.concat(undeclared(report.card), misnamed)
	first := lacks[0]
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": first.path,
		"term": report.reference,
		"model": model.id,
		"observed": concat(" and ", [lack.observed | some lack in lacks]),
		"required": concat(", ", levels.tiers),
		"values": {"card": report.reference},
	})
}

undeclared(card) := [] if {
	card.risk.tier in levels.tiers
} else := [{"path": "card.risk.tier", "observed": "none in the card"}]

misnamed := [{"path": tier_path, "observed": sprintf("label %s of the %s", [show.cut(tier), bearer])} |
	some bearer, object in {"workload": input.workload, "namespace": input.cluster.namespace}
	tier := object.labels["mlgate.dev/risk-tier"]
	not tier in levels.tiers
	present.is_present(tier)
]

tier_path := "metadata.labels[mlgate.dev/risk-tier]"
