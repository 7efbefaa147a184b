# METADATA
# title: Facts
# description: |
#   What every rule asks about the object: how strictly it is judged, which models need a card and which
#   cards they have.
package mlgate.lib.facts

import data.mlgate.lib.present
import data.mlgate.lib.settings

# METADATA
# title: namespace
# description: Namespace of the object; null for cluster-scoped objects.
namespace := object.get(input.request, "namespace", null)

# METADATA
# title: requester
# description: Login name of who asks; null when it is not known.
requester := present.get(input, ["request", "userInfo", "username"])

# METADATA
# title: document
# description: Kind and name of the object judged; the kind alone while the name is still to be made.
document := concat("/", [input.request.kind.kind, input.request.name]) if named

document := input.request.kind.kind if not named

named if is_string(input.request.name)

# METADATA
# title: kind_with_group
# description: Kind and API group as settings list them, `InferenceService.serving.kserve.io`; undefined for no kind.
kind_with_group := concat(".", [kind, group]) if {
	kind := input.workload.kind
	is_string(kind)
	is_string(input.workload.apiVersion)
	parts := split(input.workload.apiVersion, "/")
	group := {1: "", 2: parts[0]}[count(parts)]
}

# METADATA
# title: owner_gated
# description: Whether the controller that made the object is judged by the gate itself.
default owner_gated := false

owner_gated if input.workload.owner.gated == true

# METADATA
# title: made_by_owner
# description: |
#   A controller made the object for a gated owner, as far as can be told: it names no model but the owner's.
#   Anyone can write an ownerReference, and whoever adds a model to what it leads to deploys that model.
default made_by_owner := false

made_by_owner if {
	owner_gated
	every model in input.workload.models {
		model.inOwner == true
	}
}

# METADATA
# title: objects
# description: The words of `appliesWhen.objects` that hold for this object.
objects contains "any"

objects contains word if {
	some word, flag in {
		"serving": "servesModel", "training": "trainsModel",
		"runtime": "isRuntime", "route": "isRoute",
	}
	input.workload[flag] == true
}

objects contains word if {
	input.request.kind.group == "mlgate.dev"
	word := {"ModelCard": "modelCard", "SignOff": "signOff", "Waiver": "waiver"}[input.request.kind.kind]
}

objects contains "namespace" if {
	input.request.kind.group == ""
	input.request.kind.kind == "Namespace"
}

objects contains "cloudIam" if input.request.kind.group in settings.value.identity.cloudIamGroups

# METADATA
# title: covered_models
# description: Models of the workload that need a card.
covered_models := [model |
	some model in input.workload.models
	not needs_no_card(model)
]

needs_no_card(model) if model.role in settings.value.modelCard.rolesWithoutCard

# METADATA
# title: found_cards
# description: Cards that could be used.
found_cards := [card | some card in input.cards; card.status == "found"]

# METADATA
# title: stray
# description: |
#   Whether a card is about none of the models, though the object serves some. It proves nothing about them. Parts of
#   a gated owner serve a part of its models and inherit all of its cards, so the question is for the owner.
stray(card) if {
	input.workload.models[0]
	not owner_gated
	not covers_some(card)
}

covers_some(card) if {
	some model in input.workload.models
	model.id in card.models
}

# METADATA
# title: telling_cards
# description: Cards that could be used and are about the object; of a stray one nothing is taken.
telling_cards := [card | some card in found_cards; not stray(card)]

# METADATA
# title: pairs
# description: Each covered model with each usable card that covers it; several cards must all pass.
pairs := {{"model": model, "card": card} |
	some model in covered_models
	some card in found_cards
	model.id in card.models
}

# METADATA
# title: covering_cards
# description: |
#   Each usable card that covers a model once, with the models it covers: what a card says is read once, however
#   many models it speaks for.
covering_cards := [{"models": models, "reference": named_card(present.get(entry, ["source", "reference"])), "card": present.get(entry, "card")} |
	some entry in found_cards
	models := [model | some model in covered_models; model.id in entry.models]
	count(models) > 0
]

named_card(reference) := reference if {
	is_string(reference)
} else := "(unnamed)"

# METADATA
# title: unpaired_models
# description: Covered models for which no usable card was found.
unpaired_models := [model |
	some model in covered_models
	not paired(model)
]

paired(model) if model.id in paired_ids

paired_ids := {id |
	some card in found_cards
	some id in card.models
}

# METADATA
# title: authors
# description: Login names a card (its content) gives as authors of the version.
authors(card) := {name |
	names := card.model.authors
	is_array(names)
	some name in names
	is_string(name)
}

# METADATA
# title: builders
# description: Authors of the version and who started its training.
builders(card) := authors(card) | {name |
	name := card.training.initiatedBy
	is_string(name)
}

# METADATA
# title: affects_people
# description: Whether outputs of the model affect people; only a card that denies it says no.
affects_people(card) if not card.intendedUse.affectsPeople == false

# METADATA
# title: in_house
# description: Whether the model was made here; a card that names no supplier says so.
in_house(card) if not bought(card)

bought(card) if {
	supplier := card.model.supplier
	is_string(supplier)
	not lower(trim(supplier, present.unseen)) in {"", "internal"}
}
