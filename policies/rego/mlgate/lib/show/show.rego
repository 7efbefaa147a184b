# METADATA
# title: Showing
# description: Values as a person reads them in a message; short, and never able to move a terminal.
package mlgate.lib.show

import data.mlgate.lib.present

# METADATA
# title: list
# description: The first five items and how many more there are; `none` for an empty list.
list(items) := "none" if {
	count(items) == 0
} else := concat(", ", [cut(item) | some item in items]) if {
	count(items) <= 5
} else := sprintf("%s and %d more", [concat(", ", shown), count(ordered) - 5]) if {
	ordered := [item | some item in items]
	shown := [cut(item) | some item in array.slice(ordered, 0, 5)]
}

# METADATA
# title: number
# description: A number with at most three decimals and no trailing zeros.
number(x) := number_at("", x)

# METADATA
# title: number_at
# description: |
#   The same of one of many numbers, with its place among them. Answers are remembered by what was asked, and to
#   look one up among fractions takes as long as there are fractions, unless something before them tells them apart.
number_at(_, x) := sprintf("%d", [x]) if {
	is_number(x)
	floor(x) == x
}

number_at(_, x) := decimals(trim_right(trim_right(sprintf("%.3f", [x]), "0"), ".")) if {
	is_number(x)
	floor(x) != x
}

decimals(digits) := "0" if digits == "-0"

decimals(digits) := digits if digits != "-0"

# METADATA
# title: text
# description: Any value as one string; strings as they are, numbers rounded, everything else as JSON.
text(x) := x if {
	is_string(x)
} else := words if {
	words := number(x)
} else := json.marshal(x)

# METADATA
# title: cut
# description: A value for a message, control characters escaped, at most 120 characters.
cut(x) := x if {
	is_string(x)
	count(x) <= 120
	regex.match(`^[ -<>-~]*$`, x) # printable ASCII without `=`, so nothing to escape or to mask
} else := shorten(text(x), 120)

# METADATA
# title: shorten
# description: A string with control characters escaped and signatures masked, at most the given number of characters.
shorten(s, limit) := escaped if {
	escaped := escape(substring(unsigned(s), 0, limit + 1))
	count(escaped) <= limit
} else := concat("", [substring(escape(substring(unsigned(s), 0, limit)), 0, limit - 1), "…"])

# METADATA
# title: place
# description: The path an entry of the document gives for itself, else where to look instead.
place(entry, otherwise) := found if {
	found := present.get(entry, "path")
	is_string(found)
	present.is_present(found)
} else := otherwise

# METADATA
# title: unsigned
# description: |
#   A string in which the values that sign an address are masked. Whoever has a signed address may use it, and
#   what is told to one person ends in events and logs.
unsigned(s) := s if {
	not contains(s, "=")
} else := regex.replace(s, signing, "$1***")

signing := `(?i)([?&;][a-z0-9_-]*(?:sig|signature|token|credential|secret|key|keyid|password)=)[^&#\s),;"]*`

# METADATA
# title: model
# description: The id of a model and in brackets its address, digests cut to twelve digits.
model(m) := sprintf("%s (%s)", [text(present.get(m, "id")), digests(text(present.get(m, "uri")))])

# METADATA
# title: digests
# description: A string in which every SHA-256 digest is cut to twelve digits.
digests(s) := regex.replace(s, `(sha256:[0-9a-f]{12})[0-9a-f]+`, "$1")

escape(s) := s if {
	not regex.match(control, s)
} else := strings.replace_n(escapes, s)

# C0, DEL and C1, the invisible marks that turn the direction of text, join it or hide in it, separators of lines and
# paragraphs, and tags, of which whole sentences can be written that only programs read.
control := `[\x00-\x1f\x7f-\x9f\x{ad}\x{34f}\x{61c}\x{115f}\x{1160}\x{180e}\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2060}-\x{206f}\x{3164}\x{feff}\x{ffa0}\x{fff9}-\x{fffb}\x{e0000}-\x{e007f}]`

escapes := {json.unmarshal(concat("", [`"`, code, `"`])): code |
	some [first, last] in [
		[0, 31], [127, 159], [173, 173], [847, 847], [1564, 1564], [4447, 4448], [6158, 6158], [8203, 8207],
		[8232, 8238], [8288, 8303], [12644, 12644], [65279, 65279], [65440, 65440], [65529, 65531], [917504, 917631],
	]
	some point in numbers.range(first, last)
	code := escaped_point(point)
}

escaped_point(point) := sprintf(`\u%04x`, [point]) if point < 65536

escaped_point(point) := sprintf(`\udb40\udc%02x`, [point - 917504]) if point >= 65536
