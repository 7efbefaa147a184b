package mlgate.main_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.main

uncarded := fixtures.with_patch(["cards"], [])

test_one_message_stands_for_all_that_the_card_would_say if {
	decision := decided(uncarded)
	decision.allow == false
	"model_card.missing" in codes(decision.violations)
	decision.suppressed > 5
	every finding in array.concat(decision.violations, decision.warnings) {
		finding.observed != "no usable card"
	}
}

# With a step for each pair of findings this would not end within the time a test has.
test_many_models_without_a_card_are_each_told_once if {
	models := [object.union(fixtures.model, {"id": sprintf("m%d", [n])}) | some n in numbers.range(1, 60)]
	decision := decided(json.patch(uncarded, [{"op": "replace", "path": "/workload/models", "value": models}]))
	told := {finding.model | some finding in decision.violations; finding.code == "model_card.missing"}
	count(told) == 60
	decision.suppressed > 60 * 5
}

test_lowering_the_one_message_lets_the_others_through if {
	decision := main.decision with input as uncarded
		with data.mlgate.overrides as {"enforcement": {"overrides": {"model_card.missing": {"production": "warn"}}}}
	decision.allow == false
	hidden := [finding | some finding in decision.violations; finding.observed == "no usable card"]
	count(hidden) > 5
}

waiver(codes_lifted) := {
	"assurance": "authenticated", "name": "w", "namespace": "clinic-prod", "codes": codes_lifted, "terms": [],
	"subject": {
		"model": null, "version": null, "digest": null,
		"workload": {"kind": "InferenceService", "name": "visit-triage"},
	},
	"reason": "The reader is repaired next week.", "ticket": "OPS-1", "requestedBy": "ines.moreau@example.org",
	"approvedBy": "head.of.risk@example.org", "createdAt": "2027-03-01T00:00:00Z",
	"expiresAt": "2027-03-12T00:00:00Z", "problems": [],
}

waived(document, codes_lifted) := json.patch(document, [{
	"op": "replace", "path": ["waivers"],
	"value": [waiver(codes_lifted)],
}])

test_a_waiver_lifts_a_finding_and_shows_it if {
	decision := decided(waived(unread, ["workload.unreadable"]))
	decision.allow
	codes(decision.waived) == ["workload.unreadable", "workload.unreadable"]
	some finding in decision.waived
	finding.enforcement == "deny"
	finding.waiver == {
		"namespace": "clinic-prod", "name": "w", "ticket": "OPS-1", "reason": "The reader is repaired next week.",
		"approvedBy": "head.of.risk@example.org", "expiresAt": "2027-03-12T00:00:00Z",
	}
	"waiver.expiring" in codes(decision.warnings)
}

test_a_waiver_that_does_not_apply_is_told if {
	document := json.patch(waived(unread, ["workload.unreadable"]), [{
		"op": "replace", "path": ["waivers", 0, "assurance"],
		"value": "claimed",
	}])
	decision := decided(document)
	decision.allow == false
	decision.waived == []
	"waiver.not_applied" in codes(decision.warnings)
}

test_waiving_the_missing_card_does_not_waive_what_it_would_say if {
	decision := decided(waived(uncarded, ["model_card.missing"]))
	decision.allow == false
	codes(decision.waived) == ["model_card.missing"]
	decision.suppressed == 0
	count([1 | some finding in decision.violations; finding.observed == "no usable card"]) > 5
}

update(document, changed) := json.patch(document, [
	{"op": "replace", "path": ["request", "operation"], "value": "UPDATE"},
	{"op": "replace", "path": ["change", "any"], "value": changed},
])

test_an_update_that_changes_nothing_is_not_newly_denied if {
	decision := decided(update(unread, false))
	decision.allow
	decision.unchanged
	codes(decision.warnings) == ["workload.unreadable", "workload.unreadable"]
}

test_any_other_request_is[note] if {
	some note, document in {
		"something changed": update(unread, true), "nobody knows": update(unread, null),
		"created": json.patch(unread, [{"op": "replace", "path": ["change", "any"], "value": false}]),
	}
	decision := decided(document)
	decision.allow == false
	decision.unchanged == false
}

test_what_an_unchanged_update_means_is_a_setting if {
	decision := main.decision with input as update(unread, false)
		with data.mlgate.overrides as {"decision": {"unchangedUpdate": "deny"}}
	decision.allow == false
	decision.unchanged
}

test_records_are_never_unchanged if {
	decision := decided(update(fixtures.with_patch(["workload"], null), false))
	decision.unchanged == false
}

template := json.patch(unread, [
	{"op": "replace", "path": ["workload", "servesModel"], "value": false},
	{"op": "replace", "path": ["workload", "isRuntime"], "value": true},
	{"op": "replace", "path": ["workload", "endpoints", 0, "uri"], "value": "http://journal.example.org"},
	{"op": "replace", "path": ["workload", "endpoints", 0, "scheme"], "value": "http"},
	{"op": "replace", "path": ["workload", "endpoints", 0, "tls"], "value": false},
])

test_a_template_is_warned_about_but_for_what_cannot_be_read if {
	decision := decided(template)
	codes(decision.violations) == ["workload.unreadable", "workload.unreadable"]
	"encryption.insecure_uri" in codes(decision.warnings)
}

test_what_a_template_is_denied_for_is_a_setting if {
	decision := main.decision with input as template
		with data.mlgate.overrides as {"decision": {"runtimeObjects": "deny"}}
	"encryption.insecure_uri" in codes(decision.violations)
}

test_a_trial_lowers_denials[mode] if {
	some mode, list in {"warn": "warnings", "audit": "audited", "enforce": "violations"}
	decision := main.decision with input as unread
		with data.mlgate.overrides as {"decision": {"mode": {"production": mode}}}
	codes(decision[list]) == ["workload.unreadable", "workload.unreadable"]
	decision.mode == mode
}

test_a_trial_lowers_warnings_to_records if {
	document := json.patch(unread, [{
		"op": "replace", "path": ["cluster", "namespace", "labels", "mlgate.dev/profile"],
		"value": "sandbox",
	}])
	decision := main.decision with input as document
		with data.mlgate.overrides as {"decision": {"mode": {"sandbox": "audit"}}}
	"workload.unreadable" in codes(decision.audited)
	decision.warnings == []
}

test_no_trial_touches_the_settings if {
	decision := main.decision with input as fixtures.passing
		with data.mlgate.overrides as {"decision": {"mode": {"production": "audit"}}, "nonsense": {}}
	codes(decision.violations) == ["settings.invalid"]
}

record := object.union(fixtures.with_patch(["workload"], null), {
	"request": {"kind": {"group": "mlgate.dev", "version": "v1alpha1", "kind": "SignOff"}},
	"object": {"apiVersion": "mlgate.dev/v1alpha1", "kind": "SignOff", "spec": {"approver": "somebody.else@example.org"}},
})

test_no_trial_lets_a_forged_approval_pass if {
	decision := main.decision with input as record
		with data.mlgate.overrides as {"decision": {"mode": {"production": "audit"}}}
	"signoff.approver_not_requester" in codes(decision.violations)
	decision.tier == null
}

# Each container of an object may break every rule about containers.
test_of_one_code_a_hundred_findings_are_told_and_the_rest_is_counted if {
	problems := [{"path": sprintf("spec.a%03d", [n]), "message": "no"} | some n in numbers.range(1, 130)]
	decision := decided(fixtures.with_patch(["workload", "problems"], problems))
	decision.allow == false
	count([1 | some finding in decision.violations; finding.code == "workload.unreadable"]) == 100
	decision.suppressed == 30
	decision.violations[0].term == "spec.a001"
}

test_a_hundred_findings_of_one_code_are_all_told if {
	problems := [{"path": sprintf("spec.a%03d", [n]), "message": "no"} | some n in numbers.range(1, 100)]
	decision := decided(fixtures.with_patch(["workload", "problems"], problems))
	count(decision.violations) == 100
	decision.suppressed == 0
}

# A card of many models that says little is found wanting for each of them by many rules.
unreadable(number) := decided(fixtures.with_patch(["workload", "problems"], problems)) if {
	problems := [{"path": sprintf("spec.a%04d", [n]), "message": "no"} | some n in numbers.range(1, number)]
}

test_of_a_thousand_findings_a_hundred_of_each_code_are_told if {
	decision := unreadable(1000)
	count(decision.violations) == 100
	decision.suppressed == 900
}

test_of_more_findings_ten_of_each_code_are_told if {
	decision := unreadable(1001)
	decision.allow == false
	count(decision.violations) == 10
	decision.suppressed == 991
	decision.violations[0].term == "spec.a0001"
}

test_what_is_implied_is_no_reason_to_tell_less if {
	models := [object.union(fixtures.model, {"id": sprintf("m%d", [n])}) | some n in numbers.range(1, 60)]
	decision := decided(json.patch(uncarded, [{"op": "replace", "path": "/workload/models", "value": models}]))
	decision.suppressed > 1000
	count([1 | some finding in decision.violations; finding.code == "model_card.missing"]) == 60
}

test_a_waiver_is_not_spoken_of_where_its_rule_is_not_about_the_object if {
	told := {
		"code": "waiver.scope_invalid", "path": "spec", "term": null, "model": null, "observed": "o", "required": "r",
		"values": {},
	}
	decision := main.decision with input as fixtures.passing with data.mlgate.rules.waiver.late as {told}
	decision.violations == []
}

test_only_what_the_card_would_have_said_is_left_out if {
	base := {"term": null, "model": "predictor", "required": "r", "values": {}, "enforcement": "deny", "severity": "high"}
	judged := {object.union(base, finding) |
		some finding in [
			{"code": "model_card.missing", "path": "metadata", "observed": "no card is named"},
			{"code": "a.hidden", "path": "card", "observed": "no usable card"},
			{"code": "a.elsewhere", "path": "spec", "observed": "no usable card"},
			{"code": "a.other", "path": "card", "observed": "another card"},
		]
	}
	hidden := main.hidden with input as fixtures.passing with data.mlgate.lib.judgement.judged as judged
	{finding.code | some finding in hidden} == {"a.hidden"}
}

test_what_is_only_recorded_stays_so[note] if {
	some note, document in {"unchanged": update(template, false), "template": template, "both": update(unread, false)}
	decision := main.decision with input as document with data.mlgate.overrides as {"enforcement": {"overrides": {
		"encryption.insecure_uri": {"production": "audit"}, "workload.unreadable": {"production": "audit"},
	}}}
	decision.warnings == []
	"workload.unreadable" in codes(decision.audited)
}
