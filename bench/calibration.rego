# A fixed piece of work in the manner of the rules: what the library costs is told as a multiple of it, so that two
# machines, or one that is busy, can be compared. It must not change, or the baseline says nothing any more.
package calibration

answer := count(found) if found := {part |
	some number in numbers.range(1, 60)
	entry := {"name": sprintf("entry-%d", [number % 7]), "value": {"deep": [number, number + 1]}, "words": ["a", "b"]}
	some part in parts(entry)
}

parts(entry) := array.concat(named(entry), [sprintf("%s %v", [entry.name, last(entry)]) | entry.words[_] == "b"])

named(entry) := [entry.name] if {
	regex.match(`^entry-[1-5]$`, entry.name)
	not entry.value.deep[0] == 3
} else := []

last(entry) := object.get(entry, ["value", "deep"], [0, 0])[1]
