package mlgate.lib.shape_test

import data.mlgate.lib.shape

text := {"type": "string", "minLength": 1}

item := {
	"type": "object", "additionalProperties": false, "required": ["name"],
	"properties": {"name": text, "count": {"type": "integer", "minimum": 1}},
}

# One schema with every word, and values that are as it wants them.
whole := {
	"type": "object", "title": "A title", "description": "What it is.", "propertyNames": {"enum": ["low", "high"]},
	"additionalProperties": {"type": "array", "minItems": 1, "items": item},
}

test_a_value_as_it_should_be_has_no_faults[note] if {
	some note, case in {
		"text": [text, "x"],
		"text of one of some": [{"type": "string", "enum": ["a", "b"]}, "b"],
		"text of a form": [{"type": "string", "pattern": "^[0-9]+$"}, "12"],
		"a number": [{"type": "number", "minimum": 0, "maximum": 1}, 0.5],
		"at the edges": [{"type": "number", "minimum": 1, "maximum": 1}, 1],
		"a whole number": [{"type": "integer"}, 3],
		"a whole number with a point": [{"type": "integer"}, 3.0],
		"a switch": [{"type": "boolean"}, false],
		"an empty list": [{"type": "array", "items": text}, []],
		"a list": [{"type": "array", "items": text, "minItems": 2}, ["a", "b"]],
		"an empty map": [whole, {}],
		"a map of lists of maps": [whole, {"low": [{"name": "x", "count": 1}, {"name": "y"}], "high": [{"name": "z"}]}],
		"what another needs": [{"type": "object", "dependencies": {"key": ["whose"]}}, {"key": 1, "whose": 2}],
		"nothing that needs another": [{"type": "object", "dependencies": {"key": ["whose"]}}, {"whose": 2}],
		"a map of what is not described": [{"type": "object"}, {"a": {"b": 1}}],
	}
	shape.faults(case[0], case[1]) == set()
}

test_each_fault_names_its_place[note] if {
	some note, case in {
		"another type": [text, 1, {"value must be string, and is number"}],
		"null": [text, null, {"value must be string, and is null"}],
		"empty": [text, "", {"value must have at least 1 characters"}],
		"none of some": [{"type": "string", "enum": ["a", "b"]}, "c", {"value must be one of a, b"}],
		"another form": [{"type": "string", "pattern": "^[0-9]+$"}, "x", {"value must match ^[0-9]+$"}],
		"too small": [{"type": "number", "minimum": 0}, -1, {"value must be at least 0"}],
		"too large": [{"type": "number", "maximum": 1}, 1.5, {"value must be at most 1"}],
		"no whole number": [{"type": "integer"}, 1.5, {"value must be integer, and is number"}],
		"text for a whole number": [{"type": "integer"}, "1", {"value must be integer, and is string"}],
		"in a list": [{"type": "array", "items": text}, ["a", 1], {"value.1 must be string, and is number"}],
		"too few": [{"type": "array", "minItems": 1, "items": text}, [], {"value must have at least 1 items"}],
		"a name of no choice": [whole, {"middle": [{"name": "x"}]}, {"value has unknown middle"}],
		"something in it is missing": [whole, {"low": [{"count": 1}]}, {"value.low.0 lacks name"}],
		"something in it is unknown": [whole, {"low": [{"name": "x", "n": 1}]}, {"value.low.0 has unknown n"}],
		"something that another needs": [
			{"type": "object", "dependencies": {"key": ["whose", "since"], "end": ["start"]}},
			{"key": "x", "since": 1}, {"value with key lacks whose"},
		],
		"far below": [whole, {"low": [{"name": "x", "count": 0}]}, {"value.low.0.count must be at least 1"}],
		"several": [
			whole, {"low": [{"name": 1}], "high": []},
			{"value.high must have at least 1 items", "value.low.0.name must be string, and is number"},
		],
	}
	shape.faults(case[0], case[1]) == case[2]
}

# What is not understood must not pass: least of all what would be fetched.
test_a_schema_that_says_more_is_a_fault[note] if {
	some note, schema in {
		"a reference": {"type": "string", "$ref": "https://example.com/schema.json"},
		"a choice": {"type": "string", "anyOf": [{"type": "string"}]},
		"no type": {"minLength": 1},
		"several types": {"type": ["string", "null"]},
		"a type that is none": {"type": "anything"},
	}
	count(shape.faults(schema, "x")) > 0
}

test_names_that_are_not_listed_are_a_fault if {
	shape.faults({"type": "object", "propertyNames": {"pattern": "^a"}}, {"a": 1}) == {"value has unknown a"}
}

test_what_is_deeper_than_is_looked_is_a_fault if {
	fourth := {"type": "array", "items": {"type": "array", "items": {"type": "array", "items": {"type": "array", "items": text}}}}
	shape.faults(fourth, [[[["x"]]]]) == set()
	fifth := {"type": "array", "items": fourth}
	shape.faults(fifth, [[[[["x"]]]]]) == {"value.0.0.0.0.0 has a schema with deeper, of which nothing is known"}
}

test_the_schemas_of_settings_are_understood_as_deep_as_they_go if {
	count(data.mlgate.indexes.settings) > 100
	every schema in data.mlgate.indexes.settings {
		every node in nodes(schema) {
			object.keys(node.found) - shape.understood == set()
			node.depth <= 4
		}
	}
}

# Every schema within one, and how far down it stands.
nodes(schema) := {{"found": found, "depth": depth} |
	walk(schema, [path, found])
	is_object(found)
	not path[count(path) - 1] in {"properties", "dependencies"}
	depth := count([step | some step in path; step in {"items", "additionalProperties", "properties"}])
}

test_every_shipped_setting_is_as_its_schema_wants_it if {
	every key, schema in data.mlgate.indexes.settings {
		[group, name] := split(key, ".")
		shape.faults(schema, data.mlgate.settings[group][name]) == set()
	}
}

test_a_value_of_another_type_has_no_other_fault[note] if {
	some note, case in {
		"minimum of nothing": [{"type": "number", "minimum": 0}, null],
		"maximum of text": [{"type": "number", "maximum": 3}, "x"],
		"length of a list": [{"type": "string", "minLength": 1}, []],
		"items of text": [{"type": "array", "minItems": 1}, ""],
		"items of an object": [{"type": "array", "items": {"type": "string"}}, {"a": 1}],
		"pattern of a number": [{"type": "string", "pattern": "^a$"}, 7],
		"names wanted of a list": [{"type": "object", "required": ["a"]}, []],
		"names that go with others of a list": [{"type": "object", "dependencies": {"a": ["b"]}}, ["a"]],
		"unknown names of a number": [{"type": "object", "additionalProperties": false}, 7],
		"values of a list": [{"type": "object", "additionalProperties": {"type": "number"}}, ["a"]],
		"names of a list": [{"type": "object", "propertyNames": {"enum": ["a"]}}, ["b"]],
	}
	shape.faults(case[0], case[1]) == {sprintf("value must be %s, and is %s", [case[0].type, type_name(case[1])])}
}

test_a_named_property_has_its_own_schema_alone if {
	schema := {"type": "object", "properties": {"a": {"type": "number"}}, "additionalProperties": {"type": "string"}}
	shape.faults(schema, {"a": 1, "b": "x"}) == set()
	shape.faults(schema, {"a": "x", "b": 1}) == {"value.a must be number, and is string", "value.b must be string, and is number"}
}

test_a_type_that_is_not_understood_is_no_kind if {
	shape.faults({"type": "null"}, null) == {"value must be null, and is null"}
}
