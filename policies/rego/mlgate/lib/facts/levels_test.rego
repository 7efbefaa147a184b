package mlgate.lib.facts_test

import data.mlgate.lib.facts
import data.mlgate.lib.fixtures_test as fixtures

labelled(labels) := fixtures.with_patch(["cluster", "namespace", "labels"], labels)

of_profile(profile) := labelled({"mlgate.dev/profile": profile})

test_a_namespace_declares_its_profile[profile] if {
	some profile in ["sandbox", "development", "staging", "production"]
	facts.profile == profile with input as of_profile(profile)
}

test_an_unknown_profile_is_the_default_one[sprintf("%v", [value])] if {
	some value in ["lab", "", "SANDBOX", null, 7, ["sandbox"], {}]
	facts.profile == "production" with input as of_profile(value)
}

test_without_a_readable_label_the_profile_is_the_default_one[note] if {
	some note, document in {
		"no label": labelled({}),
		"no labels": fixtures.with_patch(["cluster", "namespace"], {"name": "x"}),
		"unread": fixtures.with_patch(["cluster", "namespace"], null),
		"no cluster": fixtures.without(["cluster"]),
	}
	facts.profile == "production" with input as document
	facts.profile == "staging" with input as document
		with data.mlgate.overrides as {"decision": {"defaultProfile": "staging"}}
}

test_a_relaxed_profile_needs_a_namespace_that_may_use_it if {
	permitted := {"environment": {"relaxedNamespaces": {"sandbox": ["play-*", "clinic-*"]}}}
	facts.profile == "sandbox" with input as of_profile("sandbox") with data.mlgate.overrides as permitted
	refused := {"environment": {"relaxedNamespaces": {"sandbox": ["play-*"], "staging": []}}}
	facts.profile == "production" with input as of_profile("sandbox") with data.mlgate.overrides as refused
	facts.profile == "production" with input as of_profile("staging") with data.mlgate.overrides as refused
	facts.profile == "development" with input as of_profile("development") with data.mlgate.overrides as refused
}

test_a_namespace_without_a_name_may_use_nothing if {
	document := fixtures.with_patch(["cluster", "namespace"], {"labels": {"mlgate.dev/profile": "sandbox"}})
	permitted := {"environment": {"relaxedNamespaces": {"sandbox": ["a*"]}}}
	facts.profile == "production" with input as document with data.mlgate.overrides as permitted
}

test_a_namespace_whose_name_cannot_be_read_may_use_nothing[note] if {
	some note, wrong in [null, 7, ["a"], {"a": "a"}]
	document := fixtures.with_patch(["cluster", "namespace"], {"name": wrong, "labels": {"mlgate.dev/profile": "sandbox"}})
	permitted := {"environment": {"relaxedNamespaces": {"sandbox": ["a*"]}}}
	facts.profile == "production" with input as document with data.mlgate.overrides as permitted
}

test_settings_make_no_profile if {
	facts.profile == "production" with input as of_profile("lab")
		with data.mlgate.settings.environment.relaxedNamespaces.lab as ["*"]
}

test_only_the_star_has_a_meaning_in_patterns if {
	facts.matches("*", "anything")
	facts.matches("a*z", "a-to-z")
	facts.matches("team.a", "team.a")
	not facts.matches("team.a", "team-a")
	not facts.matches("a?", "ab")
	not facts.matches("[a]", "a")
	not facts.matches("a", "ab")
	not facts.matches("b", "ab")
	not facts.matches("", "ab")
}

test_the_tier_is_the_highest_that_is_stated[note] if {
	some note, case in {
		"card": [[], "minimal"],
		"workload label": [[[["workload", "labels", "mlgate.dev/risk-tier"], "limited"]], "limited"],
		"namespace label": [[[["cluster", "namespace", "labels", "mlgate.dev/risk-tier"], "high"]], "high"],
	}
	changes := array.concat([[["cards", 0, "card", "risk", "tier"], "minimal"]], case[0])
	facts.tier == case[1] with input as patched(changes)
}

patched(changes) := json.patch(fixtures.passing, [{"op": "add", "path": path, "value": value} |
	some [path, value] in changes
])

test_a_tier_nobody_knows_counts_as_high[sprintf("%v", [value])] if {
	some value in ["tiny", "", null, 7, [], {}]
	document := patched([[["cards", 0, "card", "risk", "tier"], value]])
	facts.tier == "high" with input as document
	lowest := [["cards", 0, "card", "risk", "tier"], "minimal"]
	labelled_so := patched([lowest, [["workload", "labels", "mlgate.dev/risk-tier"], value]])
	facts.tier == "high" with input as labelled_so
	in_namespace := patched([lowest, [["cluster", "namespace", "labels", "mlgate.dev/risk-tier"], value]])
	facts.tier == "high" with input as in_namespace
}

test_a_card_without_a_tier_counts_as_high[sprintf("%v", [value])] if {
	some value in [null, {}, "low", [], 7]
	facts.tier == "high" with input as patched([[["cards", 0, "card", "risk"], value]])
}

test_without_any_statement_the_tier_is_the_default_one if {
	document := fixtures.with_patch(["cards"], [])
	facts.tier == "high" with input as document
	facts.tier == "limited" with input as document with data.mlgate.overrides as {"decision": {"defaultTier": "limited"}}
}

test_a_card_that_is_not_found_states_nothing if {
	facts.tier == "limited" with input as patched([
		[["cards", 0, "status"], "invalid"],
		[["workload", "labels", "mlgate.dev/risk-tier"], "limited"],
	])
}

test_objects_that_start_no_model_have_no_tier_and_no_class if {
	facts.tier == null with input as fixtures.with_patch(["workload"], null)
	facts.classification == null with input as fixtures.with_patch(["workload"], null)
	without_cards := object.union(fixtures.passing, {"workload": null, "cards": []})
	facts.tier == null with input as without_cards
	facts.classification == null with input as without_cards
}

class_label := ["workload", "labels", "mlgate.dev/data-classification"]

of_datasets(datasets) := [["cards", 0, "card", "datasets"], datasets]

test_the_classification_is_the_highest_that_is_stated if {
	facts.classification == "confidential" with input as patched([
		[class_label, "internal"],
		of_datasets([{"classification": "public"}, {"classification": "confidential"}]),
	])
	facts.classification == "internal" with input as patched([
		[class_label, "internal"],
		of_datasets([{"classification": "public"}]),
	])
}

test_a_dataset_nobody_classified_counts_as_restricted[sprintf("%v", [value])] if {
	some value in [null, "", "secret", 7, [], {}]
	changes := [[class_label, "public"], of_datasets([{"classification": value}])]
	facts.classification == "restricted" with input as patched(changes)
	facts.classification == "restricted" with input as patched([[class_label, value], of_datasets([])])
	facts.classification == "restricted" with input as patched([[class_label, "public"], of_datasets([value])])
}

test_without_any_statement_the_classification_is_the_default_one if {
	document := json.patch(fixtures.with_patch(["cards"], []), [{"op": "remove", "path": class_label}])
	facts.classification == "restricted" with input as document
	facts.classification == "internal" with input as document
		with data.mlgate.overrides as {"decision": {"defaultClassification": "internal"}}
}

test_datasets_that_are_no_list_state_nothing[sprintf("%v", [value])] if {
	some value in [null, "x", {}, 7]
	facts.classification == "internal" with input as patched([[class_label, "internal"], of_datasets(value)])
}

test_a_card_of_no_model_raises_nothing if {
	lowest := [
		[["cards", 0, "card", "risk", "tier"], "minimal"],
		[class_label, "internal"], of_datasets([{"classification": "public"}]),
	]
	stray := json.patch(fixtures.card_entry, [
		{"op": "replace", "path": "/models", "value": ["canary"]},
		{"op": "replace", "path": "/card/risk/tier", "value": "high"},
		{"op": "replace", "path": "/card/datasets", "value": [{"classification": "confidential"}]},
	])
	document := json.patch(patched(lowest), [{"op": "add", "path": "/cards/-", "value": stray}])
	facts.tier == "minimal" with input as document
	facts.classification == "internal" with input as document
	about := json.patch(document, [{"op": "replace", "path": "/cards/1/models", "value": ["predictor"]}])
	facts.tier == "high" with input as about
	facts.classification == "confidential" with input as about
}

test_a_card_of_no_model_lowers_no_default if {
	without_label := json.patch(fixtures.passing, [
		{"op": "remove", "path": "/workload/labels/mlgate.dev~1data-classification"},
		{"op": "replace", "path": "/cards/0/models", "value": []},
		{"op": "replace", "path": "/cards/0/card/datasets", "value": [{"classification": "public"}]},
		{"op": "replace", "path": "/cards/0/card/risk/tier", "value": "minimal"},
	])
	facts.tier == "high" with input as without_label
	facts.classification == "restricted" with input as without_label
	facts.telling_cards == [] with input as without_label
	facts.classification == "public" with input as json.patch(without_label, [{
		"op": "replace", "path": "/cards/0/models", "value": ["predictor"],
	}])
}

# A training job names no models, and its cards are about it all the same.
test_without_models_every_card_states_what_it_says if {
	document := json.patch(patched([[["cards", 0, "card", "risk", "tier"], "limited"]]), [
		{"op": "replace", "path": "/workload/models", "value": []},
		{"op": "replace", "path": "/cards/0/models", "value": []},
	])
	facts.tier == "limited" with input as document
}
