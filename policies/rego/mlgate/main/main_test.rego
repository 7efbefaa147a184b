package mlgate.main_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.main

decided(document) := found if {
	found := main.decision with input as document with data.mlgate.revision as "v1+abc"
}

codes(findings) := [finding.code | some finding in findings]

test_the_passing_document_is_allowed if {
	decision := decided(fixtures.passing)
	decision.allow
	decision.violations == []
	decision.warnings == []
	decision.audited == []
	decision.waived == []
	decision.suppressed == 0
	decision.unchanged == false
	decision.profile == "production"
	decision.tier == "high"
	decision.classification == "restricted"
	decision.mode == "enforce"
	decision.revision == "v1+abc"
}

test_a_decision_has_exactly_its_fields if {
	object.keys(decided(fixtures.passing)) == {
		"allow", "profile", "tier", "classification", "mode", "unchanged", "violations", "warnings",
		"audited", "waived", "suppressed", "skipped", "evaluated", "revision",
	}
}

test_every_code_is_either_evaluated_or_skipped[note] if {
	some note, document in {
		"passing": fixtures.passing, "no cards": fixtures.with_patch(["cards"], []),
		"no workload": fixtures.with_patch(["workload"], null), "invalid": fixtures.with_patch(["cards"], null),
		"offline": fixtures.with_patch(["unavailable"], [{"lookup": "signOffs", "reason": "offline", "message": ""}]),
	}
	decision := decided(document)
	evaluated := {code | some code in decision.evaluated}
	skipped := {entry.code | some entry in decision.skipped}
	evaluated & skipped == set()
	evaluated | skipped == {code | some code in data.mlgate.indexes.codes}
	decision.evaluated == sort(decision.evaluated)
	codes(decision.skipped) == sort(codes(decision.skipped))
	count(decision.evaluated) == count(evaluated)
}

test_without_a_revision_the_answer_says_so if {
	decision := main.decision with input as fixtures.passing with data.mlgate.revision as ""
	decision.revision == ""
}

test_an_unsound_question_is_refused_alone[note] if {
	some note, document in {
		"cards": fixtures.with_patch(["cards"], {}), "version": fixtures.with_patch(["schemaVersion"], "v2"),
		"time": fixtures.without(["evaluatedAt"]), "workload": fixtures.without(["workload"]), "empty": {},
	}
	decision := decided(document)
	decision.allow == false
	codes(decision.violations) == ["input.invalid"]
	decision.violations[0].enforcement == "deny"
	decision.profile == "production"
	decision.tier == null
	decision.classification == null
	decision.evaluated == ["input.invalid"]
	count(decision.skipped) == count(data.mlgate.indexes.codes) - 1
	every entry in decision.skipped {
		entry.reason == "invalidInput"
	}
}

test_no_trial_lets_an_unsound_question_pass if {
	decision := main.decision with input as fixtures.with_patch(["cards"], null)
		with data.mlgate.overrides as {
			"decision": {"mode": {"production": "audit"}},
			"enforcement": {"overrides": {"input.invalid": {"production": "off"}}},
		}
	decision.allow == false
	decision.mode == "audit"
}

test_without_rules_or_catalogue_there_is_no_decision if {
	not main.decision with input as fixtures.passing with data.mlgate.indexes as {}
	not main.decision with input as fixtures.passing with data.mlgate.catalog as {}
	not main.decision with input as fixtures.passing with data.mlgate.rules as {}
	not main.decision with input as fixtures.with_patch(["cards"], null) with data.mlgate.catalog as {}
}

unread := fixtures.with_patch(["workload", "problems"], [{"path": "spec.b", "message": "no"}, {"path": "spec.a", "message": "no"}])

test_every_failure_is_told_in_order if {
	decision := decided(unread)
	decision.allow == false
	[finding.term | some finding in decision.violations] == ["spec.a", "spec.b"]
}

test_the_profile_decides_how_strictly[profile] if {
	some profile, list in {"sandbox": "warnings", "development": "violations"}
	document := json.patch(unread, [{
		"op": "replace", "path": ["cluster", "namespace", "labels", "mlgate.dev/profile"],
		"value": profile,
	}])
	decision := decided(document)
	"workload.unreadable" in codes(decision[list])
	decision.profile == profile
}

test_findings_can_be_recorded_only if {
	decision := main.decision with input as unread
		with data.mlgate.overrides as {"enforcement": {"overrides": {"workload.unreadable": {"production": "audit"}}}}
	decision.allow
	codes(decision.audited) == ["workload.unreadable", "workload.unreadable"]
}

test_a_bad_override_is_told_and_not_used if {
	decision := main.decision with input as unread
		with data.mlgate.overrides as {"decision": {"mode": {"production": "off"}}}
	decision.mode == "enforce"
	codes(decision.violations) == ["workload.unreadable", "workload.unreadable", "settings.invalid"]
}
