package mlgate.lib.signals_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.lib.signals

# The report of the card with these signals.
report(given) := found if {
	[found] := signals.reports with input as fixtures.with_card_patch(["monitoring", "signals"], given)
}

drift := fixtures.signal("dataDrift", "psi", 0.01, 0.1, 0.2)

fairness := object.union(fixtures.signal("fairness", "gap", 0.01, 0.05, 0.1), {"attributes": ["sex", "ageBand"]})

test_the_signals_of_a_card_are_read_by_kind if {
	[found] := signals.reports with input as fixtures.passing
	found.reference == "modelcard/visit-triage-4.0.2"
	found.signals == fixtures.card.monitoring.signals
	kinds := {"performance", "dataDrift", "fairness", "bulkQueries", "outOfRangeInputs", "unexpectedSource"}
	found.baseline == kinds
	found.limited == kinds
	found.measured == kinds
}

test_each_number_counts_for_itself if {
	found := report([{"kind": "a", "limit": 0}, {"kind": "b", "baseline": 0}, {"kind": "c", "limit": 1, "metric": "m"}])
	found.limited == {"a", "c"}
	found.baseline == {"b"}
	found.measured == {"c"}
}

test_only_a_number_is_a_limit_or_a_baseline[note] if {
	some note, wrong in [null, true, "0.2", "", [], [0.2], {}]
	report([object.union(drift, {"limit": wrong})]).limited == set()
	report([object.union(drift, {"limit": wrong})]).measured == set()
	report([object.union(drift, {"baseline": wrong})]).baseline == set()
}

test_only_a_word_is_a_metric[note] if {
	some note, wrong in [null, true, 7, "", " ", [], ["psi"], {}]
	report([object.union(drift, {"metric": wrong})]).measured == set()
	report([object.union(drift, {"metric": wrong})]).limited == {"dataDrift"}
}

test_signals_without_the_keys_watch_nothing[key] if {
	some key in ["kind", "limit"]
	report([object.remove(drift, [key])]).limited == set()
	report([object.remove(drift, [key])]).measured == set()
}

test_signals_of_a_wrong_kind_are_none[note] if {
	some note, wrong in [null, true, 7, "dataDrift", [], [null], [7], [[]], {}, {"0": drift}]
	report(wrong).limited == set()
	report(wrong).baseline == set()
	signals.fair({"monitoring": {"signals": wrong}}) == set()
}

test_a_card_that_covers_no_model_is_not_read if {
	signals.reports == [] with input as fixtures.with_patch(["cards", 0, "models"], [])
}

fair(given) := signals.fair({"monitoring": {"signals": given}})

test_attributes_of_all_fairness_signals_with_a_limit_are_watched if {
	fair([fairness, object.union(fairness, {"attributes": ["origin"]})]) == {"sex", "ageBand", "origin"}
	fair([object.union(fairness, {"kind": "performance"})]) == set()
	fair([object.remove(fairness, ["limit"])]) == set()
	fair([object.union(fairness, {"limit": "0.1"})]) == set()
}

test_attributes_are_words_in_a_list[note] if {
	some note, wrong in [null, true, 7, "sex", [], [null], [""], [["sex"]], {}, {"a": "sex"}]
	fair([object.union(fairness, {"attributes": wrong})]) == set()
}
