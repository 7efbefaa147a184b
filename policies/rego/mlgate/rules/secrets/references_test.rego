package mlgate.rules.secrets_test

import data.mlgate.lib.fixtures_test as fixtures

from_secret := {"name": "HF_TOKEN", "value": null, "from": "secretKey", "fromName": "hub", "path": place}

whole_secret := {"kind": "secret", "name": "database", "path": "spec.predictor.containers[0].envFrom[0]"}

taking(env, sources) := fixtures.with_patch(
	["workload", "containers"],
	[object.union(fixtures.container, {"env": env, "envFrom": sources})],
)

excepting(document, names) := findings if {
	findings := found("secrets.env_from_secret", document) with data.mlgate.settings.secrets.envSecretExceptions as names
}

test_a_secret_in_variables_is_found if {
	found("secrets.env_from_secret", taking([from_secret], [whole_secret])) == {{
		"code": "secrets.env_from_secret",
		"path": "spec.predictor.containers[0]",
		"term": "kserve-container",
		"model": null,
		"observed": "HF_TOKEN of Secret hub, all of Secret database",
		"required": "Secrets mounted as files",
		"values": {"container": "kserve-container"},
	}}
}

test_one_of_both_is_enough if {
	count(found("secrets.env_from_secret", taking([from_secret], []))) == 1
	count(found("secrets.env_from_secret", taking([], [whole_secret]))) == 1
}

test_variables_of_other_origin_are_not_found[note] if {
	some note, origin in ["configMapKey", "field", "resource", null, 7]
	found("secrets.env_from_secret", taking([object.union(from_secret, {"from": origin})], [])) == set()
}

test_a_config_map_is_no_secret[note] if {
	some note, kind in ["configMap", null, 7]
	found("secrets.env_from_secret", taking([], [object.union(whole_secret, {"kind": kind})])) == set()
}

test_a_secret_the_site_lists_is_excepted if {
	excepting(taking([from_secret], [whole_secret]), ["database", "hub"]) == set()
	[finding] := [one | some one in excepting(taking([from_secret], [whole_secret]), ["hub", "HF_TOKEN"])]
	finding.observed == "all of Secret database"
}

test_a_secret_without_name_is_excepted_by_nothing[note] if {
	some note, wrong in [null, 7, "", [], {}]
	document := taking([object.union(object.remove(from_secret, ["fromName"]), {"fromName": wrong})], [object.union(object.remove(whole_secret, ["name"]), {"name": wrong})])
	[finding] := [one | some one in excepting(document, ["hub", "database"])]
	finding.observed == "HF_TOKEN of Secret unknown, all of Secret unknown"
}

test_without_the_key_of_a_name_nothing_is_excepted if {
	document := taking([object.remove(from_secret, ["fromName", "name"])], [object.remove(whole_secret, ["name"])])
	[finding] := [one | some one in excepting(document, ["hub", "database"])]
	finding.observed == "unknown of Secret unknown, all of Secret unknown"
}

test_references_of_a_wrong_kind_are_read_without_error[note] if {
	some note, wrong in fixtures.wrong_values
	found("secrets.env_from_secret", fixtures.with_patch(["workload", "containers", 0, "env"], wrong)) == set()
	found("secrets.env_from_secret", fixtures.with_patch(["workload", "containers", 0, "envFrom"], wrong)) == set()
	found("secrets.env_from_secret", fixtures.with_patch(["workload", "containers"], wrong)) == set()
	found("secrets.config_map_literal", fixtures.with_patch(["cluster", "configMaps"], wrong)) == set()
	found("secrets.config_map_literal", fixtures.with_patch(["cluster", "configMaps"], {"a": wrong})) == set()
	found("secrets.config_map_literal", fixtures.with_patch(["cluster", "configMaps"], {"a": {"credentials": wrong}})) - found("secrets.config_map_literal", fixtures.with_patch(["cluster", "configMaps"], {"a": {"credentials": [null]}})) == set()
}

config_map(credentials) := fixtures.with_patch(["cluster", "configMaps"], {"tuning": {"credentials": credentials}, "other": {"credentials": []}})

test_a_credential_in_a_config_map_is_found if {
	document := config_map([{"name": "db_password", "reason": "name"}, {"name": "url", "reason": "uriPassword"}])
	found("secrets.config_map_literal", document) == {{
		"code": "secrets.config_map_literal",
		"path": "ConfigMap/tuning.data",
		"term": "ConfigMap/tuning",
		"model": null,
		"observed": "name, uriPassword",
		"required": "no credential in plain text",
		"values": {"name": "tuning", "key": ["db_password", "url"]},
	}}
}

test_a_key_the_site_knows_is_left_alone if {
	document := config_map([{"name": "db_password", "reason": "name"}, {"name": "url", "reason": "uriPassword"}])
	tolerated("secrets.config_map_literal", document, ["url|db_.*"]) == set()
	[finding] := [one | some one in tolerated("secrets.config_map_literal", document, ["url|db_"])]
	finding.values.key == ["db_password"]
}

test_a_key_without_name_is_never_left_alone[note] if {
	some note, wrong in [null, 7, [], {}]
	[finding] := [one | some one in tolerated("secrets.config_map_literal", config_map([{"name": wrong, "reason": "name"}]), [".*"])]
	finding.values.key == ["unknown"]
}
