package mlgate.lib.signers_test

import data.mlgate.lib.signers

trusted := [
	{"keyId": "sha256:aa"},
	{"issuer": "https://login.example.org", "identity": "builder@example.org"},
]

by_key := {"keyId": "sha256:aa", "identity": null, "issuer": null}

by_name := {"keyId": null, "identity": "builder@example.org", "issuer": "https://login.example.org"}

test_a_signature_of_a_listed_signer_is_trusted if {
	signers.trusted(by_key, trusted)
	signers.trusted(by_name, trusted)
}

test_any_other_signature_is_not_trusted[note] if {
	some note, signature in {
		"other key": {"keyId": "sha256:ab"},
		"upper case": {"keyId": "sha256:AA"},
		"other issuer": object.union(by_name, {"issuer": "https://evil.example.org"}),
		"no issuer": object.remove(by_name, ["issuer"]),
		"issuer null": object.union(by_name, {"issuer": null}),
		"other identity": object.union(by_name, {"identity": "x@example.org"}),
		"no identity": object.remove(by_name, ["identity"]),
		"identity null": object.union(by_name, {"identity": null}),
		"null": null,
		"a word": "sha256:aa",
		"nothing": {},
	}
	not signers.trusted(signature, trusted)
}

test_empty_values_match_nobody[note] if {
	some note, nothing in {
		"nulls": {"keyId": null, "identity": null, "issuer": null},
		"blanks": {"keyId": "", "identity": " ", "issuer": ""},
		"one blank": {"identity": "builder@example.org", "issuer": ""},
		"other blank": {"identity": "", "issuer": "https://login.example.org"},
	}
	not signers.trusted(nothing, [nothing])
}

test_without_signers_nobody_is_trusted if {
	not signers.trusted(by_key, [])
}

test_a_signature_is_named_by_identity_or_key if {
	signers.name(by_name) == "builder@example.org"
	signers.name(by_key) == "key sha256:aa"
	signers.name(null) == "nobody known"
	signers.name({"identity": 7, "keyId": []}) == "nobody known"
	signers.name({"identity": " ", "keyId": ""}) == "nobody known"
}

test_signatures_that_do_not_count_are_told if {
	signers.found([]) == "no signature"
	signers.found([object.union(by_key, {"status": "verified"})]) == "signed by key sha256:aa"
	signers.found([{"status": "missing"}, {"status": "invalid"}]) == "signature invalid, signature missing"
	signers.found([{}, {"status": null}, null]) == "signature null"
	signers.found([{"status": "invalid", "reason": "was altered"}]) == "signature invalid, it was altered"
	signers.found([{"status": "invalid", "reason": ""}, {"status": "missing", "reason": 7}]) == "signature invalid, signature missing"
	signers.found([{"reason": "was altered"}]) == "signature null"
}
