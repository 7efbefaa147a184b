package mlgate.rules.signoff

import data.mlgate.lib.approvals
import data.mlgate.lib.result

# METADATA
# scope: rule
# title: Who approves did not build or deploy it
# description: |
#   An approval of this version in a role that is still wanted comes from an author of it, from who started
#   its training, from who deploys it, or from a service account, as which whoever may start pods beside it can
#   act; or nobody can be shown to be independent, because the model is the
#   organisation's own and its card names no authors.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF GOVERN 3.2
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.3.2
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.5.3
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC5.1
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 6.5.4
# - ref: https://www.ecfr.gov/current/title-45/part-164
#   description: HIPAA 164.308(a)(3)
# custom:
#   code: signoff.approver_not_independent
#   controls: [C40]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving]}
#   per: signOff
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   settings: [signOff.serviceAccounts]
#   alsoUses: [signOff.required, signOff.requiredForClassification]
#   message: "{approver} cannot approve {model} as {role}: {observed}."
#   fix: "Have someone else approve, or list the real authors in spec.model.authors of {card}."
deny contains finding if {
	some item in approvals.explained
	approvals.version_bound(item.pair.card, item.sign_off)
	"independent" in approvals.failing(item.pair.card, item.sign_off)
	tied := tie(item.pair.card, item.sign_off)
	finding := result.candidate(rego.metadata.rule(), {
		"path": tied.path,
		"term": reference(item.sign_off),
		"model": item.pair.model.id,
		"observed": tied.observed,
		"required": "an approver who did not build or deploy this version",
		"values": sign_off_values(item.pair, item.sign_off),
	})
}

tie(entry, sign_off) := {
	"path": place(sign_off, "approver"),
	"observed": sprintf("%s is %s", [spoken(sign_off.approver), concat(" and ", ties)]),
} if {
	ties := approvals.ties(entry, sign_off)
	count(ties) > 0
} else := {
	"path": "card.model.authors",
	"observed": "spec.model.authors names nobody, so nobody can be shown to be independent",
}
