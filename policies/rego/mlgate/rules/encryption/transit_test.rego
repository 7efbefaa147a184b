package mlgate.rules.encryption_test

import data.mlgate.lib.fixtures_test as fixtures

tls(code, value) := {[finding.observed, finding.required] |
	some finding in found(code, fixtures.with_card_patch(["encryption", "inTransit", "minTlsVersion"], value))
}

test_a_card_without_a_tls_version_is_found if {
	found("encryption.in_transit_missing", fixtures.without_card(["encryption", "inTransit"])) == {{
		"code": "encryption.in_transit_missing",
		"path": "card.encryption.inTransit.minTlsVersion",
		"term": reference,
		"model": "predictor",
		"observed": "no minTlsVersion",
		"required": "minTlsVersion",
		"values": {"card": reference},
	}}
}

test_a_version_that_is_not_given_is_missing_and_not_too_low[note] if {
	some note, wrong in [null, "", " ", [], {}]
	count(tls("encryption.in_transit_missing", wrong)) == 1
	tls("encryption.tls_version_too_low", wrong) == set()
}

test_parts_of_a_wrong_kind_hold_no_version[note] if {
	some note, wrong in fixtures.wrong_values
	count(found("encryption.in_transit_missing", fixtures.with_card_patch(["encryption"], wrong))) == 1
	count(found("encryption.in_transit_missing", fixtures.with_card_patch(["encryption", "inTransit"], wrong))) == 1
}

test_an_old_version_is_found if {
	document := fixtures.with_card_patch(["encryption", "inTransit", "minTlsVersion"], "1.1")
	found("encryption.tls_version_too_low", document) == {{
		"code": "encryption.tls_version_too_low",
		"path": "card.encryption.inTransit.minTlsVersion",
		"term": reference,
		"model": "predictor",
		"observed": "1.1",
		"required": "1.2",
		"values": {"card": reference},
	}}
}

test_versions_are_compared_in_their_order if {
	count(tls("encryption.tls_version_too_low", "1.0")) == 1
	tls("encryption.tls_version_too_low", "1.2") == set()
	tls("encryption.tls_version_too_low", "1.3") == set()
	tls("encryption.in_transit_missing", "1.0") == set()
}

test_a_version_that_is_none_counts_as_too_low[note] if {
	some note, wrong in ["2.0", "TLS 1.3", "1.10", "any", 1.3, true, ["1.3"], {"min": "1.3"}]
	count(tls("encryption.tls_version_too_low", wrong)) == 1
}

test_the_lowest_version_is_a_setting if {
	tls("encryption.tls_version_too_low", "1.2") == {["1.2", "1.3"]} with data.mlgate.settings.encryption.minTlsVersion as "1.3"
	count(tls("encryption.tls_version_too_low", "1.3")) == 1 with data.mlgate.settings.encryption.minTlsVersion as "1.4"
}

plain(exposure) := {[finding.path, finding.observed, finding.values.location] |
	some finding in found("encryption.endpoint_plaintext", fixtures.with_patch(["workload", "exposure"], exposure))
}

exposed := {"scope": "external", "tls": false, "authentication": "unknown", "path": "spec.ingress.tls"}

test_an_endpoint_offered_without_tls_is_found if {
	found("encryption.endpoint_plaintext", fixtures.with_patch(["workload", "exposure"], exposed)) == {{
		"code": "encryption.endpoint_plaintext",
		"path": "spec.ingress.tls",
		"term": null,
		"model": null,
		"observed": "no TLS at an endpoint of scope external",
		"required": "TLS",
		"values": {"location": "spec.ingress.tls"},
	}}
}

test_an_endpoint_of_unknown_reach_counts_as_exposed[note] if {
	some note, scope in ["unknown", null, "", 7, [], {}]
	count(plain(object.union(exposed, {"scope": scope}))) == 1
	count(plain(object.remove(exposed, ["scope"]))) == 1
}

test_an_endpoint_inside_the_cluster_may_be_plain[scope] if {
	some scope in ["none", "cluster"]
	plain(object.union(exposed, {"scope": scope})) == set()
}

test_an_endpoint_whose_tls_is_on_or_left_open_passes[note] if {
	some note, given in [true, null, "false", 0, [], {}]
	plain(object.union(exposed, {"tls": given})) == set()
}

test_an_endpoint_without_path_is_found_at_the_spec[note] if {
	some note, wrong in [null, "", 7, [], {}]
	plain(object.union(exposed, {"path": wrong})) == {["spec", "no TLS at an endpoint of scope external", "spec"]}
}

test_an_exposure_of_a_wrong_kind_is_read_without_error[note] if {
	some note, wrong in fixtures.wrong_values
	plain(wrong) == set()
}
