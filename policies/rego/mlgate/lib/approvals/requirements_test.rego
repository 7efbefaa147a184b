package mlgate.lib.approvals_test

import data.mlgate.lib.approvals
import data.mlgate.lib.fixtures_test as fixtures

# The passing document with these sign-offs and no others.
with_sign_offs(sign_offs) := fixtures.with_patch(["signOffs"], sign_offs)

unmet_roles(sign_offs) := roles if {
	unmet := approvals.unmet(fixtures.card_entry) with input as with_sign_offs(sign_offs)
	roles := [concat("|", approvals.roles(requirement)) | some requirement in unmet]
}

test_requirements_are_those_of_the_tier_and_then_of_the_class if {
	approvals.requirements == [
		{"roles": ["businessOwner"], "count": 1},
		{"roles": ["modelRisk", "compliance", "legal", "privacy", "security"], "count": 2},
		{"roles": ["privacy"], "count": 1},
		{"roles": ["legal", "product"], "count": 1},
	] with input as fixtures.passing
}

test_a_class_without_requirements_adds_none if {
	approvals.requirements == [{"roles": ["businessOwner"], "count": 1}] with input as fixtures.passing
		with data.mlgate.lib.facts.tier as "minimal"
		with data.mlgate.lib.facts.classification as "public"
}

test_settings_that_cannot_be_read_let_nothing_through[note] if {
	some note, table in {"no list": {"high": null}, "no map": null, "no such tier": {}}
	value := {"signOff": {"required": table, "requiredForClassification": {"restricted": []}}}
	unmet := approvals.unmet(fixtures.card_entry) with input as fixtures.passing
		with data.mlgate.lib.settings.value as value
	count(unmet) == 1
}

test_requirements_of_a_class_that_cannot_be_read_let_nothing_through[note] if {
	some note, list in {"null": null, "word": "legal", "object": {"0": {"roles": ["legal"], "count": 1}}}
	value := {"signOff": {"required": {"high": []}, "requiredForClassification": {"restricted": list}}}
	approvals.requirements == [{"roles": [], "count": 1}] with input as fixtures.passing
		with data.mlgate.lib.settings.value as value
}

test_an_object_that_starts_no_model_is_held_to_an_approval_nobody_can_give if {
	approvals.requirements == [{"roles": [], "count": 1}] with input as fixtures.with_patch(["workload"], null)
}

test_a_requirement_that_cannot_be_read_is_not_met[note] if {
	some note, requirement in {
		"count as a word": {"roles": ["businessOwner"], "count": "1"},
		"no count": {"roles": ["businessOwner"]},
		"count as null": {"roles": ["businessOwner"], "count": null},
		"count as false": {"roles": ["businessOwner"], "count": false},
		"roles as a word": {"roles": "businessOwner", "count": 1},
		"roles as numbers": {"roles": [1], "count": 1},
		"no roles": {"count": 1},
		"a word": "businessOwner",
	}
	unmet := approvals.unmet(fixtures.card_entry) with input as fixtures.passing
		with data.mlgate.lib.approvals.requirements as [requirement]
	unmet == [requirement]
}

test_all_requirements_are_met_in_the_passing_document if unmet_roles(fixtures.sign_offs) == []

test_without_sign_offs_every_requirement_is_unmet if count(unmet_roles([])) == 4

test_each_missing_role_is_told if {
	without_owner := array.slice(fixtures.sign_offs, 1, 5)
	unmet_roles(without_owner) == ["businessOwner"]
}

test_one_person_in_two_roles_counts_once_for_a_requirement if {
	sign_offs := [
		fixtures.sign_off("businessOwner", "ines.moreau@example.org"),
		fixtures.sign_off("privacy", "noor.haddad@example.org"),
		fixtures.sign_off("legal", " Noor.Haddad@EXAMPLE.org"),
		fixtures.sign_off("compliance", "NOOR.haddad@example.org "),
	]
	unmet_roles(sign_offs) == ["modelRisk|compliance|legal|privacy|security"]
}

test_one_person_twice_in_one_role_counts_once if {
	again := object.union(
		fixtures.sign_off("privacy", "noor.haddad@example.org"),
		{"source": {"reference": "clinic-prod/again"}},
	)
	given := with_sign_offs([fixtures.sign_off("privacy", "noor.haddad@example.org"), again])
	count(approvals.valid(fixtures.card_entry)) == 2 with input as given
	approvals.approvers(fixtures.card_entry, ["privacy"]) == {"noor.haddad@example.org"} with input as given
}

test_one_person_in_three_roles_is_one_person if {
	sign_offs := [
		fixtures.sign_off("businessOwner", "noor.haddad@example.org"),
		fixtures.sign_off("privacy", "noor.haddad@example.org"),
		fixtures.sign_off("legal", "Noor.Haddad@example.org"),
		fixtures.sign_off("modelRisk", "oskar.lindh@example.org"),
	]
	given := with_sign_offs(sign_offs)
	approvals.unmet(fixtures.card_entry) == [] with input as given
	not approvals.enough_people(fixtures.card_entry) with input as given
	approvals.distinct_approvers(fixtures.card_entry) == {
		"noor.haddad@example.org",
		"oskar.lindh@example.org",
	} with input as given
}

test_people_in_roles_nobody_asks_for_do_not_count if {
	given := with_sign_offs([fixtures.sign_off("gardener", "noor.haddad@example.org")])
	approvals.distinct_approvers(fixtures.card_entry) == set() with input as given
}

test_enough_people_approved_the_passing_document if {
	approvals.enough_people(fixtures.card_entry) with input as fixtures.passing
}

test_a_number_of_people_that_cannot_be_read_is_never_reached[note] if {
	some note, table in {"a word": {"high": "1"}, "null": {"high": null}, "no such tier": {}}
	value := {"signOff": object.union(data.mlgate.settings.signOff, {"minDistinctApprovers": 0})}
	broken := json.patch(value, [{"op": "replace", "path": "/signOff/minDistinctApprovers", "value": table}])
	not approvals.enough_people(fixtures.card_entry) with input as fixtures.passing
		with data.mlgate.lib.settings.value as broken
}

claim := object.union(fixtures.sign_off("businessOwner", "ines.moreau@example.org"), {"assurance": "claimed"})

test_an_approval_in_a_role_that_is_still_wanted_is_explained if {
	explained := approvals.explained with input as with_sign_offs([claim])
	{item.sign_off | some item in explained} == {claim}
	{item.pair.model.id | some item in explained} == {"predictor"}
}

test_an_approval_in_a_role_that_is_met_is_not_explained if {
	approvals.explained == set() with input as with_sign_offs(array.concat(fixtures.sign_offs, [claim]))
}

test_a_rejection_is_not_explained if {
	given := with_sign_offs([object.union(claim, {"decision": "rejected"})])
	approvals.explained == set() with input as given
}

test_nothing_is_explained_while_the_sign_offs_could_not_be_read if {
	given := json.patch(with_sign_offs([claim]), [{
		"op": "add", "path": "/unavailable/-",
		"value": {"lookup": "signOffs", "reason": "error", "message": "no answer"},
	}])
	approvals.explained == set() with input as given
}

test_a_role_is_a_word if {
	approvals.roles({"roles": ["legal", 7, null, ["privacy"], "privacy"]}) == ["legal", "privacy"]
	given := with_sign_offs([object.union(claim, {"assurance": "authenticated", "role": 7})])
	unmet := approvals.unmet(fixtures.card_entry) with input as given
		with data.mlgate.lib.approvals.requirements as [{"roles": [7], "count": 1}]
	count(unmet) == 1
}

test_an_approval_in_a_role_nobody_asks_for_is_not_explained if {
	approvals.explained == set() with input as with_sign_offs([object.union(claim, {"role": "gardener"})])
}
