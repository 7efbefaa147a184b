package checks.words_test

import data.checks.words

test_what_every_rule_has_every_rule_may_have if words.required - words.keys == set()

test_no_word_stands_twice[what] if {
	some what, list in words.known
	count(list) == count({word | some word in list})
}
