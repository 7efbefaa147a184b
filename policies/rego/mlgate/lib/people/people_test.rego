package mlgate.lib.people_test

import data.mlgate.lib.people

test_case_and_spaces_do_not_make_another_person if people.same(" Ann@Example.org", "ann@example.org ")

test_other_names_are_other_people if not people.same("ann", "anne")

test_nobody_is_the_same_as_no_one[sprintf("%v", [value])] if {
	some value in [null, "", "  ", 1, [], {}]
	not people.same(value, value)
}

test_characters_nobody_sees_do_not_make_another_person[name] if {
	some name in ["ann\u200b@example.org", "\u202eann@example.org", "\ufeffann@example.org", "a\u00adnn@example.org"]
	people.same(name, "ann@example.org")
}

test_a_name_of_unseen_characters_only_is_nobody if not people.key(" \u200b\u2060 ")
