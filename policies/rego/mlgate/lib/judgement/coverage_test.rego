package mlgate.lib.judgement_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.lib.judgement

lookup(name, reason) := {"lookup": name, "reason": reason, "message": "because"}

lacking(entries) := fixtures.with_patch(["unavailable"], entries)

test_a_lookup_that_was_not_made_skips_what_needs_it[reason] if {
	some reason in ["offline", "disabled"]
	skipped := judgement.skipped with input as lacking([lookup("signOffs", reason)])
	skipped["signoff.approval_missing"] == {
		"code": "signoff.approval_missing", "reason": reason, "detail": "signOffs",
	}
	evaluated := judgement.evaluated with input as lacking([lookup("signOffs", reason)])
	not "signoff.approval_missing" in evaluated
}

test_a_lookup_that_failed_skips_nothing[sprintf("%v", [reason])] if {
	some reason in ["error", null, "", 7, "later", {}]
	skipped := judgement.skipped with input as lacking([lookup("signOffs", reason)])
	not skipped["signoff.approval_missing"]
	judgement.failed == {"signOffs"} with input as lacking([lookup("signOffs", reason)])
}

test_a_lookup_that_failed_once_failed if {
	twice := [lookup("signOffs", "disabled"), lookup("signOffs", "error")]
	judgement.failed == {"signOffs"} with input as lacking(twice)
}

test_a_lookup_nobody_needs_skips_nothing if {
	skipped := judgement.skipped with input as lacking([lookup("third", "disabled")]) with data.mlgate.indexes as index
	object.keys(skipped) == {"a.two"}
}

index := {
	"codes": ["a.one", "a.two"],
	"known": {"a.one": true, "a.two": true},
	"needs": {"a.one": ["second", "first"]},
	"lookups": {"first": ["a.one"], "second": ["a.one"]},
	"configuredBy": {"a.two": ["data.rawDataPrefixes", "data.rawDataClaims"]},
	"settings": {
		"data.rawDataClaims": {"type": "array"}, "access.deployerGroups": {"type": "object"},
		"access.mfaExtraKey": {"type": "string"},
	},
}

test_the_first_lookup_a_code_names_is_told if {
	skipped := judgement.skipped with input as lacking([lookup("first", "offline"), lookup("second", "disabled")])
		with data.mlgate.indexes as index
	skipped["a.one"] == {"code": "a.one", "reason": "disabled", "detail": "second"}
}

test_a_code_without_any_of_its_settings_is_not_configured if {
	skipped := judgement.skipped with input as fixtures.passing with data.mlgate.indexes as index
	skipped == {"a.two": {
		"code": "a.two", "reason": "notConfigured", "detail": "data.rawDataPrefixes, data.rawDataClaims",
	}}
	judgement.evaluated == ["a.one"] with input as fixtures.passing with data.mlgate.indexes as index
}

test_one_setting_is_enough if {
	judgement.skipped == {} with input as fixtures.passing
		with data.mlgate.indexes as index
		with data.mlgate.overrides as {"data": {"rawDataClaims": ["lake/raw"]}}
}

test_a_map_by_profile_counts_by_the_profile_in_force[profile] if {
	some profile, wanted in {"production": {}, "staging": {"a.two": "access.deployerGroups"}}
	one := object.union(index, {"configuredBy": {"a.two": ["access.deployerGroups"]}})
	skipped := judgement.skipped with input as fixtures.with_patch(
		["cluster", "namespace", "labels", "mlgate.dev/profile"],
		profile,
	)
		with data.mlgate.indexes as one
		with data.mlgate.overrides as {"access": {"deployerGroups": {"production": ["ml"]}}}
	{code: entry.detail | some code, entry in skipped} == wanted
}

# Its keys are no profiles, so it holds in all of them.
test_a_map_by_anything_else_counts_as_a_whole if {
	one := json.patch(object.union(index, {"configuredBy": {"a.two": ["signOff.roleGroups"]}}), [{
		"op": "add", "path": "/settings/signOff.roleGroups", "value": {"type": "object"},
	}])
	judgement.skipped == {} with input as fixtures.passing
		with data.mlgate.indexes as one
		with data.mlgate.overrides as {"signOff": {"roleGroups": {"legal": ["lawyers"]}}}
}

test_a_blank_setting_configures_nothing if {
	one := object.union(index, {"configuredBy": {"a.two": ["access.mfaExtraKey"]}})
	skipped := judgement.skipped with input as fixtures.passing with data.mlgate.indexes as one
	object.keys(skipped) == {"a.two"}
	judgement.skipped == {} with input as fixtures.passing
		with data.mlgate.indexes as one
		with data.mlgate.overrides as {"access": {"mfaExtraKey": "amr"}}
}

test_a_lookup_goes_before_a_setting if {
	one := object.union(index, {"configuredBy": {"a.one": ["data.rawDataClaims"]}})
	skipped := judgement.skipped with input as lacking([lookup("first", "offline")]) with data.mlgate.indexes as one
	skipped["a.one"].reason == "offline"
}
