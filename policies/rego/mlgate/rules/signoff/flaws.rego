package mlgate.rules.signoff

import data.mlgate.lib.approvals
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Approvals are authentic
# description: |
#   An approval in a role that is still wanted is worth too little: its assurance is not accepted, or
#   something was wrong with it.
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
#   code: signoff.assurance_too_low
#   controls: [C37]
#   severity: critical
#   priority: 1
#   appliesWhen: {objects: [serving]}
#   per: signOff
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   settings: [signOff.acceptedAssurance]
#   alsoUses: [signOff.required, signOff.requiredForClassification]
#   message: "the approval of {approver} as {role} in {signoff} is only {observed}; {required} is needed."
#   fix: "Let {approver} create a SignOff object (`kubectl create`, as themselves) in namespace {namespace}, or attach a signed statement to the card. Where it is such an object already, its guard was missing or edited: `mlgate doctor` tells how to mend it first."
deny contains finding if {
	some item in approvals.explained
	lacking := approvals.failing(item.pair.card, item.sign_off) & {"assured", "sound"}
	count(lacking) > 0
	finding := result.candidate(rego.metadata.rule(), {
		"path": place(item.sign_off, "approver"),
		"term": reference(item.sign_off),
		"model": item.pair.model.id,
		"observed": worth(item.sign_off),
		"required": concat(" or ", settings.value.signOff.acceptedAssurance),
		"values": sign_off_values(item.pair, item.sign_off),
	})
}

# METADATA
# scope: rule
# title: Approvals are still valid
# description: |
#   An approval of this version in a role that is still wanted is too old, is dated in the future, has no
#   readable date or has come to its end.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MANAGE 1.1
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.5
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.32
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC8.1
# custom:
#   code: signoff.expired
#   controls: [C39]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving]}
#   per: signOff
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   settings: [signOff.maxAgeDays]
#   alsoUses: [signOff.acceptedAssurance, signOff.cardDigestTiers, signOff.required, signOff.requiredForClassification, signOff.trustedSigners]
#   message: "{signoff} of {approver} as {role} no longer counts: {observed}; required is {required}."
#   fix: "Let {approver} review the model again and create a new SignOff."
deny contains finding if {
	some item in approvals.explained
	approvals.version_bound(item.pair.card, item.sign_off)
	lacking := approvals.failing(item.pair.card, item.sign_off) & {"recent", "lasting"}
	count(lacking) > 0
	finding := result.candidate(rego.metadata.rule(), {
		"path": place(item.sign_off, stale_field(lacking)),
		"term": reference(item.sign_off),
		"model": item.pair.model.id,
		"observed": concat(" and ", [text | some part in lacking; text := stale(part, item.sign_off)]),
		"required": concat(" and ", [text | some part in lacking; text := still_valid(part)]),
		"values": sign_off_values(item.pair, item.sign_off),
	})
}

worth(sign_off) := show.cut(present.get(sign_off, "assurance")) if {
	sign_off.problems == []
} else := sprintf("%s with problems (%s)", [
	show.cut(present.get(sign_off, "assurance")),
	show.list([show.text(present.get(problem, "message")) | some problem in present.list(sign_off, "problems")]),
])

stale("recent", sign_off) := dated(present.get(sign_off, "issuedAt"))

stale("lasting", sign_off) := sprintf("ended on %s", [day(present.get(sign_off, "expiresAt"))])

still_valid("recent") := sprintf("at most %s days old", [show.cut(approvals.max_age)])

still_valid("lasting") := sprintf("an end after %s", [day(input.evaluatedAt)])

stale_field(lacking) := "issuedAt" if {
	"recent" in lacking
} else := "expiresAt"
