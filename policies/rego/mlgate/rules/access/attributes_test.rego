package mlgate.rules.access_test

import data.mlgate.lib.fixtures_test as fixtures

attribute_code := "access.attribute_denied"

# Findings where these are the rules; the passing document is judged on a Wednesday at 08:00 UTC.
denied(rules, document) := findings if {
	findings := found(attribute_code, document) with data.mlgate.settings.access.attributeRules as rules
}

broken(rule) := {[finding.observed, finding.required] | some finding in denied([object.union({"name": "r"}, rule)], fixtures.passing)}

test_an_attribute_that_is_not_as_asked_is_found if {
	rule := {"name": "clinic only", "extra": {"team": ["clinic", "ward"]}}
	denied([rule], asked({"extra": {"team": ["sales"]}})) == {{
		"code": attribute_code,
		"path": "metadata.name",
		"term": null,
		"model": null,
		"observed": "team is sales",
		"required": "team clinic, ward",
		"values": {"name": ["clinic only"]},
	}}
}

test_all_broken_rules_stand_in_one_finding if {
	rules := [
		{"name": "a", "extra": {"team": ["clinic"]}, "days": ["Mon", "Tue"]},
		{"name": "b", "groups": ["ml-deployers"]},
		{"name": "c", "groups": ["release", "platform"], "from": "09:00", "to": "17:00"},
	]
	some finding in denied(rules, fixtures.passing)
	finding.values == {"name": ["a", "c"]}
	finding.observed == "team is none and it is Wed and groups are ml-deployers, system:authenticated and it is 08:00 UTC"
	finding.required == "team clinic and Mon, Tue and one of the groups release, platform and 09:00 to 17:00 UTC"
	count(denied(rules, fixtures.passing)) == 1
}

test_one_value_of_each_attribute_is_enough if {
	rule := {"name": "r", "extra": {"team": ["clinic", "ward"], "clearance": ["high"]}}
	denied([rule], asked({"extra": {"team": ["sales", "ward"], "clearance": ["high"]}})) == set()
	{finding.observed | some finding in denied([rule], asked({"extra": {"team": ["ward"]}}))} == {"clearance is none"}
}

test_attributes_of_a_wrong_kind_are_none[note] if {
	some note, wrong in array.concat(fixtures.wrong_values, ["clinic", {"clinic": "clinic"}, ["Clinic"]])
	rule := {"name": "r", "extra": {"team": ["clinic"]}}
	count(denied([rule], asked({"extra": {"team": wrong}}))) == 1
	count(denied([rule], asked({"extra": wrong}))) == 1
}

test_one_group_is_enough if {
	broken({"groups": ["release", "ml-deployers"]}) == set()
	count(broken({"groups": ["release"]})) == 1
}

test_a_list_without_entries_asks_for_nothing[key] if {
	some key in ["groups", "days"]
	broken({key: []}) == set()
}

test_a_rule_that_asks_for_nothing_is_never_broken if broken({}) == set()

test_a_rule_is_about_what_it_names[note] if {
	some note, [scope, findings] in [
		[{}, 1], [{"profiles": []}, 1], [{"tiers": []}, 1], [{"classifications": []}, 1],
		[{"profiles": ["staging", "production"]}, 1], [{"profiles": ["sandbox"]}, 0],
		[{"tiers": ["high"]}, 1], [{"tiers": ["minimal", "limited"]}, 0],
		[{"classifications": ["restricted"]}, 1], [{"classifications": ["public"]}, 0],
		[{"profiles": ["production"], "tiers": ["limited"], "classifications": ["restricted"]}, 0],
	]
	count(broken(object.union({"groups": ["release"]}, scope))) == findings
}

test_days_are_those_of_the_question if {
	broken({"days": ["Mon", "Wed"]}) == set()
	broken({"days": ["Mon", "Tue"]}) == {["it is Wed", "Mon, Tue"]}
}

test_the_first_minute_is_in_and_the_last_is_not[note] if {
	some note, [hours, findings] in [
		[{"from": "08:00", "to": "08:01"}, 0], [{"from": "07:00", "to": "08:00"}, 1],
		[{"from": "08:01", "to": "23:00"}, 1], [{"from": "00:00", "to": "23:59"}, 0],
		[{"from": "08:00"}, 0], [{"from": "08:01"}, 1], [{"to": "08:01"}, 0], [{"to": "08:00"}, 1],
		[{"from": "08:00", "to": "08:00"}, 1], [{"from": "12:00", "to": "12:00"}, 1],
	]
	count(broken(hours)) == findings
}

test_hours_may_span_midnight[note] if {
	some note, [hours, findings] in [
		[{"from": "22:00", "to": "08:01"}, 0], [{"from": "22:00", "to": "08:00"}, 1],
		[{"from": "08:00", "to": "06:00"}, 0], [{"from": "08:01", "to": "06:00"}, 1],
	]
	count(broken(hours)) == findings
}

test_the_hours_that_are_asked_for_are_told if {
	broken({"from": "09:00"}) == {["it is 08:00 UTC", "09:00 to 24:00 UTC"]}
	broken({"to": "07:30"}) == {["it is 08:00 UTC", "00:00 to 07:30 UTC"]}
}

test_a_delivery_tool_is_judged_by_the_hour_alone if {
	rule := {"name": "r", "extra": {"team": ["clinic"]}, "groups": ["release"]}
	denied([rule], asked({"username": argo})) == set()
	late := object.union(rule, {"days": ["Sun"], "to": "07:00"})
	{finding.observed | some finding in denied([late], asked({"username": argo}))} == {"it is Wed and it is 08:00 UTC"}
}

test_without_rules_nothing_is_denied if denied([], fixtures.passing) == set()
