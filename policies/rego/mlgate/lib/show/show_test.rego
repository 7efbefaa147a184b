package mlgate.lib.show_test

import data.mlgate.lib.show

test_a_short_list_is_shown_whole if {
	show.list([]) == "none"
	show.list(["a"]) == "a"
	show.list(["a", "b", "c", "d", "e"]) == "a, b, c, d, e"
}

test_a_long_list_is_shown_in_part if show.list(["a", "b", "c", "d", "e", "f", "g"]) == "a, b, c, d, e and 2 more"

test_a_set_is_shown_in_order if {
	show.list({"b", "a"}) == "a, b"
	show.list({"f", "e", "d", "c", "b", "a"}) == "a, b, c, d, e and 1 more"
}

test_numbers_are_rounded[sprintf("%v", [value])] if {
	some value, wanted in {0.695: "0.695", 0.19649: "0.196", 0.05: "0.05", 5: "5", 5.0: "5", 1.5: "1.5", -2.25: "-2.25", 0.00001: "0", -0.0001: "0"}
	show.number(value) == wanted
}

test_any_value_is_text if {
	show.text("x") == "x"
	show.text(1.5) == "1.5"
	show.text(null) == "null"
	show.text(true) == "true"
	show.text({"a": [1]}) == `{"a":[1]}`
}

test_control_characters_are_escaped[note] if {
	some note, value in {
		"newline": ["a\nb", `a\u000ab`], "escape": ["\u001b[2J", `\u001b[2J`],
		"delete": ["a\u007f", `a\u007f`], "c1": ["\u009b", `\u009b`], "turned": ["\u202e", `\u202e`],
		"Arabic mark": ["a\u061cb", `a\u061cb`], "joiner": ["a\u2060", `a\u2060`], "soft": ["a\u00adb", `a\u00adb`],
		"filler": ["\u3164", `\u3164`], "first tag": ["a\udb40\udc00", `a\udb40\udc00`], "last tag": ["\udb40\udc7f", `\udb40\udc7f`],
		"hidden words": ["\udb40\udc68\udb40\udc69", `\udb40\udc68\udb40\udc69`], "emoji stays": ["\ud83d\ude00", "\ud83d\ude00"],
		"isolate": ["\u2066", `\u2066`], "separator": ["\u2028", `\u2028`], "mark": ["\ufeff", `\ufeff`],
		"invisible": ["\u200b", `\u200b`],
	}
	show.cut(value[0]) == value[1]
}

test_other_characters_stay if show.cut("Größe <b> \"x\" {model} 漢字") == "Größe <b> \"x\" {model} 漢字"

test_long_values_are_cut if {
	long := concat("", [letter | some _ in numbers.range(1, 200); letter := "é"])
	count(show.cut(long)) == 120
	endswith(show.cut(long), "…")
	count(show.cut(substring(long, 0, 120))) == 120
	not endswith(show.cut(substring(long, 0, 120)), "…")
}

test_escaping_does_not_make_a_value_longer_than_it_may_be if {
	many := concat("", [letter | some _ in numbers.range(1, 100); letter := "\n"])
	count(show.cut(many)) == 120
}

test_a_model_is_shown_with_its_address_and_short_digests if {
	digest := "7d9c1f0f6a5a3f4a6fbd0a6f1f0b6d5c4c3e2a1908f7e6d5c4b3a29181706f5e"
	model := {"id": "predictor", "uri": sprintf("oci://r.example.org/m@sha256:%s", [digest])}
	show.model(model) == "predictor (oci://r.example.org/m@sha256:7d9c1f0f6a5a)"
}

test_what_signs_an_address_is_not_shown if {
	show.cut("https://b.s3.amazonaws.com/m?X-Amz-Credential=AKIA1&X-Amz-Signature=abc&versionId=7") == "https://b.s3.amazonaws.com/m?X-Amz-Credential=***&X-Amz-Signature=***&versionId=7"
	show.cut("https://a.blob.core.windows.net/c/m?sv=2024&SIG=a%2Bb%3D (m)") == "https://a.blob.core.windows.net/c/m?sv=2024&SIG=*** (m)"
	show.cut("https://m.example.org/m?access_token=x") == "https://m.example.org/m?access_token=***"
	show.cut("a = b") == "a = b"
}

test_a_signature_is_masked_before_it_is_cut if {
	long := concat("", ["https://m.example.org/m?sig=", sprintf("%0200d", [7])])
	show.shorten(long, 40) == "https://m.example.org/m?sig=***"
}

test_an_entry_stands_where_its_path_says if {
	show.place({"path": "spec.a"}, "spec") == "spec.a"
	show.place({}, "spec") == "spec"
	every wrong in [null, "", " ", 7, [], {}] {
		show.place({"path": wrong}, "spec") == "spec"
		show.place(wrong, "spec") == "spec"
	}
}

test_a_model_that_cannot_be_read_is_shown_all_the_same[note] if {
	some note, wrong in [null, 7, true, [], {}]
	show.model({"id": "predictor", "uri": wrong}) == sprintf("predictor (%s)", [show.text(wrong)])
	show.model({"id": wrong, "uri": "s3://a"}) == sprintf("%s (s3://a)", [show.text(wrong)])
	show.model(wrong) == "null (null)"
}

test_what_is_no_number_is_not_shown_as_one[note] if {
	some note, wrong in [null, true, "7", [7], {"a": 7}]
	not show.number(wrong)
}
