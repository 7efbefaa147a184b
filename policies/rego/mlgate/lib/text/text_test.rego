package mlgate.lib.text_test

import data.mlgate.lib.text

long := "Decides how urgent a visit is."

test_a_sentence_is_text if text.is_text(long)

test_a_list_with_one_sentence_is_text if text.is_text(["tbd", long])

test_no_answer_is_no_text[sprintf("%v", [value])] if {
	some value in [null, "", "short", " TODO ", "\u200bTBD\u2060", "\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b", "          short          ", [], ["short"], [null], {}, 7, true, {"a": long}]
	not text.is_text(value)
}

test_a_placeholder_is_no_text_however_long if not text.is_text("[More Information Needed]")

test_the_length_is_a_setting if {
	text.is_text("short") with data.mlgate.overrides as {"documentation": {"minTextLength": 5}}
}

test_items_leaves_out_what_does_not_count if {
	text.items(["a", " ", "\u3164", "TBD\u200b", null, 1, "b"]) == ["a", "b"]
}

test_one_item_that_counts_is_enough if {
	text.any_item(["a", " ", "TBD", null])
	text.any_item([null, " ", "b"])
}

test_no_item_counts_where_none_does[sprintf("%v", [value])] if {
	some value in [null, "a", {"a": "b"}, 1, [], [" ", "TBD", null, 1]]
	not text.any_item(value)
}

test_items_of_no_list_is_empty[sprintf("%v", [value])] if {
	some value in [null, "a", {"a": "b"}, 1]
	text.items(value) == []
}

test_nothing_is_no_text_however_short_one_may_be[value] if {
	some value in ["", " ", "\u200b"]
	not text.is_text(value) with data.mlgate.settings.documentation.minTextLength as 0
}
