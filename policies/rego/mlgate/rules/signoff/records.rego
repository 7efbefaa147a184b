package mlgate.rules.signoff

import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: A SignOff is created by its approver
# description: |
#   The approver of a new SignOff is not, letter by letter, the login name of who creates it.
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
# - ref: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
#   description: Kubernetes, validating admission policies
# custom:
#   code: signoff.approver_not_requester
#   controls: [P04]
#   severity: critical
#   priority: 1
#   appliesWhen: {objects: [signOff], when: request.operation is CREATE}
#   needs: [request.userInfo]
#   per: request
#   enforcement: {sandbox: deny, development: deny, staging: deny, production: deny}
#   message: "{user} cannot approve in the name of {approver}."
#   fix: "{approver} must create the SignOff as themselves; spec.approver is the login name of the creator."
deny contains finding if {
	"signOff" in facts.objects
	input.request.operation == "CREATE"
	not approver_is_requester
	approver := stated("approver")
	finding := result.candidate(rego.metadata.rule(), {
		"path": "spec.approver",
		"observed": spoken(approver),
		"required": spoken(requester),
		"values": {"approver": spoken(approver)},
	})
}

# METADATA
# scope: rule
# title: Who approves holds the role
# description: |
#   Groups are mapped to roles, and who creates a SignOff is in none of those of its role.
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
# - ref: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
#   description: Kubernetes, validating admission policies
# custom:
#   code: signoff.role_not_held
#   controls: [P04]
#   severity: critical
#   priority: 1
#   appliesWhen: {objects: [signOff], when: request.operation is CREATE}
#   needs: [request.userInfo]
#   configuredBy: [signOff.roleGroups]
#   per: request
#   enforcement: {sandbox: deny, development: deny, staging: deny, production: deny}
#   settings: [signOff.roleGroups]
#   message: "{user} does not hold the role {role}; members of {required} do."
#   fix: "Ask a member of {required} to create the SignOff, or have the group mapped in setting signOff.roleGroups."
deny contains finding if {
	"signOff" in facts.objects
	input.request.operation == "CREATE"
	count(settings.value.signOff.roleGroups) > 0
	not role_is_held
	role := stated("role")
	finding := result.candidate(rego.metadata.rule(), {
		"path": "spec.role",
		"observed": show.list(groups),
		"required": role_holders(role),
		"values": {"role": spoken(role)},
	})
}

# METADATA
# scope: rule
# title: A SignOff is never changed
# description: |
#   The spec of a SignOff differs from the one that is stored, or the stored one is not known.
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
# - ref: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
#   description: Kubernetes, validating admission policies
# custom:
#   code: signoff.spec_changed
#   controls: [P04]
#   severity: critical
#   priority: 1
#   appliesWhen: {objects: [signOff], when: request.operation is UPDATE}
#   per: request
#   enforcement: {sandbox: deny, development: deny, staging: deny, production: deny}
#   message: "a SignOff cannot be changed after it was given ({document})."
#   fix: "Create a new SignOff; a later one of the same approver and role supersedes this one."
deny contains finding if {
	"signOff" in facts.objects
	input.request.operation == "UPDATE"
	not spec_unchanged
	finding := result.candidate(rego.metadata.rule(), {
		"path": "spec",
		"observed": "another spec",
		"required": "the spec as it was given",
	})
}

stated(key) := present.get(input, ["object", "spec", key])

requester := present.get(input, ["request", "userInfo", "username"])

groups := present.list(input, ["request", "userInfo", "groups"])

approver_is_requester if {
	approver := stated("approver")
	is_string(approver)
	present.is_present(approver)
	approver == requester
}

role_is_held if {
	some group in settings.value.signOff.roleGroups[stated("role")]
	group in groups
}

role_holders(role) := show.list(holders) if {
	holders := present.list(settings.value, ["signOff", "roleGroups", role])
	count(holders) > 0
} else := "no group"

spec_unchanged if {
	is_object(input.oldObject)
	present.get(input, ["object", "spec"]) == present.get(input.oldObject, "spec")
}
