package mlgate.lib.judgement_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.lib.judgement

by_profile := {"sandbox": "off", "development": "audit", "staging": "warn", "production": "deny"}

rule := {"severity": "high", "appliesWhen": {"objects": ["serving"]}, "enforcement": by_profile}

in_profile(profile) := fixtures.with_patch(["cluster", "namespace", "labels", "mlgate.dev/profile"], profile)

enforced(fields, profile) := action if {
	action := judgement.enforcement("a.b") with input as in_profile(profile)
		with data.mlgate.catalog as {"a.b": object.union(rule, fields)}
}

test_the_catalogue_says_how_strictly_a_code_is_enforced[profile] if {
	some profile, action in by_profile
	enforced({}, profile) == action
}

test_a_profile_the_catalogue_forgets_denies if {
	action := judgement.enforcement("a.b") with input as in_profile("staging")
		with data.mlgate.catalog as {"a.b": {"enforcement": {"production": "warn"}}}
	action == "deny"
}

test_a_raise_makes_stricter_where_it_matches[note] if {
	some note, case in {
		"tier": [{"tiers": ["high"]}, "deny"],
		"other tier": [{"tiers": ["minimal", "limited"]}, "audit"],
		"class": [{"classifications": ["restricted"]}, "deny"],
		"other class": [{"classifications": ["public"]}, "audit"],
		"both": [{"tiers": ["high"], "classifications": ["restricted"]}, "deny"],
		"one of both": [{"tiers": ["high"], "classifications": ["public"]}, "audit"],
	}
	entry := object.union(case[0], {"to": {"development": "deny"}})
	enforced({"raise": [entry]}, "development") == case[1]
}

test_a_raise_never_lowers if enforced({"raise": [{"tiers": ["high"], "to": {"production": "audit"}}]}, "production") == "deny"

test_a_raise_of_another_profile_is_none if {
	enforced({"raise": [{"tiers": ["high"], "to": {"staging": "deny"}}]}, "development") == "audit"
}

overridden(override, fields, profile) := action if {
	action := judgement.enforcement("a.b") with input as in_profile(profile)
		with data.mlgate.catalog as {"a.b": object.union(rule, fields)}
		with data.mlgate.overrides as {"enforcement": {"overrides": {"a.b": override}}}
}

test_an_override_replaces_the_catalogue_before_the_raises if {
	overridden({"production": "audit"}, {}, "production") == "audit"
	overridden({"production": "audit"}, {}, "staging") == "warn"
	raised := {"raise": [{"tiers": ["high"], "to": {"production": "warn"}}]}
	overridden({"production": "audit"}, raised, "production") == "warn"
	overridden({"production": "audit", "raise": false}, raised, "production") == "audit"
	overridden({"production": "audit", "raise": true}, raised, "production") == "warn"
}

test_before_its_day_a_code_only_warns if {
	enforced({"effectiveOn": "2027-03-11T00:00:00Z"}, "production") == "warn"
	enforced({"effectiveOn": "2027-03-11T00:00:00Z"}, "development") == "audit"
	enforced({"effectiveOn": "2027-03-10T00:00:00Z"}, "production") == "deny"
	enforced({"effectiveOn": "soon"}, "production") == "deny"
}

test_what_is_off_is_no_finding if {
	not judgement.weigh(candidate({"code": "a.b"})) with input as in_profile("sandbox") with data.mlgate.catalog as {"a.b": rule}
}

test_a_candidate_is_weighed if {
	finding := judgement.weigh(candidate({"code": "a.b"})) with input as fixtures.passing with data.mlgate.catalog as {"a.b": rule}
	finding.severity == "high"
	finding.enforcement == "deny"
}

test_what_is_judged_is_weighed if {
	document := fixtures.with_patch(["workload", "problems"], [{"path": "spec.x", "message": "no"}])
	judged := judgement.judged with input as document
	[[found.code, found.enforcement, found.severity] | some found in judged] == [["workload.unreadable", "deny", "critical"]]
}

applying(when, document) if {
	judgement.applies("a.b") with input as document with data.mlgate.catalog as {"a.b": object.union(rule, {"appliesWhen": when})}
}

test_a_code_is_about_the_objects_it_lists if {
	applying({"objects": ["training", "serving"]}, fixtures.passing)
	applying({"objects": ["any"]}, fixtures.with_patch(["workload"], null))
	not applying({"objects": ["training"]}, fixtures.passing)
	not applying({"objects": ["serving"]}, fixtures.with_patch(["workload"], null))
}

test_a_code_can_be_limited_to_tiers_classes_and_profiles if {
	applying({"objects": ["serving"], "tiers": ["high"], "classifications": ["restricted"], "profiles": ["production"]}, fixtures.passing)
	not applying({"objects": ["serving"], "tiers": ["minimal"]}, fixtures.passing)
	not applying({"objects": ["serving"], "classifications": ["public"]}, fixtures.passing)
	not applying({"objects": ["serving"], "profiles": ["staging"]}, fixtures.passing)
	not applying({"objects": ["any"], "tiers": ["high"]}, fixtures.with_patch(["workload"], null))
}

test_a_code_about_who_asks_is_left_to_the_owner if {
	catalog := {"a.b": object.union(rule, {"topLevelOnly": true})}
	judgement.applies("a.b") with input as fixtures.passing with data.mlgate.catalog as catalog
	not judgement.applies("a.b") with input as extended with data.mlgate.catalog as catalog
	judgement.applies("a.b") with input as extended with data.mlgate.catalog as {"a.b": rule}
	added := json.patch(extended, [{"op": "replace", "path": "/workload/models/0/inOwner", "value": false}])
	judgement.applies("a.b") with input as added with data.mlgate.catalog as catalog
}
