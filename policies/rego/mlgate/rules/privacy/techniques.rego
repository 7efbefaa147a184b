package mlgate.rules.privacy

import data.mlgate.lib.facts
import data.mlgate.lib.fairness
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show
import data.mlgate.lib.text

# METADATA
# scope: rule
# title: A privacy technique or a reason for none
# description: |
#   The card names no privacy technique and gives no reason for that, or it names differential privacy with a budget
#   too large to protect anybody.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MEASURE 2.10
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Article 25
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.11
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.M0007
# custom:
#   code: privacy.technique_undeclared
#   controls: [C73]
#   severity: low
#   priority: 2
#   appliesWhen: {objects: [serving], classifications: [confidential, restricted]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: "off", staging: audit, production: warn}
#   settings: [privacy.maxEpsilon]
#   alsoUses: [documentation.minTextLength, documentation.placeholderTexts]
#   message: "{card} declares no effective privacy technique: {observed}."
#   fix: "List the techniques in spec.privacy.techniques (with epsilon for differentialPrivacy), or explain in spec.privacy.noTechniqueReason why there is none."
deny contains finding if {
	some report in facts.covering_cards
	observed := unprotected(report.card)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.privacy",
		"term": report.reference,
		"model": model.id,
		"observed": observed,
		"required": sprintf("a technique, differentialPrivacy with an epsilon of at most %s, or a reason for none", [limit]),
		"values": {"card": report.reference},
	})
}

limit := show.number(settings.value.privacy.maxEpsilon)

# METADATA
# title: unprotected
# description: What keeps a card from declaring how privacy is protected; undefined when nothing does.
unprotected(card) := "no technique and no reason for none" if {
	count(techniques(card)) == 0
	reason := present.get(card, ["privacy", "noTechniqueReason"])
	not text.is_text(reason)
} else := concat(" and ", loose) if {
	loose := {spent(technique) |
		some technique in techniques(card)
		technique.name == "differentialPrivacy"
		not private(technique)
	}
	count(loose) > 0
}

techniques(card) := [technique |
	some technique in present.list(card, ["privacy", "techniques"])
	present.stated(technique.name)
]

private(technique) if {
	is_number(technique.epsilon)
	technique.epsilon >= 0
	not above_limit(technique.epsilon)
}

above_limit(epsilon) if fairness.below(settings.value.privacy.maxEpsilon, epsilon)

spent(technique) := sprintf("differentialPrivacy with epsilon %s", [shown]) if {
	shown := fairness.shown(technique.epsilon, settings.value.privacy.maxEpsilon)
} else := "differentialPrivacy without epsilon"
