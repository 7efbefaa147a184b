# METADATA
# title: Text
# description: What counts as an answer in words.
package mlgate.lib.text

import data.mlgate.lib.present
import data.mlgate.lib.settings

# METADATA
# title: is_text
# description: |
#   True for a string that, trimmed, is long enough (documentation.minTextLength) and no placeholder
#   (documentation.placeholderTexts); true for a list that holds at least one such string.
is_text(x) if answers(x)

is_text(x) if {
	is_array(x)
	some item in x
	answers(item)
}

answers(x) if {
	is_string(x)
	trimmed := trim(x, present.unseen)
	count(trimmed) >= settings.value.documentation.minTextLength
	not lower(trimmed) in no_answers
}

# METADATA
# title: items
# description: The items of a list that count, strings that are neither blank nor placeholders; empty for no list.
items(given) := [item | some item in given; any_item([item])] if is_array(given)

items(given) := [] if not is_array(given)

# METADATA
# title: any_item
# description: Whether there is an item that counts; what follows the first one is not looked at.
any_item(given) if {
	is_array(given)
	some item in given
	is_string(item)
	not lower(trim(item, present.unseen)) in no_answers
}

# What is left of a string that says nothing.
no_answers := {lower(entry) | some entry in settings.value.documentation.placeholderTexts} | {""}
