package mlgate.rules.supply_chain_test

import data.mlgate.lib.fixtures_test as fixtures

switched(feature, keys) := fixtures.with_patch(["workload", "features", feature], keys)

place := "spec.predictor.containers[0].args[1]"

features := {
	"supply_chain.remote_code_enabled": "trustRemoteCode",
	"supply_chain.runtime_loading_enabled": "runtimeLora",
}

test_code_of_the_models_repository_is_found if {
	found("supply_chain.remote_code_enabled", switched("trustRemoteCode", {"enabled": true, "path": place})) == {{
		"code": "supply_chain.remote_code_enabled",
		"path": place,
		"term": null,
		"model": null,
		"observed": "code downloaded with the model is run",
		"required": "no remote code",
		"values": {"location": place},
	}}
}

test_adapters_of_callers_are_found if {
	found("supply_chain.runtime_loading_enabled", switched("runtimeLora", {"enabled": true, "path": place})) == {{
		"code": "supply_chain.runtime_loading_enabled",
		"path": place,
		"term": null,
		"model": null,
		"observed": "callers can load adapters",
		"required": "adapters of the manifest alone",
		"values": {"location": place},
	}}
}

test_a_place_nobody_knows_is_the_spec[note] if {
	some note, wrong in [null, 7, "", [], {}]
	some code, feature in features
	[finding] := [one | some one in found(code, switched(feature, {"enabled": true, "path": wrong}))]
	finding.path == "spec"
}

test_without_a_place_it_is_the_spec if {
	every code, feature in features {
		[finding] := [one | some one in found(code, switched(feature, {"enabled": true}))]
		finding.path == "spec"
	}
}

test_what_is_off_or_not_stated_is_not_found[note] if {
	some note, off in [false, null, "true", 1]
	every code, feature in features {
		found(code, switched(feature, {"enabled": off, "path": place})) == set()
		found(code, switched(feature, off)) == set()
	}
}

test_one_setting_is_not_the_other if {
	found("supply_chain.remote_code_enabled", switched("runtimeLora", {"enabled": true, "path": place})) == set()
	found("supply_chain.runtime_loading_enabled", switched("trustRemoteCode", {"enabled": true, "path": place})) == set()
}
