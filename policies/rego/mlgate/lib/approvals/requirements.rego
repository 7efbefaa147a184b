# METADATA
# title: Approvals
# description: |
#   Which approvals a version needs in the effective tier and class, which sign-offs count towards them, and which
#   part of the others fails. An entry is an entry of `input.cards` with status found.
package mlgate.lib.approvals

import data.mlgate.lib.facts
import data.mlgate.lib.people
import data.mlgate.lib.settings

# METADATA
# title: requirements
# description: |
#   Requirements of the effective tier, then those of the effective class. Settings that cannot be read demand an
#   approval nobody can give, so that they let nothing through.
default requirements := [{"roles": [], "count": 1}]

requirements := array.concat(of_tier, of_classification) if {
	of_tier := settings.value.signOff.required[facts.tier]
	is_array(of_tier)
	of_classification := settings.value.signOff.requiredForClassification[facts.classification]
	is_array(of_classification)
}

# METADATA
# title: unmet
# description: Requirements that the valid sign-offs of an entry do not meet, in the order of requirements.
unmet(entry) := [requirement |
	signed := signatures(entry)
	some requirement in requirements
	not met(requirement, signed)
]

# One signature is what most of them ask for.
met(requirement, signed) if {
	requirement.count == 1
	some role in requirement.roles
	signed[role]
} else if {
	is_number(requirement.count)
	count(object.union_n([signed[role] | some role in requirement.roles])) >= requirement.count
}

# METADATA
# title: roles
# description: Roles a requirement names.
roles(requirement) := [role |
	some role in requirement.roles
	is_string(role)
]

# METADATA
# title: approvers
# description: People, each in one spelling, who gave a valid sign-off of an entry in one of the roles.
approvers(entry, among) := {person |
	signed := signatures(entry)
	some role in among
	some person, _ in signed[role]
}

# METADATA
# title: supporters
# description: People, each in one spelling, whose sign-offs of an entry count, in whatever role.
supporters(entry) := {people.bare(sign_off.approver) | some sign_off in valid(entry)}

# By role, who signed in it; read once for all requirements.
signatures(entry) := object.union_n([{sign_off.role: {people.bare(sign_off.approver): true}} |
	some sign_off in valid(entry)
	is_string(sign_off.role)
])

# METADATA
# title: distinct_approvers
# description: People who gave valid sign-offs of an entry, over the requirements of all kinds together.
distinct_approvers(entry) := approvers(entry, all_roles)

# METADATA
# title: enough_people
# description: As many different people approved as the effective tier demands.
enough_people(entry) if {
	least := settings.value.signOff.minDistinctApprovers[facts.tier]
	is_number(least)
	count(distinct_approvers(entry)) >= least
}

# METADATA
# title: explained
# description: |
#   Approvals whose flaws are worth telling: those in a role of an unmet requirement, each with its pair. None while
#   the sign-offs could not be read, because then nobody knows what is unmet.
explained contains {"pair": pair, "sign_off": sign_off} if {
	some pair in facts.pairs
	missing := unmet(pair.card)
	count(missing) > 0
	not unreadable
	wanted := {role |
		some requirement in missing
		some role in roles(requirement)
	}
	some sign_off in approving(pair.card)
	sign_off.role in wanted
}

all_roles := {role |
	some requirement in requirements
	some role in requirement.roles
}

unreadable if {
	some entry in input.unavailable
	entry.lookup == "signOffs"
}
