package mlgate.lib.judgement

import data.mlgate.lib.facts

# METADATA
# title: candidates
# description: Everything that may become a finding, before it is asked how strictly it is enforced.
candidates contains candidate if {
	some candidate in said
	counts(candidate)
}

# A lookup that failed: one finding in place of whatever the rule could still see.
candidates contains candidate if {
	some code, lookup in unanswered
	judged_here(code)
	candidate := {
		"code": code, "path": "metadata.name", "term": null, "model": null, "lookup": lookup,
		"observed": sprintf("unavailable: %s", [lookup]),
		"required": sprintf("an answer to the lookup %s", [lookup]), "values": {},
	}
}

# A rule about the card cannot be kept without one.
candidates contains candidate if {
	some model in facts.unpaired_models
	some code in data.mlgate.indexes.pairs
	judged_here(code)
	not unanswered[code]
	candidate := {
		"code": code, "path": "card", "term": null, "model": model.id,
		"observed": "no usable card", "required": "a usable card",
		"values": {"card": named_cards(model.id)},
	}
	not inherited(candidate)
}

# METADATA
# title: counts
# description: Whether a candidate of a rule counts for this object.
counts(candidate) if {
	code := candidate.code
	judged_here(code)
	not unanswered[code]
	not inherited(candidate)
}

# The rules are asked once, here: those of every subject that has something to say about such an object.
spoken := [data.mlgate.rules[subject].deny | some subject in concerned]

concerned := {subject |
	some word in facts.objects
	some subject in data.mlgate.indexes.subjects[word]
}

said := [candidate | some answer in spoken; some candidate in answer]

# METADATA
# title: complete
# description: |
#   The rules that are loaded are those of the catalogue: every subject of it has answered, and no rule
#   speaks under a code it does not hold, or says too little to be told. Without this nothing may be decided.
complete if {
	"input.invalid" in data.mlgate.indexes.codes
	data.mlgate.catalog["input.invalid"].severity
	count(spoken) == count(concerned) # one that is not loaded does not answer
	not lost
}

# A finding that cannot be told would be lost, and the object let in.
lost if {
	some candidate in said
	not tellable(candidate)
}

tellable(candidate) if {
	data.mlgate.catalog[candidate.code]
	is_string(candidate.path)
	_ = candidate.term
	_ = candidate.model
	_ = candidate.observed
	_ = candidate.required
}

unanswered[code] := lookup if {
	some name in failed
	some code in data.mlgate.indexes.lookups[name]
	lookup := [need | some need in data.mlgate.indexes.needs[code]; failed[need]][0]
}

judged_here(code) if {
	not skipped[code]
	applies(code)
}

named_cards(id) := "(none)" if count(naming(id)) == 0

named_cards(id) := concat(", ", naming(id)) if count(naming(id)) > 0

naming(id) := [card.source.reference | some card in input.cards; id in card.models]
