"""Built-ins of OPA, by what a rule reads through them."""

from __future__ import annotations

BINDING = {"assign", "eq"}
MEMBERS = {"internal.member_2", "internal.member_3"}
WHOLE = {
    "array.concat",
    "array.reverse",
    "array.slice",
    "intersection",
    "json.filter",
    "json.remove",
    "max",
    "min",
    "minus",
    "and",
    "object.filter",
    "object.remove",
    "object.subset",
    "object.union",
    "object.union_n",
    "or",
    "sort",
    "union",
}
"""Built-ins whose value is made of what they are given."""
GLANCED = {"count", "object.keys"}
"""Built-ins that look at the outside of a value only, as those that ask for its type."""
