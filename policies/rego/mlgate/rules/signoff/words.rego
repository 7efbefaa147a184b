package mlgate.rules.signoff

import data.mlgate.lib.dates
import data.mlgate.lib.present
import data.mlgate.lib.show

# METADATA
# title: place
# description: Path of a field of a sign-off; in the SignOff object, or in the card that holds the statement.
place(sign_off, field) := sprintf("SignOff/%s.%s", [name, object_fields[field]]) if {
	sign_off.source.type == "signOff"
	name := show.cut(regex.replace(reference(sign_off), "^.*/", ""))
} else := sprintf("card.signOffs[%s].%s", [index, field]) if {
	[_, index] := split(reference(sign_off), "#")
} else := "card.signOffs"

# METADATA
# title: reference
# description: Where a sign-off was found.
reference(sign_off) := spoken(present.get(sign_off, ["source", "reference"]))

# METADATA
# title: spoken
# description: A name for a message; `unknown` for what is no name.
spoken(name) := show.cut(name) if {
	is_string(name)
	present.is_present(name)
} else := "unknown"

# METADATA
# title: dated
# description: When a sign-off was given, in words.
dated(time) := sprintf("issued on %s", [dates.date(time)])

dated(time) := "without a date" if not dates.valid(time)

# METADATA
# title: day
# description: The day of a time; the value as it is when it is no time.
day(time) := dates.date(time)

day(time) := show.cut(time) if not dates.valid(time)

# METADATA
# title: pair_values
# description: Placeholders of a model and its card.
pair_values(pair) := {
	"card": spoken(present.get(pair.card, ["source", "reference"])),
	"model": show.model(pair.model),
	"version": spoken(present.get(pair.card.card, ["model", "version"])),
}

# METADATA
# title: sign_off_values
# description: Placeholders of a sign-off of a pair.
sign_off_values(pair, sign_off) := object.union(pair_values(pair), {
	"signoff": reference(sign_off),
	"approver": spoken(present.get(sign_off, "approver")),
	"role": spoken(present.get(sign_off, "role")),
})

object_fields := {
	"approver": "spec.approver",
	"decision": "spec.decision",
	"version": "spec.version",
	"digest": "spec.digest",
	"cardDigest": "spec.cardDigest",
	"issuedAt": "metadata.creationTimestamp",
	"expiresAt": "spec.expiresAt",
}
