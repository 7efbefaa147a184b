package mlgate.rules.input

# What rules read without asking whether it is there. The reader always writes it; a document that lacks some of it
# comes from another version, and a rule would pass what it cannot see. Each list is counted against its whole
# entries, which costs a third of asking `every` of them.

# METADATA
# title: whole_workload
# description: Everything in the workload that rules rely on is there and of its type.
whole_workload if {
	workload := input.workload
	is_boolean(workload.servesModel)
	is_boolean(workload.trainsModel)
	is_boolean(workload.isRuntime)
	is_boolean(workload.isRoute)
	is_string(workload.apiVersion)
	is_string(workload.kind)
	is_object(workload.labels)
	is_object(workload.annotations)
	is_array(workload.problems)
	is_boolean(workload.features.confidential.enabled)
	is_string(workload.exposure.scope)
	workload.exposure.tls in {true, false, null}
	whole_owner
	whole_models
	whole_parts
	whole_reach
}

whole_owner if is_null(input.workload.owner)

whole_owner if {
	is_string(input.workload.owner.kind)
	is_string(input.workload.owner.name)
	is_boolean(input.workload.owner.gated)
	is_boolean(input.workload.owner.podSettingsEqual)
}

whole_models if {
	models := input.workload.models
	is_array(models)
	count({model.id |
		some model in models
		is_string(model.id)
		is_string(model.uri)
		is_string(model.scheme)
		is_string(model.role)
		is_string(model.path)
		is_boolean(model.inOwner)
		type_name(model.digest) in {"string", "null"}
	}) == count(models)
}

whole_parts if {
	volumes := input.workload.volumes
	is_array(volumes)
	count([1 |
		some volume in volumes
		is_string(volume.name)
		is_string(volume.kind)
		is_string(volume.path)
		is_boolean(volume.holdsModel)
		is_boolean(volume.inOwner)
	]) == count(volumes)
	containers := input.workload.containers
	is_array(containers)
	count([1 |
		some container in containers
		is_string(container.name)
		is_string(container.path)
		is_boolean(container.inOwner)
		is_object(container.image)
	]) == count(containers)
}

# What the workload reaches outside itself.
whole_reach if {
	endpoints := input.workload.endpoints
	is_array(endpoints)
	count([1 |
		some endpoint in endpoints
		is_string(endpoint.uri)
		is_string(endpoint.scheme)
		is_string(endpoint.path)
		endpoint.tls in {true, false, null}
	]) == count(endpoints)
	datasets := input.workload.datasets
	is_array(datasets)
	count([1 |
		some dataset in datasets
		is_string(dataset.uri)
		is_string(dataset.scheme)
		is_string(dataset.path)
	]) == count(datasets)
	references := input.workload.references
	is_array(references)
	count([1 |
		some reference in references
		is_string(reference.kind)
		is_string(reference.name)
		is_string(reference.status)
		is_string(reference.path)
	]) == count(references)
}

whole_evidence if {
	count([1 |
		some card in input.cards
		whole_card(card)
	]) == count(input.cards)
	count([1 |
		some sign_off in input.signOffs
		is_string(sign_off.assurance)
		is_string(sign_off.source.type)
		is_string(sign_off.source.reference)
		is_array(sign_off.problems)
		is_object(sign_off.subject)
	]) == count(input.signOffs)
	count([1 |
		some waiver in input.waivers
		is_string(waiver.assurance)
		is_string(waiver.namespace)
		is_string(waiver.name)
		is_array(waiver.problems)
		is_array(waiver.terms)
		is_object(waiver.subject)
	]) == count(input.waivers)
	count([1 |
		some entry in input.unavailable
		is_string(entry.lookup)
		is_string(entry.reason)
	]) == count(input.unavailable)
	whole_namespace
}

# A card that is found has content, or every question about it would be left open.
whole_card(card) if {
	card.status in {"missing", "invalid", "unavailable"}
	is_string(card.source.reference)
	card_lists(card)
}

whole_card(card) if {
	is_string(card.source.reference)
	card.status == "found"
	card_lists(card)
	is_object(card.card)
	type_name(card.digest) in {"string", "null"}
	type_name(card.pinnedDigest) in {"string", "null"}
}

card_lists(card) if {
	is_array(card.problems)
	is_array(card.models)
	count([1 | some id in card.models; is_string(id)]) == count(card.models)
}

whole_namespace if is_null(input.cluster.namespace)

whole_namespace if {
	is_string(input.cluster.namespace.name)
	is_object(input.cluster.namespace.labels)
}
