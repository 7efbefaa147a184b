# METADATA
# title: Access
# description: Who may deploy, with which attributes of theirs, and when.
# schemas:
# - input: schema.input
package mlgate.rules.access

import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Permitted groups deploy
# description: |
#   The policy names groups that deploy to the profile, and the requester is in none of them and no delivery
#   tool.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF GOVERN 2.1
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.5.15 and A.8.2
# - ref: https://www.ecfr.gov/current/title-45/part-164
#   description: HIPAA 164.312(a)(1)
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC6.1 and CC6.3
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 7.2.1
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.M0019 and AML.T0012
# custom:
#   code: access.deployer_not_permitted
#   controls: [C41]
#   severity: critical
#   priority: 2
#   appliesWhen: {objects: [serving, training, runtime]}
#   per: request
#   needs: [request.userInfo]
#   configuredBy: [access.deployerGroups]
#   topLevelOnly: true
#   enforcement: {sandbox: deny, development: deny, staging: deny, production: deny}
#   settings: [access.deployerGroups, access.controllerUsers]
#   alsoUses: [environment.relaxedNamespaces]
#   message: "{user} may not deploy to {profile} ({namespace}); permitted are {required}."
#   fix: "Deploy through a member of one of these groups or through the release pipeline."
deny contains finding if {
	permitted := settings.value.access.deployerGroups[facts.profile]
	count(permitted) > 0
	not delivers
	not in_one_of(permitted)
	finding := result.candidate(rego.metadata.rule(), {
		"path": "metadata.name",
		"observed": sprintf("groups %s", [show.list(groups)]),
		"required": show.list(permitted),
	})
}

# METADATA
# title: delivers
# description: Whether who asks is a tool that deploys for others.
delivers if facts.requester in settings.value.access.controllerUsers

# METADATA
# title: in_one_of
# description: Whether who asks is in one of the groups.
in_one_of(wanted) if {
	some group in groups
	group in wanted
}

groups := present.list(input, ["request", "userInfo", "groups"])

# METADATA
# scope: rule
# title: People log in with two factors
# description: |
#   The identity provider does not say that the requester, who is no service account, used a second factor.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.5
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 8.4.2
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC6.1
# - ref: https://www.ecfr.gov/current/title-45/part-164
#   description: HIPAA 164.312(d)
# custom:
#   code: access.mfa_not_asserted
#   controls: [C44]
#   severity: medium
#   priority: 2
#   appliesWhen: {objects: [serving, training, runtime]}
#   per: request
#   needs: [request.userInfo]
#   configuredBy: [access.mfaExtraKey]
#   topLevelOnly: true
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: warn}
#   raise:
#     - {tiers: [high], to: {production: deny}}
#   settings: [access.mfaExtraKey, access.mfaValues]
#   message: "{user} did not authenticate with a second factor ({key} is {observed})."
#   fix: "Log in again with a second factor, then repeat the request."
deny contains finding if {
	key := settings.value.access.mfaExtraKey
	key != ""
	not a_service_account
	methods := attribute(key)
	not strong(methods)
	finding := result.candidate(rego.metadata.rule(), {
		"path": "metadata.name",
		"observed": show.list(methods),
		"required": show.list(settings.value.access.mfaValues),
		"values": {"key": key},
	})
}

a_service_account if {
	is_string(facts.requester)
	startswith(facts.requester, "system:serviceaccount:")
}

strong(methods) if {
	some method in methods
	method in settings.value.access.mfaValues
}

# METADATA
# title: attribute
# description: The values the identity provider gives for an attribute of who asks.
attribute(key) := present.list(input, ["request", "userInfo", "extra", key])
