package mlgate.rules.governance

import data.mlgate.lib.dates
import data.mlgate.lib.facts
import data.mlgate.lib.fairness
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.reviews
import data.mlgate.lib.settings

# METADATA
# scope: rule
# title: Audit findings closed in time
# description: |
#   A finding of a review of any kind is still open after the day it was due, or was never given one. One that is
#   to be closed later is open now.
# related_resources:
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC4.2
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.5.35
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MANAGE 1.2
# custom:
#   code: governance.audit_finding_overdue
#   controls: [C115]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving]}
#   per: finding
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   message: "finding {name} ({kind}) of {card} is overdue: {observed}."
#   fix: "Fix it and set closedAt of the finding in spec.reviews of {card}, or agree a later dueAt with the auditor."
deny contains finding if {
	some report in facts.covering_cards
	some place in open_findings(report.card)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": place.path,
		"term": place.name,
		"model": model.id,
		"observed": place.observed,
		"required": "closed, or due today or later",
		"values": {"card": report.reference, "kind": place.kind, "name": place.name},
	})
}

open_findings(card) := [place |
	some at, review in present.list(card, "reviews")
	some index, found in review.findings
	is_array(review.findings)
	not closed(found)
	not due_later(found)
	place := {
		"path": sprintf("card.reviews[%d].findings[%d]", [at, index]),
		"name": fairness.label(present.get(found, "id")),
		"kind": fairness.label(present.get(review, "kind")),
		"observed": due(found),
	}
]

closed(found) if dates.passed(found.closedAt)

due_later(found) if dates.on_or_after(found.dueAt, input.evaluatedAt)

due(found) := sprintf("due on %s", [day]) if {
	day := dates.date(found.dueAt)
} else := "no due date"

# METADATA
# scope: rule
# title: Certificates valid
# description: |
#   A certificate that the site asks for, of every model or under one of the card's regulations, is not among the
#   card's reviews, was not awarded, or has ended.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MAP 3.4
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 43, Article 48 and Article 49
# custom:
#   code: governance.certification_expired
#   controls: [C116]
#   severity: medium
#   priority: 2
#   appliesWhen: {objects: [serving]}
#   per: certificate
#   pair: true
#   configuredBy: [governance.requiredCertifications]
#   enforcement: {sandbox: "off", development: "off", staging: audit, production: warn}
#   settings: [governance.requiredCertifications]
#   message: "certificate {name} is missing or expired for {card}: {observed}."
#   fix: "Renew it and set name and validUntil of a review of kind certification in spec.reviews of {card}."
deny contains finding if {
	some report in reviews.reports
	some name in required_certificates(report.card)
	held := certificates(report, name)
	not valid_certificate(held)
	some model in report.models
	finding := result.candidate(rego.metadata.rule(), {
		"path": certificate_path(held),
		"term": name,
		"model": model.id,
		"observed": certificate_shown(held),
		"required": "a certificate that is valid today",
		"values": {"card": report.reference, "name": name},
	})
}

required_certificates(card) := {name |
	some regulation, names in settings.value.governance.requiredCertifications
	asked_of(card, lower(regulation))
	some name in names
}

asked_of(_, "any") := true

asked_of(card, regulation) if {
	some given in regulations(card)
	lower(trim_space(given)) == regulation
}

certificates(report, name) := [review |
	some review in object.get(report.reviews, "certification", [])
	is_string(review.given.name)
	lower(trim_space(review.given.name)) == lower(trim_space(name))
]

valid_certificate(held) if {
	some review in held
	certificate_flaws(review) == []
}

certificate_flaws(review) := [words |
	some words in [reviews.outcome(review.given), ending(review.given)]
	words != ""
]

ending(given) := "no end of validity" if {
	present.absent(present.get(given, "validUntil"))
} else := reviews.validity(given)

certificate_path(held) := reviews.path(first) if {
	first := held[0]
} else := "card.reviews"

certificate_shown(held) := concat(" and ", certificate_flaws(first)) if {
	first := held[0]
} else := "none"
