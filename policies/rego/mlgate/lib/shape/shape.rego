# METADATA
# title: Shape
# description: |
#   Whether a value is as a schema wants it, for the words that the schemas of settings use. OPA's own functions
#   for schemas fetch what a schema refers to, over the network as well, so that no policy may use them.
package mlgate.lib.shape

# METADATA
# title: faults
# description: |
#   What is wrong with a value, each as one sentence; none where it is as the schema wants it. A schema that says
#   more than is understood here, or goes deeper, is a fault as well.
faults(schema, value) := {sprintf("%s %s", [part.path, text]) |
	some part in parts(schema, value)
	some word, wanted in object.union({"type": "nothing"}, part.schema)
	text := fault(word, wanted, part.value, part.schema)
}

# The value and everything in it, each with its own schema. There is no recursion in Rego.
parts(schema, value) := ((((first | second) | third) | fourth) | fifth) | deeper if {
	first := {{"path": "value", "schema": schema, "value": value}}
	second := below(first)
	third := below(second)
	fourth := below(third)
	fifth := below(fourth)
	deeper := {object.union(part, {"schema": {"deeper": true}}) | some part in below(fifth)}
}

below(above) := {{"path": sprintf("%s.%v", [part.path, key]), "schema": schema, "value": value} |
	some part in above
	some key, value in part.value
	schema := schema_below(part.schema, part.value, key)
}

schema_below(schema, value, _) := schema.items if is_array(value)

schema_below(schema, value, key) := schema.properties[key] if is_object(value)

schema_below(schema, value, key) := schema.additionalProperties if {
	is_object(schema.additionalProperties)
	key in unnamed(schema, value)
}

unnamed(schema, value) := object.keys(value) - object.keys(object.get(schema, "properties", {})) if is_object(value)

kinds := {"array", "boolean", "number", "object", "string"}

is_kind(kind, value) if {
	kind in kinds
	type_name(value) == kind
}

is_kind("integer", value) if {
	is_number(value)
	floor(value) == value
}

understood := {
	"additionalProperties", "default", "dependencies", "description", "enum", "items", "maximum", "minItems", "minLength", "minimum",
	"pattern", "properties", "propertyNames", "required", "title", "type",
}

fault(word, _, _, _) := sprintf("has a schema with %s, of which nothing is known", [word]) if not word in understood

fault("type", kind, value, _) := sprintf("must be %s, and is %s", [kind, type_name(value)]) if not is_kind(kind, value)

fault("enum", choices, value, _) := sprintf("must be one of %s", [concat(", ", choices)]) if not value in choices

fault("minimum", least, value, _) := sprintf("must be at least %v", [least]) if {
	is_number(value)
	value < least
}

fault("maximum", most, value, _) := sprintf("must be at most %v", [most]) if {
	is_number(value)
	value > most
}

fault("minLength", least, value, _) := sprintf("must have at least %v characters", [least]) if {
	is_string(value)
	count(value) < least
}

fault("minItems", least, value, _) := sprintf("must have at least %v items", [least]) if {
	is_array(value)
	count(value) < least
}

fault("pattern", pattern, value, _) := sprintf("must match %s", [pattern]) if {
	is_string(value)
	not regex.match(pattern, value)
}

fault("required", names, value, _) := sprintf("lacks %s", [concat(", ", lacking)]) if {
	is_object(value)
	lacking := {name | some name in names} - object.keys(value)
	count(lacking) > 0
}

fault("dependencies", wanted, value, _) := sprintf("with %s lacks %s", [concat(", ", given), concat(", ", lacking)]) if {
	is_object(value)
	given := {name | some name, _ in wanted; name in object.keys(value)}
	lacking := {name | some key in given; some name in wanted[key]} - object.keys(value)
	count(lacking) > 0
}

fault("additionalProperties", false, value, schema) := sprintf("has unknown %s", [concat(", ", names)]) if {
	names := unnamed(schema, value)
	count(names) > 0
}

fault("propertyNames", wanted, value, _) := sprintf("has unknown %s", [concat(", ", names)]) if {
	is_object(value)
	names := object.keys(value) - {name | some name in wanted.enum}
	count(names) > 0
}
