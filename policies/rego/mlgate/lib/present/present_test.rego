package mlgate.lib.present_test

import data.mlgate.lib.present

test_nothing_given_is_absent[note] if {
	some note, value in {
		"null": null, "empty": "", "blank": " \t\n", "not seen": " \u200b\u2060\ufeff", "filler": "\u3164", "selector": "\ufe0f", "empty list": [], "empty object": {}, "empty set": set(),
	}
	present.absent(value)
	not present.is_present(value)
}

test_everything_else_is_present[note] if {
	some note, value in {"false": false, "zero": 0, "text": "x", "list": [null], "object": {"a": null}}
	present.is_present(value)
	not present.absent(value)
}

test_only_numbers_are_numbers if {
	present.number(0.5)
	not present.number("0.5")
	not present.number(null)
}

test_get_finds_a_value_at_a_key_and_at_a_path if {
	present.get({"a": {"b": 1}}, "a") == {"b": 1}
	present.get({"a": {"b": 1}}, ["a", "b"]) == 1
	present.get({"a": [{"b": 1}]}, ["a", 0, "b"]) == 1
}

test_get_is_null_where_there_is_nothing[note] if {
	some note, value in {"missing": {}, "null": {"a": null}, "text": {"a": "x"}, "list": {"a": []}}
	present.get(value, ["a", "b"]) == null
}

test_get_is_null_for_what_is_no_object[sprintf("%v", [value])] if {
	some value in [null, "a", 1, [], true]
	present.get(value, "a") == null
}

test_list_gives_lists_only if {
	present.list({"a": [1]}, "a") == [1]
	present.list({"a": {"b": [1]}}, ["a", "b"]) == [1]
	present.list({"a": "x"}, "a") == []
	present.list({}, "a") == []
	present.list(null, "a") == []
}

test_only_a_string_that_is_not_blank_is_stated if {
	present.stated("x")
	present.stated(" todo ")
	stated := [wrong | some wrong in [null, true, 7, "", " \n", "\u00a0\u200b", [], ["x"], {}, {"a": "x"}]; present.stated(wrong)]
	stated == []
}

test_a_list_with_one_string_that_is_not_blank_states_something if {
	present.some_stated([null, " ", "x"])
	stated := [wrong | some wrong in [null, true, 7, "x", [], [null], [" "], [7], [["x"]], {"a": "x"}]; present.some_stated(wrong)]
	stated == []
}

test_only_a_number_that_is_not_negative_is_an_amount if {
	every x in [0, 0.5, 7] {
		present.amount(x)
	}
	amounts := [wrong | some wrong in [null, true, -1, -0.5, "7", "", [], [7], {}]; present.amount(wrong)]
	amounts == []
}
