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

test_a_field_is_inside_itself_and_what_holds_it if {
	addresses.inside("spec.containers[1]", "spec.containers[1]")
	addresses.inside("spec.containers[1].image", "spec.containers[1]")
	addresses.inside("spec.containers[1]", "spec.containers")
	not addresses.inside("spec.containers[10]", "spec.containers[1]")
	not addresses.inside("spec.containersX", "spec.containers")
	not addresses.inside("spec", "spec.containers")
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
