package mlgate.lib.reviews_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.lib.reviews

# Why the passing card, with other reviews, has no current risk review of the last thirty days.
lacks(given) := {lack.observed |
	some report in reviews.reports with input as fixtures.with_card_patch(["reviews"], given)
	lack := reviews.lack(report, "risk", 30, {}) with input as fixtures.passing
}

review(keys) := object.union(fixtures.accepted_review("risk", "Model risk board"), keys)

test_a_current_review_lacks_nothing[note] if {
	some note, keys in {
		"as it is": {},
		"passed": {"outcome": "passed"},
		"of the day": {"date": "2027-03-10T23:00:00Z"},
		"of the last day that counts": {"date": "2027-02-08T00:00:00Z"},
		"valid for one more second": {"validUntil": "2027-03-10T08:00:01Z"},
		"valid without end": {"validUntil": null},
		"valid until nothing is said": {"validUntil": " "},
		"of the name of another kind": {"name": "compliance"},
	}
	lacks([review(keys)]) == set()
}

test_a_card_without_a_review_of_the_kind_lacks_one[note] if {
	some note, given in {
		"null": null, "word": "reviewed", "none": [], "object": {"0": review({})},
		"items of no kind": [null, "risk", 7, [review({})], {}],
		"of another kind": [fixtures.accepted_review("compliance", "Compliance Office")],
		"of another case": [review({"kind": "Risk"})],
		"kinds of wrong types": [review({"kind": wrong}) | some wrong in fixtures.wrong_values],
	}
	[report] := reviews.reports with input as fixtures.with_card_patch(["reviews"], given)
	reviews.lack(report, "risk", 30, {}) == {"path": "card.reviews", "observed": "none"}
}

test_each_part_of_a_review_is_asked_for[note] if {
	some note, tc in {
		"failed": {"keys": {"outcome": "failed"}, "lack": "failed"},
		"another outcome": {"keys": {"outcome": "Passed"}, "lack": "no outcome"},
		"too old": {"keys": {"date": "2027-02-07T23:59:59Z"}, "lack": "done 31 days ago"},
		"tomorrow": {"keys": {"date": "2027-03-11T00:00:00Z"}, "lack": "done on 2027-03-11, in the future"},
		"expired": {"keys": {"validUntil": "2027-03-10T08:00:00Z"}, "lack": "valid until 2027-03-10"},
		"impossible end": {"keys": {"validUntil": "2027-02-30T00:00:00Z"}, "lack": "no possible end of validity"},
		"several": {"keys": {"outcome": "failed", "by": "", "report": null}, "lack": "failed and nobody is named and no report"},
	}
	lacks([review(tc.keys)]) == {tc.lack}
}

test_a_part_of_a_wrong_kind_counts_as_not_given[note] if {
	some note, wrong in fixtures.wrong_values
	lacks([review({"outcome": wrong})]) == {"no outcome"}
	lacks([review({"date": wrong})]) == {"done at no stated time"}
}

test_who_reviewed_and_the_report_are_strings[note] if {
	some note, wrong in [null, true, 7, "", " ", [], ["Model risk board"], {"a": null}]
	lacks([review({"by": wrong})]) == {"nobody is named"}
	lacks([review({"report": wrong})]) == {"no report"}
}

test_an_end_of_validity_of_a_wrong_kind_is_none[note] if {
	some note, wrong in [true, 7, "seven", [null], {"a": null}]
	lacks([review({"validUntil": wrong})]) == {"no possible end of validity"}
}

test_a_review_without_keys_lacks_all_of_them if {
	lacks([{"kind": "risk"}]) == {"no outcome and done at no stated time and nobody is named and no report"}
}

test_only_the_newest_review_is_judged if {
	lacks([review({}), review({"outcome": "failed", "date": "2027-02-09T00:00:00Z"})]) == set()
	lacks([review({"outcome": "failed"}), review({"date": "2027-02-09T00:00:00Z"})]) == {"failed"}
}

test_a_review_dated_ahead_does_not_lend_its_weight_to_an_older_one if {
	lacks([review({}), review({"date": "2027-04-01T00:00:00Z"})]) == {"done on 2027-04-01, in the future"}
}

test_a_review_without_a_date_may_be_the_newest_of_all if {
	lacks([review({}), review({"date": null, "outcome": "failed"})]) == {"failed and done at no stated time"}
	lacks([review({"date": "2028-01-01T00:00:00Z"}), review({"date": "last week"})]) == {"done at no stated time"}
}

test_a_failure_is_not_outdone_by_another_review_of_its_day if {
	pair := [review({"date": "2027-02-10T20:00:00Z"}), review({"outcome": "failed"})]
	lacks(pair) == {"failed"}
	[report] := reviews.reports with input as fixtures.with_card_patch(["reviews"], pair)
	lack := reviews.lack(report, "risk", 30, {}) with input as fixtures.passing
	lack.path == "card.reviews[1]"
}

test_the_first_of_two_faulty_reviews_is_named if {
	given := [review({"outcome": "failed"}), review({"by": null})]
	[report] := reviews.reports with input as fixtures.with_card_patch(["reviews"], given)
	lack := reviews.lack(report, "risk", 30, {}) with input as fixtures.passing
	lack == {"path": "card.reviews[0]", "observed": "failed"}
}

test_traits_have_to_be_true[note] if {
	some note, wrong in [null, false, "true", 1, [true], {}]
	document := fixtures.with_card_patch(["reviews", 5, "independent"], wrong)
	[report] := reviews.reports with input as document
	lack := reviews.lack(report, "risk", 30, {"independent": "not independent"}) with input as document
	lack == {"path": "card.reviews[5]", "observed": "not independent"}
}

test_a_trait_that_is_true_or_not_asked_for_lacks_nothing if {
	[report] := reviews.reports with input as fixtures.with_card_patch(["reviews", 5, "independent"], true)
	not reviews.lack(report, "risk", 30, {"independent": "not independent"}) with input as fixtures.passing
	not reviews.lack(report, "risk", 30, {}) with input as fixtures.passing
}

test_of_a_review_that_fails_only_the_traits_it_lacks_are_told if {
	given := [review({"outcome": "failed", "independent": true, "complete": false})]
	[report] := reviews.reports with input as fixtures.with_card_patch(["reviews"], given)
	traits := {"independent": "not independent", "complete": "not complete"}
	lack := reviews.lack(report, "risk", 30, traits) with input as fixtures.passing
	lack.observed == "failed and not complete"
}

test_reviews_are_read_once_for_each_card if {
	second := object.union(fixtures.card_entry, {
		"source": {"type": "modelcard", "reference": "modelcard/second"},
		"card": {"reviews": [{"kind": "risk", "outcome": "failed"}]},
	})
	document := fixtures.with_patch(["cards"], [fixtures.card_entry, second])
	[first, other] := reviews.reports with input as document
	first.reference == "modelcard/visit-triage-4.0.2"
	count(first.reviews) == 10
	other.reference == "modelcard/second"
	other.reviews == {"risk": {{"at": 0, "given": {"kind": "risk", "outcome": "failed"}}}}
}

test_a_card_that_covers_no_model_is_not_read if {
	reviews.reports == [] with input as fixtures.with_patch(["cards", 0, "models"], [])
}
