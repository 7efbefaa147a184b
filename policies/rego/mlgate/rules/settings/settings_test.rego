package mlgate.rules.settings_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.settings as rules

denied(overrides) := found if {
	found := rules.deny with input as fixtures.passing with data.mlgate.overrides as overrides
}

test_sound_settings_are_not_spoken_of[sprintf("%v", [overrides])] if {
	some overrides in [{}, {"fairness": {"tolerance": 0.01}}, {"fairness": {}}]
	denied(overrides) == set()
}

test_without_overrides_there_is_nothing_to_say if rules.deny == set() with input as fixtures.passing

test_each_bad_override_is_told if {
	found := denied({"fairness": {"tolerance": "x", "maxGroupGap": 0.2}, "nonsense": {}})
	{[finding.code, finding.term, finding.path] | some finding in found} == {
		["settings.invalid", "fairness.tolerance", "settings.fairness.tolerance"],
		["settings.invalid", "nonsense", "settings.nonsense"],
	}
	every finding in found {
		finding.values.key == finding.term
		finding.observed != ""
	}
}

test_overrides_that_are_no_object_are_told[sprintf("%v", [overrides])] if {
	some overrides in [null, [], "x", 7, [{"fairness": {}}]]
	[finding.term | some finding in denied(overrides)] == ["overrides"]
}
