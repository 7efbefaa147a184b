# METADATA
# title: Presence
# description: |
#   Whether a value was given at all. A missing key, null, a blank string, an empty list and an
#   empty object all mean that nothing was given.
package mlgate.lib.present

# METADATA
# title: absent
# description: True for null, a blank string, an empty list, an empty object and an empty set.
absent(x) if x in [null, [], {}, set()]

absent(x) if {
	is_string(x)
	trim_space(x) == ""
}

# METADATA
# title: is_present
# description: The opposite of absent. False is a present value.
is_present(x) if {
	is_string(x)
	trim_space(x) != ""
} else if {
	not is_string(x)
	not x in [null, [], {}, set()]
}

# METADATA
# title: stated
# description: True for a string that is not blank, which is what a field of a card made of words must hold.
stated(x) if {
	is_string(x)
	trim_space(x) != ""
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
