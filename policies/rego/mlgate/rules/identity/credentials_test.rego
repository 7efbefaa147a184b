package mlgate.rules.identity_test

import data.mlgate.lib.fixtures_test as fixtures

token := {"name": "vault", "kind": "serviceAccountToken", "tokenExpirationSeconds": 86401, "path": "spec.predictor.volumes[0]"}

with_volumes(volumes) := fixtures.with_patch(["workload", "volumes"], volumes)

# What is told of a token volume with these keys.
lasting(keys) := {finding.observed |
	some finding in found("identity.credential_not_time_bound", with_volumes([object.union(token, keys)]))
}

test_a_token_that_lives_too_long_is_found if {
	found("identity.credential_not_time_bound", with_volumes([token])) == {{
		"code": "identity.credential_not_time_bound",
		"path": "spec.predictor.volumes[0]",
		"term": "vault",
		"model": null,
		"observed": "it lives 86401 seconds",
		"required": "86400 seconds",
		"values": {"credential": "vault"},
	}}
}

test_a_token_may_live_as_long_as_the_policy_says if {
	lasting({"tokenExpirationSeconds": 86400}) == set()
	lasting({"tokenExpirationSeconds": 3600}) == set()
}

test_a_token_that_does_not_say_lives_an_hour[note] if {
	some note, nothing in [null, ""]
	lasting({"tokenExpirationSeconds": nothing}) == set()
	lasting({"tokenExpirationSeconds": nothing}) == {"it lives 3600 seconds"} with data.mlgate.settings.identity.maxTokenSeconds as 3599
}

test_a_token_without_the_key_lives_an_hour if {
	document := with_volumes([object.remove(token, ["tokenExpirationSeconds"])])
	found("identity.credential_not_time_bound", document) == set()
	findings := found("identity.credential_not_time_bound", document) with data.mlgate.settings.identity.maxTokenSeconds as 3599
	count(findings) == 1
}

test_a_life_that_is_no_number_is_too_long[note] if {
	some note, wrong in [true, false, "60", [60], {"seconds": 60}]
	count(lasting({"tokenExpirationSeconds": wrong})) == 1
}

test_volumes_of_another_kind_hold_no_token[note] if {
	some note, kind in array.concat(fixtures.wrong_values, ["secret", "pvc"])
	lasting({"kind": kind}) == set()
	found("identity.credential_not_time_bound", with_volumes([kind])) == set()
}

test_a_volume_without_name_or_path_is_still_told if {
	document := with_volumes([object.remove(token, ["name", "path"])])
	{[finding.path, finding.term] | some finding in found("identity.credential_not_time_bound", document)} == {["spec", "null"]}
}

with_credentials(entries) := fixtures.with_card_patch(["credentials"], entries)

test_a_credential_without_an_end_is_found if {
	document := with_credentials([
		{"name": "feature-store", "expiresAt": "2027-06-01T00:00:00Z"},
		{"name": "label-store"},
	])
	found("identity.credential_not_time_bound", document) == {{
		"code": "identity.credential_not_time_bound",
		"path": "card.credentials[1].expiresAt",
		"term": "label-store",
		"model": "predictor",
		"observed": "no expiresAt",
		"required": "86400 seconds or an expiry date",
		"values": {"credential": "label-store"},
	}}
}

test_an_end_that_is_no_date_is_none[note] if {
	some note, wrong in array.concat(fixtures.wrong_values, ["never", "2027-02-30T00:00:00Z", "9999-12-31"])
	count(found("identity.credential_not_time_bound", with_credentials([{"name": "x", "expiresAt": wrong}]))) == 1
	count(found("identity.credential_not_time_bound", with_credentials([wrong]))) == 1
}

test_a_card_may_name_no_credential[note] if {
	some note, wrong in [null, true, 7, "x", [], {}]
	found("identity.credential_not_time_bound", with_credentials(wrong)) == set()
}
