package mlgate.lib.tests_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.lib.tests

# What is said of kind drift, at most 30 days old, when the card lists these tests.
flaws(list) := {[flaw.path, flaw.observed] | some flaw in flaws_in(fixtures.with_card_patch(["tests"], list))}

flaws_in(document) := {flaw |
	some report in tests.reports with input as document
	flaw := tests.flaw(report, "drift", 30) with input as document
}

scan_flaws(list) := {[flaw.path, flaw.observed] |
	document := fixtures.with_card_patch(["tests"], list)
	some report in tests.reports with input as document
	flaw := tests.scan_flaw(report, "drift", 30) with input as document
}

drift(keys) := object.union(fixtures.passed_test("drift"), keys)

test_a_report_holds_what_rules_ask_for if {
	[report] := tests.reports with input as fixtures.passing
	[model.id | some model in report.models] == ["predictor"]
	report.reference == "modelcard/visit-triage-4.0.2"
	report.card == fixtures.card
	report.version == "4.0.2"
	{kind: [run.at | some run in runs] | some kind, runs in report.own} == {test.kind: [at] |
		some at, test in fixtures.card.tests
	}
}

test_the_only_run_passes_when_all_is_as_it_should_be if flaws([drift({})]) == set()

test_a_test_that_does_not_count_is_explained[note] if {
	some note, tc in {
		"failed": {"keys": {"result": "failed"}, "observed": "failed"},
		"inconclusive": {"keys": {"result": "inconclusive"}, "observed": "failed (inconclusive)"},
		"no result": {"keys": {"result": null}, "observed": "failed (no result)"},
		"other word": {"keys": {"result": "Passed"}, "observed": "failed (no result)"},
		"truth": {"keys": {"result": true}, "observed": "failed (no result)"},
		"no report": {"keys": {"report": null}, "observed": "no report"},
		"blank report": {"keys": {"report": " "}, "observed": "no report"},
		"report number": {"keys": {"report": 7}, "observed": "no report"},
		"report list": {"keys": {"report": ["x"]}, "observed": "no report"},
		"no date": {"keys": {"date": null}, "observed": "no date"},
		"no possible date": {"keys": {"date": "2027-02-30T00:00:00Z"}, "observed": "no date"},
		"date number": {"keys": {"date": 7}, "observed": "no date"},
		"future": {"keys": {"date": "2027-03-11T00:00:00Z"}, "observed": "dated in the future"},
		"before training": {
			"keys": {"date": "2027-02-13T23:59:59Z"},
			"observed": "too old (before training ended on 2027-02-14)",
		},
		"failed and more": {"keys": {"result": "failed", "report": null, "date": null}, "observed": "failed"},
		"no report and more": {"keys": {"report": null, "date": null}, "observed": "no report"},
	}
	flaws([drift(tc.keys)]) == {["card.tests[0]", tc.observed]}
	scan_flaws([drift(tc.keys)]) == {["card.tests[0]", tc.observed]}
}

test_a_missing_key_is_as_bad_as_a_wrong_one[key] if {
	some key, observed in {"result": "failed (no result)", "report": "no report", "date": "no date"}
	flaws([object.remove(drift({}), [key])]) == {["card.tests[0]", observed]}
}

test_the_day_of_the_end_of_training_and_today_are_in_time[date] if {
	some date in ["2027-02-14T00:00:00Z", "2027-03-10T23:59:59Z"]
	flaws([drift({"date": date})]) == set()
}

test_an_age_is_counted_in_days[note] if {
	some note, tc in {
		"at the limit": {"date": "2027-02-08T00:00:00Z", "flaws": set()},
		"one beyond": {
			"date": "2027-02-07T23:59:59Z",
			"flaws": {["card.tests[0]", "too old (of 2027-02-07, 31 days ago)"]},
		},
	}
	document := fixtures.with_card_patches([
		[["training", "completedAt"], null],
		[["tests"], [drift({"date": tc.date})]],
	])
	{[flaw.path, flaw.observed] | some flaw in flaws_in(document)} == tc.flaws
}

test_no_test_is_young_enough_for_a_limit_that_is_none if {
	[report] := tests.reports with input as fixtures.passing
	flaw := tests.flaw(report, "drift", null) with input as fixtures.passing
	flaw == {"path": "card.tests[6]", "observed": "too old (of 2027-02-25, 13 days ago)"}
}

test_an_end_of_training_is_compared_only_where_there_is_one[note] if {
	some note, absent in [null, "", " ", [], {}]
	old := [drift({"date": "2027-02-08T00:00:00Z"})]
	flaws_in(fixtures.with_card_patches([[["training", "completedAt"], absent], [["tests"], old]])) == set()
	flaws_in(fixtures.with_card_patches([[["training"], absent], [["tests"], old]])) == set()
}

test_no_test_is_after_an_end_of_training_that_cannot_be_read[note] if {
	some note, wrong in [true, 7, "soon", "2027-02-30T00:00:00Z", [null], {"a": 1}]
	{flaw.observed | some flaw in flaws_in(fixtures.with_card_patch(["training", "completedAt"], wrong))} == {"too old (before training ended on a day that cannot be read)"}
}

test_a_question_without_a_time_finds_no_test_passed if {
	document := fixtures.without(["evaluatedAt"])
	{flaw.observed | some flaw in flaws_in(document)} == {"dated in the future"}
}

test_without_an_entry_of_the_kind_it_is_absent[note] if {
	some note, list in {
		"nothing": null, "true": true, "number": 7, "word": "all tests passed", "none": [], "object": {"a": drift({})},
		"entries of no kind": [null, true, 7, "drift", [], {}, object.remove(drift({}), ["kind"])],
		"other kind": [drift({"kind": "adversarial"})],
		"other case": [drift({"kind": "Drift"})],
		"kind of a wrong type": [drift({"kind": null}), drift({"kind": 7}), drift({"kind": ["drift"]})],
	}
	flaws(list) == {["card.tests", "absent"]}
}

test_a_run_of_another_version_says_nothing_of_this_one[note] if {
	some note, version in ["4.0.1", "4.0.2 ", "v4.0.2", "", null, 4, true, [], {}]
	flaws([drift({"modelVersion": version})]) == {["card.tests[0]", "other version"]}
	flaws([drift({"modelVersion": version, "result": "failed"}), drift({})]) == set()
}

test_a_run_without_the_key_of_its_version_says_nothing if {
	flaws([null, object.remove(drift({}), ["modelVersion"])]) == {["card.tests[1]", "other version"]}
}

test_a_card_without_version_has_no_run_of_its_own[note] if {
	some note, version in [null, "", " ", [], {}]
	changes := [[["model", "version"], version], [["tests"], [drift({"modelVersion": version})]]]
	{flaw.observed | some flaw in flaws_in(fixtures.with_card_patches(changes))} == {"other version"}
	[report] := tests.reports with input as fixtures.with_card_patches(changes)
	report.version == "(none)"
}

test_the_newest_run_counts_wherever_it_stands[note] if {
	old := drift({"date": "2027-02-20T00:00:00Z", "result": "failed"})
	new := drift({"date": "2027-02-21T00:00:00Z"})
	some note, tc in {
		"passed after failed": {"list": [old, new], "flaws": set()},
		"passed above failed": {"list": [new, old], "flaws": set()},
		"failed after passed": {
			"list": [
				object.union(old, {"result": "passed"}),
				object.union(new, {"result": "failed"}),
			],
			"flaws": {["card.tests[1]", "failed"]},
		},
		"failed above passed": {
			"list": [
				object.union(new, {"result": "failed"}),
				object.union(old, {"result": "passed"}),
			],
			"flaws": {["card.tests[0]", "failed"]},
		},
	}
	flaws(tc.list) == tc.flaws
}

test_of_several_runs_of_one_day_all_must_pass if {
	morning := drift({"date": "2027-02-20T08:00:00Z"})
	evening := drift({"date": "2027-02-20T20:00:00Z", "report": null})
	flaws([morning, evening]) == {["card.tests[1]", "no report"]}
	flaws([evening, morning]) == {["card.tests[0]", "no report"]}
	flaws([morning, object.union(evening, {"report": "x"})]) == set()
}

# Else the author of a card could take the date off a run that failed, and the one before it would count.
test_a_run_without_date_may_be_the_newest[note] if {
	some note, date in [null, "", "yesterday", 7]
	flaws([drift({"date": date}), drift({})]) == {["card.tests[0]", "no date"]}
	flaws([drift({}), drift({"date": date, "result": "failed"})]) == {["card.tests[1]", "failed"]}
}

test_a_run_in_the_future_is_the_newest if {
	flaws([drift({}), drift({"date": "2099-01-01T00:00:00Z"})]) == {["card.tests[1]", "dated in the future"]}
}

test_kinds_are_read_apart if {
	flaws([drift({"kind": "adversarial", "result": "failed"}), drift({})]) == set()
}

test_a_scan_must_have_counted_and_closed_its_critical_findings[note] if {
	some note, tc in {
		"one": {"open": 1, "observed": "1 critical findings open"},
		"a part": {"open": 0.5, "observed": "0.5 critical findings open"},
		"less than none": {"open": -1, "observed": "-1 critical findings open"},
		"nothing": {"open": null, "observed": "critical findings not counted"},
		"a word": {"open": "0", "observed": "critical findings not counted"},
		"false": {"open": false, "observed": "critical findings not counted"},
	}
	scan_flaws([drift({"openCritical": tc.open})]) == {["card.tests[0]", tc.observed]}
	flaws([drift({"openCritical": tc.open})]) == set()
}

test_a_scan_without_the_count_has_not_counted if {
	scan_flaws([object.remove(drift({}), ["openCritical"])]) == {["card.tests[0]", "critical findings not counted"]}
}

test_a_scan_with_nothing_open_passes if {
	scan_flaws([drift({"openCritical": 0})]) == set()
	scan_flaws([drift({"openCritical": 0.0})]) == set()
}

test_only_the_newest_scan_is_asked_what_it_left_open if {
	old := drift({"date": "2027-02-20T00:00:00Z", "openCritical": 3})
	scan_flaws([old, drift({})]) == set()
	scan_flaws([drift({"openCritical": 2}), drift({})]) == {["card.tests[0]", "2 critical findings open"]}
}

test_of_several_scans_of_one_day_each_must_have_closed_its_findings if {
	scan_flaws([drift({}), drift({"openCritical": 2})]) == {["card.tests[1]", "2 critical findings open"]}
	scan_flaws([drift({}), drift({"openCritical": 0.0})]) == set()
}

test_a_scan_that_failed_closed_nothing if {
	scanned_drift([drift({})])
	not scanned_drift([drift({"result": "failed"})])
	not scanned_drift([drift({"openCritical": 1})])
	not scanned_drift([drift({}), drift({"openCritical": 1})])
	not scanned_drift([])
}

scanned_drift(list) if {
	document := fixtures.with_card_patch(["tests"], list)
	some report in tests.reports with input as document
	tests.scanned(report, "drift", 30) with input as document
}

test_a_scan_that_is_too_old_is_not_asked_further if {
	document := fixtures.with_card_patches([
		[["training", "completedAt"], null],
		[["tests"], [drift({"date": "2027-01-01T00:00:00Z", "openCritical": 3})]],
	])
	[report] := tests.reports with input as document
	flaw := tests.scan_flaw(report, "drift", 30) with input as document
	flaw.observed == "too old (of 2027-01-01, 68 days ago)"
	not tests.scanned(report, "drift", 30)
	not tests.scanned(report, "none", 30)
}

test_a_card_of_many_models_is_read_once if {
	document := json.patch(fixtures.passing, [
		{"op": "add", "path": "/workload/models/-", "value": object.union(fixtures.model, {"id": "worker"})},
		{"op": "add", "path": "/cards/0/models/-", "value": "worker"},
	])
	[report] := tests.reports with input as document
	[model.id | some model in report.models] == ["predictor", "worker"]
}
