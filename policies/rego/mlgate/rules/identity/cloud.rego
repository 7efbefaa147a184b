package mlgate.rules.identity

import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: No wildcard in cloud policies
# description: |
#   A cloud policy kept as a Kubernetes object allows every operation of a service or every resource, says
#   what it allows by exception, or cannot be read.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.2
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 7.2.2
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC6.3
# - ref: https://www.ecfr.gov/current/title-45/part-164
#   description: HIPAA 164.312(a)(1)
# custom:
#   code: identity.cloud_iam_wildcard
#   controls: [C50]
#   severity: high
#   priority: 3
#   appliesWhen: {objects: [cloudIam]}
#   per: location
#   enforcement: {sandbox: warn, development: warn, staging: warn, production: deny}
#   settings: [identity.cloudIamGroups, identity.cloudIamPolicyPaths]
#   message: "{document} grants {observed} at {location}."
#   fix: "List the operations and the resources the workload needs instead."
deny contains finding if {
	"cloudIam" in facts.objects
	some place, policy in policies
	reasons := too_wide(policy)
	count(reasons) > 0
	finding := result.candidate(rego.metadata.rule(), {
		"path": place,
		"term": place,
		"observed": concat(", ", sort(reasons)),
		"required": "named operations and resources",
		"values": {"location": place},
	})
}

# Every policy in the object by where it stands; of a map or a list each entry is one.
policies[place] := policy if {
	some place in settings.value.identity.cloudIamPolicyPaths
	policy := present.get(input.object, split(place, "."))
	present.is_present(policy)
	not several(policy)
}

policies[place] := policy if {
	some field in settings.value.identity.cloudIamPolicyPaths
	some key, policy in present.get(input.object, split(field, "."))
	place := sprintf("%s[%v]", [field, key])
}

several(entries) if is_object(entries)

several(entries) if is_array(entries)

too_wide(policy) := {grant | some statement in statements(policy); some grant in grants(statement)} if {
	statements(policy)
} else := {"a policy that cannot be read"}

statements(policy) := found if {
	json.is_valid(policy)
	given := json.unmarshal(policy)
	is_object(given)
	"statement" in {lower(key) | some key, _ in given}
	found := parts(given, "statement")
	every statement in found {
		is_object(statement)
	}
}

# What is not denied counts as allowed.
grants(statement) := set() if {
	{effect | some effect in parts(statement, "effect")} == {"Deny"}
} else := {grant |
	some name, pattern in {
		"Action": `(^|:)[*?]*\*[*?]*$`,
		"Resource": `^(a|ar|arn(:aws[a-z-]*)?)?[*?:]*\*[*?:]*$`,
	}
	some grant in wide(parts(statement, lower(name)), name, pattern)
}

# A statement that does not say what it is about allows all but some exceptions.
wide([], name, _) := {sprintf("no %s", [name])}

wide(words, name, pattern) := {sprintf("%s %s", [name, show.cut(word)]) |
	some word in words
	not narrow(word, pattern)
} if {
	count(words) > 0
}

narrow(word, pattern) if {
	is_string(word)
	not regex.match(pattern, trim_space(word))
}

# What a policy says under a name: all of a list, or the one value. Names are compared without case, so that none is
# overlooked.
parts(given, name) := [part |
	some key, value in given
	lower(key) == name
	some part in as_list(value)
]

as_list(value) := value if {
	is_array(value)
} else := [value]
