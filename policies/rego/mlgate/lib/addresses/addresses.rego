# METADATA
# title: Addresses
# description: How addresses and image repositories are compared with prefixes.
package mlgate.lib.addresses

import data.mlgate.lib.present

# METADATA
# title: under
# description: |
#   Whether an address lies under a prefix: it equals it, or goes on after it at a `/`, `:` or `@`. So
#   registry.example.com/team does not allow registry.example.com/team-b.
under(address, prefix) if address == prefix

under(address, prefix) if {
	prefix != ""
	startswith(address, prefix)
	substring(prefix, count(prefix) - 1, 1) in {"/", ":", "@"}
}

under(address, prefix) if {
	prefix != ""
	startswith(address, prefix)
	substring(address, count(prefix), 1) in {"/", ":", "@"}
}

# METADATA
# title: under_any
# description: Whether an address lies under one of several prefixes.
under_any(address, prefixes) if {
	is_string(address)
	strings.any_prefix_match(address, prefixes) # one look, because most addresses begin with none of them
	some prefix in prefixes
	under(address, prefix)
}

# METADATA
# title: keeps_to
# description: |
#   Whether what an address leads to lies under one of several prefixes. Steps upward, however they are spelt, and
#   characters that programs read in more than one way lead elsewhere than the address reads.
keeps_to(address, prefixes) if {
	under_any(address, prefixes)
	not wanders(address)
}

wanders(address) if regex.match(`(?i)(^|[/\\:]|%2f|%5c)(\.|%2e){2}([/\\?#;]|%2f|%5c|$)|[\\\s]`, address)

# METADATA
# title: spellings
# description: An address as written and, because servers take an escaped letter for the letter, without escapes.
spellings(address) := {address, urlquery.decode(address)} if {
	contains(address, "%")
	regex.match(`^(?:[^%]|%[0-9a-fA-F]{2})*$`, address)
} else := {address}

# METADATA
# title: without_user
# description: An address without user information; for anything that is no address `unknown`.
without_user(uri) := regex.replace(uri, `^([a-zA-Z][a-zA-Z0-9+.-]*://)[^/?#]*@`, "$1") if {
	present.stated(uri)
} else := "unknown"

# METADATA
# title: repository
# description: Registry and repository of an image taken apart; undefined when one of them is not known.
repository(image) := concat("/", [image.registry, image.repository]) if {
	is_string(image.registry)
	is_string(image.repository)
}

# METADATA
# title: around
# description: A field path, and the paths of all fields it lies in.
around(path) := {path} | {substring(path, 0, at) |
	some mark in [".", "["]
	some at in indexof_n(path, mark)
}

# METADATA
# title: loopback
# description: Whether a host, in lower case, is the machine itself. Only the plain spellings are taken for it.
loopback(name) if name in {"localhost", "::1", "[::1]"}

loopback(name) if regex.match(`^127(\.(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])){3}$`, name)
