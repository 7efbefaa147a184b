# METADATA
# title: Syntax
# description: |
#   What the checks share: the syntax trees of the files they are given (as `opa parse` prints them, or made here
#   from their text), and the form of a problem.
package checks.syntax

# METADATA
# title: modules
# description: The syntax tree of each file, by its name.
modules[name] := file if {
	some name, file in input.files
	is_object(file)
}

modules[name] := rego.parse_module(name, file) if {
	some name, file in input.files
	is_string(file)
}

# METADATA
# title: problem
# description: A breach of a check in a rule of a file, in the line of the node that shows it.
problem(check, name, rule, node, said) := {
	"check": check,
	"file": name,
	"line": line(node),
	"rule": rule_name(rule),
	"what": sprintf("%s %s", [rule_name(rule), said.what]),
	"fix": said.fix,
}

# METADATA
# title: line
# description: The line of a node; 0 in a tree without locations.
line(node) := object.get(node, ["location", "row"], 0)

# METADATA
# title: rule_name
# description: The name of a rule.
rule_name(rule) := rule.head.ref[0].value

# METADATA
# title: package_name
# description: The name of a module's package, with dots.
package_name(module) := concat(".", [part.value | some part in array.slice(module["package"].path, 1, 99)])

# METADATA
# title: imported
# description: The names under which a module knows other packages, with the path of each.
imported(module) := {alias(entry): path |
	some entry in object.get(module, "imports", [])
	path := concat(".", [part.value | some part in entry.path.value])
}

alias(entry) := entry.alias

alias(entry) := entry.path.value[count(entry.path.value) - 1].value if not entry.alias

# METADATA
# title: operator
# description: The name of the built-in or function that a call or an expression applies.
operator(terms) := concat(".", [part.value | some part in terms[0].value]) if is_array(terms)
