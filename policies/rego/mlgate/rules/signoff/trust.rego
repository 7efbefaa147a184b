package mlgate.rules.signoff

import data.mlgate.lib.approvals
import data.mlgate.lib.facts
import data.mlgate.lib.people
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.show
import data.mlgate.lib.signers

# METADATA
# scope: rule
# title: Who signs may sign in that role, and signs in their own name
# description: |
#   A signed approval in a role that is still wanted is signed by somebody whom the site does not trust to sign in
#   that role, or names another approver than the one whose the key or identity is.
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
#   code: signoff.signer_not_trusted
#   controls: [C37]
#   severity: critical
#   priority: 2
#   appliesWhen: {objects: [serving]}
#   per: signOff
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   settings: [signOff.trustedSigners]
#   alsoUses: [signOff.required, signOff.requiredForClassification]
#   message: "{signoff} is signed by {observed}; required is {required}."
#   fix: "Have it signed by somebody listed for {role} in setting signOff.trustedSigners, in their own name (`mlgate sign --user`), or ask the policy owners to add the signer, with whose it is (approver)."
deny contains finding if {
	some item in approvals.explained
	sign_off := item.sign_off
	not approvals.signer_known(sign_off)
	values := sign_off_values(item.pair, sign_off)
	finding := result.candidate(rego.metadata.rule(), {
		"path": place(sign_off, "approver"),
		"term": reference(sign_off),
		"model": item.pair.model.id,
		"observed": signed_by(sign_off),
		"required": signer_needed(sign_off),
		"values": values,
	})
}

# METADATA
# scope: rule
# title: Who approved is still there
# description: |
#   An approval of this version comes from somebody who, as the directory says, has left. It does not count any more.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.5.18 and A.6.5
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 8.2.5
# - ref: https://www.ecfr.gov/current/title-45/part-164
#   description: HIPAA 164.308(a)(3)(ii)(C)
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC6.2
# custom:
#   code: signoff.approver_inactive
#   controls: [C47]
#   severity: medium
#   priority: 3
#   appliesWhen: {objects: [serving]}
#   configuredBy: [signOff.inactiveApprovers]
#   per: signOff
#   enforcement: {sandbox: "off", development: "off", staging: audit, production: warn}
#   settings: [signOff.inactiveApprovers]
#   message: "{approver}, who approved {model} in {signoff}, is no longer active."
#   fix: "Let the successor of {approver} review the model and create a new SignOff."
deny contains finding if {
	count(approvals.gone) > 0
	some pair in facts.pairs
	some sign_off in approvals.approving(pair.card)
	people.bare(sign_off.approver) in approvals.gone
	approvals.version_bound(pair.card, sign_off)
	finding := result.candidate(rego.metadata.rule(), {
		"path": place(sign_off, "approver"),
		"term": reference(sign_off),
		"model": pair.model.id,
		"observed": "no longer active",
		"required": "an approver who is still active",
		"values": sign_off_values(pair, sign_off),
	})
}

signed_by(sign_off) := sprintf("%s (%s) in the name of %s", [
	show.list(approvals.holders(sign_off.signature)),
	show.digests(signers.name(sign_off.signature)),
	spoken(present.get(sign_off, "approver")),
]) if {
	in_another_name(sign_off)
} else := signers.name(present.get(sign_off, "signature"))

signer_needed(sign_off) := "the own name of one person, whose it is" if {
	in_another_name(sign_off)
} else := sprintf("a signer trusted as %s", [spoken(present.get(sign_off, "role"))])

in_another_name(sign_off) if {
	count(approvals.holders(sign_off.signature)) > 0
	not approvals.in_own_name(sign_off)
}
