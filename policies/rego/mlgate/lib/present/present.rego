# METADATA
# title: Presence
# description: |
#   Whether a value was given at all. A missing key, null, a blank string, an empty list and an
#   empty object all mean that nothing was given.
package mlgate.lib.present

# METADATA
# title: unseen
# description: |
#   White space, and characters that leave no mark: a text of these alone says nothing to a reader. Among them are
#   joiners, marks of direction, variation selectors, fillers and the blank of Braille.
unseen := concat("", [
	"\t\n\u000b\f\r \u0085\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5",
	"\u180b\u180c\u180d\u180e\u180f\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a",
	"\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u202f\u205f\u2060\u2061",
	"\u2062\u2063\u2064\u2065\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\u2800\u3000",
	"\u3164\ufe00\ufe01\ufe02\ufe03\ufe04\ufe05\ufe06\ufe07\ufe08\ufe09\ufe0a\ufe0b\ufe0c\ufe0d\ufe0e",
	"\ufe0f\ufeff\uffa0\ufff0\ufff1\ufff2\ufff3\ufff4\ufff5\ufff6\ufff7\ufff8\ufff9\ufffa\ufffb",
])

# METADATA
# title: absent
# description: True for null, a blank string, an empty list, an empty object and an empty set.
absent(x) if x in [null, [], {}, set()]

absent(x) if {
	is_string(x)
	trim(x, unseen) == ""
}

# METADATA
# title: is_present
# description: The opposite of absent. False is a present value.
is_present(x) if {
	is_string(x)
	trim(x, unseen) != ""
} else if {
	not is_string(x)
	not x in [null, [], {}, set()]
}

# METADATA
# title: stated
# description: True for a string that is not blank, which is what a field of a card made of words must hold.
stated(x) if {
	is_string(x)
	trim(x, unseen) != ""
}

# METADATA
# title: some_stated
# description: True for a list with a string in it that is not blank.
some_stated(x) if {
	is_array(x)
	some item in x
	stated(item)
}

# METADATA
# title: number
# description: True for a number. JSON has no infinities, so every number that arrives is finite.
number(x) if is_number(x)

# METADATA
# title: amount
# description: True for a number that is not negative, such as a time or a share of traffic.
amount(x) if {
	is_number(x)
	x >= 0
}

# METADATA
# title: get
# description: |
#   The value at a key or at a list of keys; null when it is missing or something on the way is no object.
get(obj, path) := object.get(obj, path, null) if {
	is_object(obj)
} else := null

# METADATA
# title: list
# description: The value at a key or a list of keys when it is a list, else an empty list.
list(obj, path) := found if {
	is_object(obj)
	found := object.get(obj, path, null)
	is_array(found)
} else := []
