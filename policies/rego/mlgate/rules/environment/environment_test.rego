package mlgate.rules.environment_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.environment

# Findings of one code about a document.
found(code, document) := {finding |
	some finding in environment.deny with input as document
	finding.code == code
}

# The passing document in a namespace that declares this profile.
declaring(profile) := fixtures.with_patch(["cluster", "namespace", "labels", "mlgate.dev/profile"], profile)

test_the_passing_document_has_no_finding if environment.deny == set() with input as fixtures.passing

test_nothing_is_said_of_an_object_that_starts_no_model if {
	environment.deny == set() with input as fixtures.with_patch(["workload"], null)
}

test_a_profile_that_does_not_exist_is_found if {
	found("environment.profile_unknown", declaring("prod")) == {{
		"code": "environment.profile_unknown",
		"path": "Namespace/clinic-prod.metadata.labels[mlgate.dev/profile]",
		"term": null,
		"model": null,
		"observed": "prod",
		"required": "sandbox, development, staging or production",
		"values": {},
	}}
}

test_the_four_profiles_exist[profile] if {
	some profile in ["sandbox", "development", "staging", "production"]
	environment.deny == set() with input as declaring(profile)
}

test_a_profile_in_another_spelling_does_not_exist[profile] if {
	some profile in ["Sandbox", "sandbox ", "sandb\u043ex", 7, true, ["sandbox"], {"a": 1}]
	count(found("environment.profile_unknown", declaring(profile))) == 1
	found("environment.profile_not_permitted", declaring(profile)) == set()
}

test_a_namespace_that_declares_no_profile_is_no_mistake[note] if {
	some note, nothing in [null, "", " ", [], {}]
	environment.deny == set() with input as declaring(nothing)
}

test_a_namespace_without_the_label_is_no_mistake if {
	environment.deny == set() with input as fixtures.without(["cluster", "namespace", "labels", "mlgate.dev/profile"])
}

test_a_namespace_of_a_wrong_kind_declares_no_profile[note] if {
	some note, wrong in fixtures.wrong_values
	environment.deny == set() with input as fixtures.with_patch(["cluster", "namespace"], wrong)
	environment.deny == set() with input as fixtures.with_patch(["cluster", "namespace", "labels"], wrong)
}

# Findings about a namespace that declares this profile, where only so named ones may.
unpermitted(profile, patterns) := findings if {
	findings := found("environment.profile_not_permitted", declaring(profile)) with data.mlgate.settings.environment.relaxedNamespaces as {"sandbox": patterns, "development": ["dev-*"], "staging": []}
}

test_a_namespace_that_may_not_use_its_profile_is_found if {
	unpermitted("sandbox", ["play-*", "*-sandbox"]) == {{
		"code": "environment.profile_not_permitted",
		"path": "Namespace/clinic-prod.metadata.labels[mlgate.dev/profile]",
		"term": null,
		"model": null,
		"observed": "sandbox",
		"required": "a namespace named like play-*, *-sandbox",
		"values": {},
	}}
}

test_a_pattern_is_for_the_whole_name[pattern] if {
	some pattern, findings in {
		"*": 0, "clinic-prod": 0, "clinic-*": 0, "*-prod": 0, "c*-*d": 0,
		"clinic": 1, "prod": 1, "clinic-prod-*": 1, "clinic.prod": 1, "CLINIC-*": 1,
	}
	count(unpermitted("sandbox", [pattern])) == findings
}

test_each_profile_has_patterns_of_its_own if {
	count(unpermitted("development", ["*"])) == 1
	{finding.required | some finding in unpermitted("staging", ["*"])} == {"production, because no namespace may use this profile"}
	unpermitted("production", []) == set()
}

test_a_namespace_without_name_may_use_no_relaxed_profile[note] if {
	some note, wrong in [null, 7, [], {}]
	document := json.patch(declaring("sandbox"), [{"op": "replace", "path": "/cluster/namespace/name", "value": wrong}])
	findings := found("environment.profile_not_permitted", document) with data.mlgate.settings.environment.relaxedNamespaces as {"sandbox": ["play-*"]}
	count(findings) == 1
}

test_a_workload_in_the_default_namespace_is_found if {
	found("environment.default_namespace", fixtures.with_patch(["workload", "namespace"], "default")) == {{
		"code": "environment.default_namespace",
		"path": "metadata.namespace",
		"term": null,
		"model": null,
		"observed": "default",
		"required": "a namespace of its own",
		"values": {},
	}}
}

test_every_other_namespace_is_not_the_default_one[note] if {
	some note, name in ["defaults", "my-default", null, "", 7, [], {}]
	environment.deny == set() with input as fixtures.with_patch(["workload", "namespace"], name)
}
