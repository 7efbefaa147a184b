package mlgate.rules.input

# What rules read without asking whether it is there. The reader always writes it; a document that lacks some of it
# comes from another version, and a rule would pass what it cannot see.

# METADATA
# title: whole_workload
# description: Everything in the workload that rules rely on is there and of its type.
whole_workload if {
	flags({"servesModel", "trainsModel", "isRuntime", "isRoute"}, input.workload)
	texts({"apiVersion", "kind"}, input.workload)
	is_object(input.workload.labels)
	is_object(input.workload.annotations)
	is_array(input.workload.problems)
	flags({"enabled"}, input.workload.features.confidential)
	texts({"scope"}, input.workload.exposure)
	optional_flag(input.workload.exposure.tls)
	whole_owner
	whole_models
	whole_parts
}

whole_owner if is_null(input.workload.owner)

whole_owner if {
	texts({"kind", "name"}, input.workload.owner)
	flags({"gated", "podSettingsEqual"}, input.workload.owner)
}

whole_models if {
	is_array(input.workload.models)
	every model in input.workload.models {
		texts({"id", "uri", "scheme", "role", "path"}, model)
		flags({"inOwner"}, model)
		optional_text(model.digest)
	}
	count({model.id | some model in input.workload.models}) == count(input.workload.models)
}

whole_parts if {
	every volume in input.workload.volumes {
		texts({"name", "kind", "path"}, volume)
		flags({"holdsModel", "inOwner"}, volume)
	}
	every container in input.workload.containers {
		texts({"name", "path"}, container)
		flags({"inOwner"}, container)
		is_object(container.image)
	}
	every endpoint in input.workload.endpoints {
		texts({"uri", "scheme", "path"}, endpoint)
		optional_flag(endpoint.tls)
	}
	every dataset in input.workload.datasets {
		texts({"uri", "scheme", "path"}, dataset)
	}
	every reference in input.workload.references {
		texts({"kind", "name", "status", "path"}, reference)
	}
}

# METADATA
# title: whole_evidence
# description: Everything in cards, sign-offs, waivers and look-ups that rules rely on is there and of its type.
whole_evidence if {
	every card in input.cards {
		whole_card(card)
	}
	every sign_off in input.signOffs {
		texts({"assurance"}, sign_off)
		texts({"type", "reference"}, sign_off.source)
		is_array(sign_off.problems)
		is_object(sign_off.subject)
	}
	every waiver in input.waivers {
		texts({"assurance", "namespace", "name"}, waiver)
		is_array(waiver.problems)
		is_array(waiver.terms)
		is_object(waiver.subject)
	}
	every entry in input.unavailable {
		texts({"lookup", "reason"}, entry)
	}
	whole_namespace
}

# A card that is found has content, or every question about it would be left open.
whole_card(card) if {
	texts({"reference"}, card.source)
	card.status in {"missing", "invalid", "unavailable"}
	card_lists(card)
}

whole_card(card) if {
	texts({"reference"}, card.source)
	card.status == "found"
	card_lists(card)
	is_object(card.card)
	optional_text(card.digest)
	optional_text(card.pinnedDigest)
}

card_lists(card) if {
	is_array(card.problems)
	every id in card.models {
		is_string(id)
	}
}

whole_namespace if is_null(input.cluster.namespace)

whole_namespace if {
	texts({"name"}, input.cluster.namespace)
	is_object(input.cluster.namespace.labels)
}

texts(keys, entry) if count([1 | some key in keys; is_string(entry[key])]) == count(keys)

flags(keys, entry) if count([1 | some key in keys; is_boolean(entry[key])]) == count(keys)

optional_text(value) if type_name(value) in {"string", "null"}

optional_flag(value) if type_name(value) in {"boolean", "null"}
