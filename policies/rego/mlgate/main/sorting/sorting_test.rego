package mlgate.main.sorting_test

import data.mlgate.main.sorting

finding(severity, code, term) := {"severity": severity, "code": code, "term": term, "model": null}

test_findings_are_sorted_by_severity_code_and_term if {
	ordered := [
		finding("critical", "b.a", null),
		finding("high", "a.a", null),
		finding("high", "a.a", "x"),
		finding("high", "a.a", "y"),
		finding("high", "a.b", "a"),
		finding("medium", "a.a", null),
		finding("low", "a.a", null),
	]
	sorting.findings({entry | some entry in ordered}) == ordered
}

test_nothing_is_sorted_to_nothing if sorting.findings(set()) == []

test_entries_are_sorted_by_code if sorting.codes({"b": 2, "a": 1}) == [1, 2]
