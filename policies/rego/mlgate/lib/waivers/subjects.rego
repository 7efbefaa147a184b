package mlgate.lib.waivers

import data.mlgate.lib.approvals
import data.mlgate.lib.facts
import data.mlgate.lib.present

# METADATA
# title: sufficient
# description: A subject names a workload, a digest, or a model with its version.
sufficient(subject) if {
	named(present.get(subject, ["workload", "kind"]))
	named(present.get(subject, ["workload", "name"]))
}

sufficient(subject) if named(present.get(subject, "digest"))

sufficient(subject) if {
	named(present.get(subject, "model"))
	named(present.get(subject, "version"))
}

# METADATA
# title: term_matches
# description: A waiver is not narrowed to terms, or the term of the finding is one of them.
term_matches(waiver, _) if waiver.terms == []

term_matches(waiver, finding) if {
	is_array(waiver.terms)
	finding.term in waiver.terms
}

# METADATA
# title: subject_matches
# description: |
#   A subject is sufficient, and every part of it that is given matches. A finding that is about no model needs the
#   workload to be given; the parts about the model then speak of all cards of the workload.
subject_matches(subject, finding) if {
	sufficient(subject)
	anchored(subject, finding)
	every part in stated(subject) {
		part_matches(part, subject, finding)
	}
}

# METADATA
# title: cards_of
# description: Usable cards of the finding's model; those of all models for a finding that is about none.
cards_of(finding) := {pair.card |
	some pair in facts.pairs
	about(pair.model.id, finding.model)
}

about(_, null)

about(id, model) if id == model

named(value) if {
	is_string(value)
	present.is_present(value)
}

stated(subject) := {part |
	some part in ["model", "version", "digest", "workload"]
	present.get(subject, part) != null
}

anchored(_, finding) if is_string(finding.model)

anchored(subject, _) if is_object(present.get(subject, "workload"))

part_matches("workload", subject, _) if same_object(subject.workload, input.workload)

part_matches("workload", subject, _) if {
	facts.made_by_owner
	same_object(subject.workload, input.workload.owner)
}

part_matches("model", subject, finding) if every_card(finding, ["model", "name"], subject.model)

part_matches("version", subject, finding) if every_card(finding, ["model", "version"], subject.version)

part_matches("digest", subject, finding) if {
	cards := cards_of(finding)
	count(cards) > 0
	digest := subject.digest
	every entry in cards {
		digest in approvals.artifact_digests(entry)
	}
	not serves_another(digest, finding)
}

# A card can list many artifacts, whoever writes it: a waiver of one does not cover what else it lists.
serves_another(digest, finding) if {
	some pair in facts.pairs
	about(pair.model.id, finding.model)
	served := present.get(pair.model, "digest")
	present.is_present(served)
	served != digest
}

# A waiver of the installation's own namespaces reaches workloads of that name everywhere, unless it names one.
in_namespace(waived) if present.get(waived, "namespace") == null

in_namespace(waived) if waived.namespace == facts.namespace

# A name that is still to be generated is null, so a missing name must not match it.
same_object(waived, found) if {
	named(waived.kind)
	named(waived.name)
	waived.kind == found.kind
	waived.name == found.name
	in_namespace(waived)
}

# A model can have several cards, and all must pass: a waiver made for one of them does not cover the others.
every_card(finding, path, value) if {
	cards := cards_of(finding)
	count(cards) > 0
	every entry in cards {
		present.get(entry.card, path) == value
	}
}
