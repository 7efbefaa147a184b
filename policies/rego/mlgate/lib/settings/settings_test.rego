package mlgate.lib.settings_test

import data.mlgate.lib.settings

invalid(overrides) := found if {
	found := settings.invalid with data.mlgate.overrides as overrides
}

keys(overrides) := {entry.key | some entry in invalid(overrides)}

test_without_overrides_the_shipped_values_hold if {
	settings.value.fairness.tolerance == 0.005
	settings.value.fairness.tolerance == 0.005 with data.mlgate.overrides as {}
	settings.value.registry.recordRequired == false
	settings.invalid == set() with data.mlgate.overrides as {}
	settings.invalid == set()
	not settings.customised
}

test_an_override_holds_and_the_rest_stays if {
	settings.value.fairness.tolerance == 0.01 with data.mlgate.overrides as {"fairness": {"tolerance": 0.01}}
	settings.value.fairness.maxGroupGap == 0.1 with data.mlgate.overrides as {"fairness": {"tolerance": 0.01}}
	settings.value.registry.recordRequired == true with data.mlgate.overrides as {"registry": {"recordRequired": true}}
	keys({"fairness": {"tolerance": 0.01}}) == set()
}

test_maps_are_merged_and_lists_replaced if {
	settings.value.fairness.minRatio == {"minimal": 0.8, "limited": 0.8, "high": 0.9}
		with data.mlgate.overrides as {"fairness": {"minRatio": {"high": 0.9}}}
	settings.value.fairness.groupMetrics == ["recall"]
		with data.mlgate.overrides as {"fairness": {"groupMetrics": ["recall"]}}
	settings.value.signOff.roleGroups == {"legal": ["lawyers"]}
		with data.mlgate.overrides as {"signOff": {"roleGroups": {"legal": ["lawyers"]}}}
}

test_false_is_a_value if {
	settings.value.registry.recordRequired == false
		with data.mlgate.settings.registry.recordRequired as true
		with data.mlgate.overrides as {"registry": {"recordRequired": false}}
}

test_overrides_of_another_shape_are_not_used[note] if {
	some note, case in {
		"no object": [[], "overrides"],
		"null": [null, "overrides"],
		"unknown group": [{"fairnes": {"tolerance": 0.1}}, "fairnes"],
		"group is no object": [{"fairness": 1}, "fairness"],
		"unknown name": [{"fairness": {"tolerence": 0.1}}, "fairness.tolerence"],
		"text for a number": [{"fairness": {"tolerance": "0.1"}}, "fairness.tolerance"],
		"null for a number": [{"fairness": {"tolerance": null}}, "fairness.tolerance"],
		"out of range": [{"fairness": {"minRatio": {"high": 8}}}, "fairness.minRatio"],
		"text within a map": [{"fairness": {"minRatio": {"high": "none"}}}, "fairness.minRatio"],
		"unknown tier": [{"fairness": {"minRatio": {"huge": 0.9}}}, "fairness.minRatio"],
		"number in a list": [{"fairness": {"groupMetrics": [1]}}, "fairness.groupMetrics"],
		"unknown profile": [{"decision": {"defaultProfile": "none"}}, "decision.defaultProfile"],
		"unknown mode": [{"decision": {"mode": {"production": "off"}}}, "decision.mode"],
		"incomplete item": [{"signOff": {"required": {"high": [{"roles": ["legal"]}]}}}, "signOff.required"],
	}
	keys(case[0]) == {case[1]}
	every entry in invalid(case[0]) {
		count(entry.observed) > 0
	}
	settings.value.fairness.tolerance == 0.005 with data.mlgate.overrides as case[0]
	settings.value.fairness.minRatio.high == 0.8 with data.mlgate.overrides as case[0]
	settings.value.decision.defaultProfile == "production" with data.mlgate.overrides as case[0]
}

test_what_is_not_used_leaves_the_shipped_settings_as_they_are[note] if {
	some note, overrides in {
		"unknown group": {"nonsense": {"tolerance": 1}}, "unknown name": {"fairness": {"tolerence": 1}},
		"a list of names": {"fairness": ["tolerance"]}, "a word": {"fairness": "tolerance"}, "no object": ["fairness"],
	}
	settings.value == data.mlgate.settings with data.mlgate.overrides as overrides
}

test_each_mistake_is_told_once if {
	invalid({"fairnes": 1}) == {{"key": "fairnes", "observed": "unknown group"}}
	invalid({"fairness": ["tolerance"]}) == {{"key": "fairness", "observed": "not an object"}}
}

test_one_bad_override_does_not_spoil_another if {
	overrides := {"fairness": {"tolerance": "x", "maxGroupGap": 0.2}, "nonsense": {}}
	settings.value.fairness.maxGroupGap == 0.2 with data.mlgate.overrides as overrides
	keys(overrides) == {"fairness.tolerance", "nonsense"}
}

catalog := {
	"a.free": {"enforcement": {"sandbox": "warn", "production": "deny"}},
	"input.invalid": {"enforcement": {"sandbox": "warn", "production": "deny"}},
	"settings.invalid": {"enforcement": {"sandbox": "off"}, "raise": [{"to": {"sandbox": "deny"}}]},
}

enforced(overrides) := found if {
	found := settings.value.enforcement.overrides
		with data.mlgate.catalog as catalog
		with data.mlgate.overrides as {"enforcement": {"overrides": overrides}}
}

bad_codes(enforcement) := found if {
	found := {entry.key | some entry in settings.invalid} with data.mlgate.catalog as catalog
		with data.mlgate.overrides as {"enforcement": enforcement}
}

test_a_free_code_can_be_lowered_and_a_locked_one_raised if {
	overrides := {"a.free": {"production": "off", "raise": false}, "input.invalid": {"sandbox": "deny"}}
	enforced(overrides) == overrides
	bad_codes({"overrides": overrides}) == set()
}

test_an_unknown_code_is_not_used if {
	enforced({"a.fre": {"production": "off"}, "a.free": {"production": "warn"}}) == {"a.free": {"production": "warn"}}
	bad_codes({"overrides": {"a.fre": {"production": "off"}}}) == {"enforcement.overrides.a.fre"}
}

test_unknown_words_are_not_used[note] if {
	some note, entry in {
		"action": {"production": "block"}, "profile": {"prod": "deny"},
		"raise": {"raise": "no"}, "no object": "off",
	}
	enforced({"a.free": entry}) == {}
	bad_codes({"overrides": {"a.free": entry}}) == {"enforcement.overrides"}
}

test_a_locked_code_cannot_be_lowered[code] if {
	some code, entry in {
		"input.invalid": {"production": "warn"},
		"settings.invalid": {"raise": false},
	}
	enforced({code: entry}) == {}
	bad_codes({"overrides": {code: entry}}) == {sprintf("enforcement.overrides.%s", [code])}
}

test_a_site_can_lock_more_codes_but_free_none if {
	entry := {"input.invalid": {"production": "warn"}, "a.free": {"production": "warn"}}
	bad_codes({"locked": [], "overrides": entry}) == {"enforcement.overrides.input.invalid"}
	bad_codes({"locked": ["a.free"], "overrides": entry}) == {
		"enforcement.overrides.input.invalid", "enforcement.overrides.a.free",
	}
	bad_codes({"locked": "a.free", "overrides": {}}) == {"enforcement.locked"}
}

test_of_a_list_that_cannot_be_read_no_entry_is_told if {
	bad_codes({"overrides": {"a.fre": "off"}}) == {"enforcement.overrides"}
	bad_codes({"locked": {"x": "a.free"}, "overrides": {"a.free": {"production": "warn"}}}) == {"enforcement.locked"}
}

test_a_locked_code_may_be_raised_further if {
	bad_codes({"overrides": {"settings.invalid": {"sandbox": "deny"}, "input.invalid": {"raise": false}}}) == set()
}
