package mlgate.main.completion_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.main.completion

rule := {"message": "{document} of {model}: {observed}", "fix": "see {card}", "placeholders": ["document", "model", "observed", "card"]}

weighed := {
	"code": "model_card.missing", "severity": "high", "enforcement": "deny", "path": "spec.x", "term": "t",
	"model": "predictor", "observed": "o", "required": "r", "values": {"card": "modelcard/a"},
}

completed(fields) := found if {
	found := completion.complete(object.union(weighed, fields)) with input as fixtures.passing
		with data.mlgate.catalog as {"model_card.missing": rule}
}

said(message, fields) := found if {
	names := [trim(name, "{}") | some name in regex.find_n(`\{[a-z]+\}`, message, -1)]
	finding := completion.complete(object.union(weighed, fields)) with input as fixtures.passing
		with data.mlgate.catalog as {"model_card.missing": {"message": message, "fix": "", "placeholders": names}}
	found := finding.message
}

test_a_finding_has_exactly_its_fields if {
	completed({}) == {
		"code": "model_card.missing", "severity": "high", "enforcement": "deny",
		"message": "InferenceService/visit-triage of predictor (oci://registry.example.org/models/visit-triage@sha256:2c7f9a41d0b8): o",
		"path": "spec.x", "observed": "o", "required": "r", "fix": "see modelcard/a",
		"docs": "docs/rules/model_card.md#missing", "term": "t", "model": "predictor",
	}
}

test_every_generic_placeholder_is_filled[name] if {
	some name, wanted in {
		"code": "model_card.missing", "namespace": "clinic-prod", "profile": "production", "tier": "high",
		"classification": "restricted", "document": "InferenceService/visit-triage",
		"user": "deploy-bot@example.org", "observed": "o", "required": "r", "card": "modelcard/a",
	}
	said(sprintf("{%s}", [name]), {}) == wanted
}

test_the_rule_knows_better_than_the_entrypoint if said("{namespace}", {"values": {"namespace": "other"}}) == "other"

test_what_nobody_knows_is_unknown if {
	said("{volume}", {}) == "unknown"
	said("{model}", {"model": "canary[0]"}) == "canary[0]"
	said("{model}", {"model": null}) == "the model"
}

test_nobody_and_nowhere_are_said if {
	document := object.union(fixtures.passing, {"request": {"namespace": null, "userInfo": null}})
	finding := completion.complete(weighed) with input as document
		with data.mlgate.catalog as {"model_card.missing": {
			"message": "{user} {namespace}", "fix": "", "placeholders": ["user", "namespace"],
		}}
	finding.message == "unknown (none)"
}

test_a_rule_that_saw_nothing_says_so[sprintf("%v", [unavailable])] if {
	some unavailable, why in {
		[{"lookup": "signOffs", "reason": "error", "message": "no answer\n"}]: " (no answer\\u000a)",
		[{"lookup": "signOffs", "reason": "error", "message": null}, {"lookup": "waivers", "message": "x"}]: "",
		[]: "",
	}
	document := object.union(fixtures.passing, {"unavailable": unavailable})
	finding := completion.complete(object.union(weighed, {"lookup": "signOffs", "values": {}})) with input as document
		with data.mlgate.catalog as {"model_card.missing": rule}
	finding.message == sprintf("this could not be decided: signOffs could not be read%s.", [why])
	finding.fix == "Try again when the source of signOffs answers; nothing is said about the object."
	not "lookup" in object.keys(finding)
}

test_lists_and_numbers_are_shown if {
	said("{card}", {"values": {"card": ["a", "b", "c", "d", "e", "f"]}}) == "a, b, c, d, e and 1 more"
	said("{card}", {"values": {"card": 0.12345}}) == "0.123"
	said("{observed}", {"observed": null}) == "null"
}

test_a_value_is_filled_in_once if said("{card}", {"values": {"card": "{observed}"}}) == "{observed}"

test_control_characters_reach_nobody if {
	finding := completed({
		"observed": "a\nb", "required": "c\u001b[2J", "path": "spec.\u202e", "term": "t\r", "model": "m\u0007",
		"values": {"card": "x\ny"},
	})
	not regex.match(`[\x00-\x1f\x{202e}]`, json.marshal(finding))
	finding.term == `t\u000d`
}

long := concat("", [letter | some _ in numbers.range(1, 2000); letter := "w"])

test_everything_is_cut if {
	finding := completed({
		"observed": long, "required": long, "path": long, "term": long, "model": long, "values": {"card": long},
	})
	count(finding.observed) == 120
	count(finding.required) == 120
	count(finding.path) == 400
	count(finding.term) == 253
	count(finding.model) == 253
	count(finding.fix) == 124
	count(said(long, {})) == 400
}

test_the_pages_can_be_elsewhere[base] if {
	some base in ["https://rules.example.org", "https://rules.example.org/"]
	finding := completion.complete(weighed) with input as fixtures.passing
		with data.mlgate.overrides as {"decision": {"docsBaseUrl": base}}
	finding.docs == "https://rules.example.org/model_card#missing"
}

test_term_and_model_may_be_missing if {
	finding := completed({"term": null, "model": null})
	finding.term == null
	finding.model == null
}
