package mlgate.lib.settled_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.lib.judgement
import data.mlgate.lib.settings
import data.mlgate.lib.settled

overrides := {"fairness": {"tolerance": 0.01, "maxGroupGap": "wide"}, "access": {"deployerGroups": {"staging": ["ml"]}}}

given := found if {
	found := settled.answers with data.mlgate.overrides as overrides
}

test_what_is_settled_is_what_would_be_found_out if {
	settings.value == given.value with data.mlgate.overrides as overrides
	settings.invalid == given.invalid with data.mlgate.overrides as overrides
	judgement.setting_skips == given.notConfigured.production with data.mlgate.overrides as overrides
		with input as fixtures.passing
	given.value.fairness.tolerance == 0.01
	{problem.key | some problem in given.invalid} == {"fairness.maxGroupGap"}
}

test_the_codes_that_are_not_configured_differ_by_profile if {
	"access.deployer_not_permitted" in object.keys(given.notConfigured.production)
	not "access.deployer_not_permitted" in object.keys(given.notConfigured.staging)
}

# What no settings give.
marked := {
	"overrides": overrides,
	"value": {"decision": {"defaultProfile": "production"}},
	"invalid": [{"key": "a", "observed": "b"}],
	"notConfigured": {"production": {"c.d": {"code": "c.d"}}},
}

test_what_is_settled_is_not_found_out_again if {
	settings.value == marked.value with data.mlgate.overrides as overrides with data.mlgate.settled as marked
	settings.invalid == {{"key": "a", "observed": "b"}} with data.mlgate.overrides as overrides
		with data.mlgate.settled as marked
	judgement.setting_skips == marked.notConfigured.production with data.mlgate.overrides as overrides
		with data.mlgate.settled as marked
		with data.mlgate.lib.facts.profile as "production"
}

test_it_holds_for_the_overrides_it_was_made_for[note] if {
	some note, other in {"others": {"fairness": {"tolerance": 0.02}}, "none": {}, "no object": null}
	settings.value.fairness.minGroupCount == 30 with data.mlgate.overrides as other with data.mlgate.settled as marked
	not {"key": "a", "observed": "b"} in settings.invalid with data.mlgate.overrides as other
		with data.mlgate.settled as marked
	not judgement.setting_skips["c.d"] with data.mlgate.overrides as other
		with data.mlgate.settled as marked
		with data.mlgate.lib.facts.profile as "production"
}
