# METADATA
# title: People
# description: When two login names mean the same person.
package mlgate.lib.people

import data.mlgate.lib.settings

# METADATA
# title: same
# description: |
#   Two login names are one person when they are equal after trimming and lower-casing. A name that is
#   blank or no string is nobody, so it is the same person as no one.
same(a, b) if {
	key(a) == key(b)
}

# METADATA
# title: key
# description: The form of a login name that is compared; undefined for a name that is blank or no string.
key(name) := name if {
	is_string(name)

	# Nothing but small letters, digits and signs of ASCII, as nearly all of them: it is that form already.
	regex.match(`^[!-@\[-~]+$`, name)
} else := normal if {
	is_string(name)

	# Format characters are not seen by who reads a name, so they must not make two names of one.
	normal := lower(trim_space(regex.replace(name, `\p{Cf}+`, "")))
	normal != ""
}

# METADATA
# title: bare
# description: |
#   The key of a login name without what the API server puts before the names of an identity provider, `oidc:`,
#   `https://login.example.org#` or one that setting people.usernamePrefixes names; then what people.aliases says is
#   the same person. Cards and certificates give the name alone, so that who is tied to a version is looked for
#   without it. Names that Kubernetes itself makes are left whole.
bare(name) := name if {
	nothing_more_to_read
	is_string(name)

	# Small letters, digits and signs of ASCII but `:` and `#`: nearly all names are that form already.
	regex.match(`^[!"$-9;-@\[-~]+$`, name)
} else := object.get(aliases, found, found) if {
	found := unprefixed(name)
}

nothing_more_to_read if {
	settings.value.people.usernamePrefixes == []
	settings.value.people.aliases == {}
}

# METADATA
# title: goes_by
# description: |
#   A login name is one that a setting gives, where either may have what the API server puts before it. Two names with
#   different prefixes are not, because two identity providers can know two people by one name.
goes_by(name, given) if same(name, given)

goes_by(name, given) if key(name) == bare(given)

goes_by(name, given) if bare(name) == key(given)

unprefixed(name) := local_part(without_listed(full)) if {
	full := key(name)
	not startswith(full, "system:")
} else := key(name)

without_listed(full) := substring(full, count(longest), -1) if {
	fitting := [prefix | some [_, prefix] in prefixes; startswith(full, prefix); full != prefix]
	longest := fitting[count(fitting) - 1]
} else := full

local_part(text) := regex.replace(text, `(?s)^.*[:#](.)`, "$1") if {
	separated(text)
} else := text

separated(text) if contains(text, ":")

separated(text) if contains(text, "#")

# The longest last.
prefixes := sort({[count(prefix), prefix] |
	some name in settings.value.people.usernamePrefixes
	prefix := key(name)
})

# Where a name leads to one that leads on, all of them are one person.
aliases := {login: person |
	some login, _ in leads
	person := end(graph.reachable(leads, {login}))
}

# The name that leads no further; of a circle, one of it.
end(names) := min(ends) if {
	ends := {other | some name in names; some other in leads[name]} - object.keys(leads)
	count(ends) > 0
} else := min(names)

leads := {login: [other] | some login, other in other_names}

# The last of two entries that are one login name; a conflict would leave no review an answer.
other_names := object.union_n([{unprefixed(login): unprefixed(other)} |
	some login, other in settings.value.people.aliases
])

# METADATA
# title: may_vouch
# description: |
#   A login name is not that of a service account, or it is among the names given. Whoever may start pods beside a
#   service account can act as it, so that it is no person.
may_vouch(name, _) if not a_service_account(name)

may_vouch(name, listed) if {
	some entry in listed
	same(entry, name)
}

a_service_account(name) if startswith(key(name), "system:serviceaccount:")
