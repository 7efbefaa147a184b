package mlgate.lib.addresses_test

import data.mlgate.lib.addresses

test_what_lies_under_a_prefix[address] if {
	some address, prefix in {
		"r.example.org/a": "r.example.org/a", "r.example.org/a/b": "r.example.org/a",
		"r.example.org/a:1": "r.example.org/a", "r.example.org/a@sha256:0": "r.example.org/a",
		"s3://bucket/x": "s3://bucket/", "oci://r": "oci:", "m@1": "m@",
	}
	addresses.under(address, prefix)
	addresses.under_any(address, ["other", prefix])
}

test_what_does_not_lie_under_a_prefix[address] if {
	some address, prefix in {
		"r.example.org/ab": "r.example.org/a", "r.example.org": "r.example.org/a", "x": "", "/x": "",
		"evil.org/r.example.org/a": "r.example.org/a",
	}
	not addresses.under(address, prefix)
	not addresses.under_any(address, [prefix])
}

test_an_unknown_address_lies_under_nothing if {
	not addresses.under_any(null, ["a"])
	not addresses.under_any("a", [])
}

test_a_repository_needs_both_parts if {
	addresses.repository({"registry": "r", "repository": "a/b"}) == "r/a/b"
	not addresses.repository({"registry": null, "repository": "a/b"})
	not addresses.repository({"registry": "r", "repository": null})
	not addresses.repository({})
}

test_a_field_lies_in_itself_and_in_all_that_hold_it if {
	addresses.around("spec.containers[1].image") == {"spec", "spec.containers", "spec.containers[1]", "spec.containers[1].image"}
	addresses.around("spec") == {"spec"}
	addresses.around("") == {""}
	addresses.around("spec.ä[é].x") == {"spec", "spec.ä", "spec.ä[é]", "spec.ä[é].x"}
}

test_the_machine_itself_has_few_names if {
	every name in ["localhost", "127.0.0.1", "127.255.0.9", "::1", "[::1]"] {
		addresses.loopback(name)
	}
	other := [name |
		some name in ["", "LOCALHOST", "localhost.", "127.0.0.1.example.org", "x127.0.0.1", "127.1", "127.0.0.256", "128.0.0.1"]
		addresses.loopback(name)
	]
	other == []
}

test_an_address_is_shown_without_user if {
	addresses.without_user("https://a:b@c.example.org/d@e") == "https://c.example.org/d@e"
	addresses.without_user("https://a@b:c@d.example.org") == "https://d.example.org"
	addresses.without_user("s3://bucket/key@v1") == "s3://bucket/key@v1"
	addresses.without_user("org/model") == "org/model"
}

test_what_is_no_address_is_unknown[note] if {
	some note, wrong in [null, 7, "", " ", [], {}]
	addresses.without_user(wrong) == "unknown"
}

test_an_address_keeps_to_a_prefix[address] if {
	some address in [
		"s3://frozen", "s3://frozen/a", "s3://frozen/a..b/..c/d..", "s3://frozen/.../a", "s3://frozen/a.b/.c",
		"s3://frozen/a?x=..y",
	]
	addresses.keeps_to(address, ["s3://other/", "s3://frozen"])
}

test_an_address_that_steps_upward_keeps_to_nothing[address] if {
	some address in [
		"s3://frozen/../other", "s3://frozen/..", "s3://frozen/%2e%2e/x", "s3://frozen/.%2E/x", "s3://frozen/a%2f../x",
		"s3://frozen/..%5cx", "s3://frozen/a\\..\\x", "s3://frozen/\\@evil", "s3://frozen/a b", "s3://frozen/..?x", "s3://frozen/..;x",
		"s3://frozen/..#x", "s3://frozen/a%5C../x", "s3://frozen:..",
	]
	addresses.under_any(address, ["s3://frozen"])
	not addresses.keeps_to(address, ["s3://frozen"])
}

test_an_address_elsewhere_keeps_to_nothing if {
	not addresses.keeps_to("s3://frozenX/a", ["s3://frozen"])
	not addresses.keeps_to(null, ["s3://frozen"])
	not addresses.keeps_to("s3://frozen", [])
}

test_an_escaped_letter_is_the_letter if {
	addresses.spellings("s3://b/%73taging") == {"s3://b/%73taging", "s3://b/staging"}
	addresses.spellings("s3://b/x") == {"s3://b/x"}
	addresses.spellings("s3://b/+x") == {"s3://b/+x"}
}

test_an_escape_that_is_none_is_left[address] if {
	some address in ["s3://b/%", "s3://b/%7", "s3://b/%zz", "s3://b/%73%"]
	addresses.spellings(address) == {address}
}

# Beside a prefix under which the address begins, but does not lie.
test_a_prefix_that_ends_with_a_mark_is_not_under_every_address if {
	every pair in [["s3://b/x", "s3://a/"], ["r.example.org/a", "r.example.com/"], ["xyz/a", "abc"], ["abcd:1", "wxyz"]] {
		not addresses.under(pair[0], pair[1])
	}
}
