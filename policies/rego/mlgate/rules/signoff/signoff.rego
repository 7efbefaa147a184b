# METADATA
# title: Sign-offs
# description: Approvals of a model version and who gave them.
package mlgate.rules.signoff

import data.mlgate.lib.approvals
import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Approved by everyone the tier and class demand
# description: |
#   A requirement of the effective tier or class is met by too few valid sign-offs, or all of them together
#   come from too few different people.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF GOVERN 2.1, GOVERN 2.3 and MANAGE 1.1
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 14, Article 17 and Article 26
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.3.2 and A.6.2.5
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC8.1
# custom:
#   code: signoff.approval_missing
#   controls: [C38]
#   severity: critical
#   priority: 1
#   appliesWhen: {objects: [serving]}
#   needs: [signOffs]
#   per: requirement
#   pair: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   settings: [signOff.required, signOff.requiredForClassification, signOff.minDistinctApprovers]
#   alsoUses: [signOff.acceptedAssurance, signOff.trustedSigners, signOff.maxAgeDays, signOff.cardDigestTiers]
#   message: "version {version} of {model} lacks approval: {observed}; required is {required}."
#   fix: "Each missing approver creates a SignOff for model, version, digest and cardDigest in namespace {namespace}; `mlgate signoff new` fills it in."
deny contains finding if {
	some pair in facts.pairs
	some lack in lacks(pair.card)
	finding := result.candidate(rego.metadata.rule(), {
		"path": "metadata.name",
		"term": lack.term,
		"model": pair.model.id,
		"observed": lack.observed,
		"required": lack.required,
		"values": pair_values(pair),
	})
}

# METADATA
# scope: rule
# title: No rejection stands
# description: |
#   Somebody rejected this version, by more than a claim, and has not approved it later in the same role.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF GOVERN 2.1, GOVERN 2.3 and MANAGE 1.1
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: EU AI Act Article 14, Article 17 and Article 26
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.3.2 and A.6.2.5
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC8.1
# custom:
#   code: signoff.rejected
#   controls: [C38]
#   severity: critical
#   priority: 1
#   appliesWhen: {objects: [serving]}
#   per: signOff
#   enforcement: {sandbox: "off", development: warn, staging: warn, production: deny}
#   message: "{approver} rejected version {version} of {model} as {role} ({signoff})."
#   fix: "Resolve the objection with {approver}; a new SignOff by {approver} with decision approved supersedes the rejection."
deny contains finding if {
	some pair in facts.pairs
	some rejection in approvals.standing_rejections(pair.card)
	finding := result.candidate(rego.metadata.rule(), {
		"path": place(rejection, "decision"),
		"term": reference(rejection),
		"model": pair.model.id,
		"observed": sprintf("rejected, %s", [dated(present.get(rejection, "issuedAt"))]),
		"required": "no rejection that stands",
		"values": sign_off_values(pair, rejection),
	})
}

# What the approvals of an entry lack, one for each requirement and one for the number of people.
lacks(entry) := {lack |
	some requirement in approvals.unmet(entry)
	roles := approvals.roles(requirement)
	wanted := show.cut(present.get(requirement, "count"))
	lack := {
		"term": concat("|", roles),
		"observed": sprintf("%d of %s %s as %s", [
			count(approvals.approvers(entry, roles)),
			wanted,
			noun(wanted),
			any_of(roles),
		]),
		"required": sprintf("%s of %s", [wanted, any_of(roles)]),
	}
} | {lack |
	not approvals.enough_people(entry)
	wanted := show.cut(present.get(settings.value, ["signOff", "minDistinctApprovers", facts.tier]))
	lack := {
		"term": "distinct",
		"observed": sprintf("%d different approvers", [count(approvals.distinct_approvers(entry))]),
		"required": sprintf("%s different approvers", [wanted]),
	}
}

noun("1") := "valid approval"

noun(wanted) := "valid approvals" if wanted != "1"

any_of([]) := "roles the setting does not name"

any_of(roles) := concat(" or ", roles) if count(roles) > 0
