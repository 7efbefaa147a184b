package mlgate.rules.documentation

import data.mlgate.lib.dates
import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show
import data.mlgate.lib.text

# METADATA
# scope: rule
# title: Significant choices are logged
# description: |
#   On a topic the policy names, the card logs no decision that is dated and gives its reasons.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MANAGE 1.1 and MANAGE 1.4
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 9 and Article 11
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.3
# custom:
#   code: documentation.decision_log_missing
#   controls: [C14]
#   severity: medium
#   priority: 1
#   appliesWhen: {objects: [serving], tiers: [limited, high]}
#   per: card
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: warn}
#   raise:
#     - {tiers: [high], to: {production: deny}}
#   settings: [documentation.requiredDecisionTopics]
#   alsoUses: [documentation.minTextLength, documentation.placeholderTexts]
#   message: "the decision log of {card} has nothing on {required}."
#   fix: "Add an entry with that topic, a date, the decision and its rationale to spec.decisions of {card}."
deny contains finding if {
	some entry in facts.covering_cards
	logged := logged_topics(entry.card)
	count(required_topics - logged) > 0
	some model in entry.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": "card.decisions",
		"term": entry.reference,
		"model": model.id,
		"observed": sprintf("topics %s", [show.list(logged)]),
		"required": concat(" and ", [topic | some topic in settings.value.documentation.requiredDecisionTopics; not topic in logged]),
		"values": {"card": entry.reference},
	})
}

required_topics := {topic | some topic in settings.value.documentation.requiredDecisionTopics}

# METADATA
# title: logged_topics
# description: Topics on which a decision is logged with a date and in words that say why.
logged_topics(card) := {topic |
	some decision in present.list(card, "decisions")
	topic := decision.topic
	is_string(topic)
	dates.valid(decision.date)
	text.is_text(decision.rationale)
}
