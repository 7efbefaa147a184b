# METADATA
# title: People
# description: When two login names mean the same person.
package mlgate.lib.people

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
#   The key of a login name without what the API server puts before the names of an identity provider, `oidc:` or
#   `https://login.example.org#`. Cards and certificates give the name alone, so that who is tied to a version is
#   looked for without it. Names that Kubernetes itself makes are left whole.
bare(name) := found if {
	full := key(name)
	regex.match(`^(?:.*[:#].+)$`, full)
	not startswith(full, "system:")
	found := regex.replace(full, `^.*[:#](.)`, "$1")
} else := key(name)

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
