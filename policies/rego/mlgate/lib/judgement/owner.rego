package mlgate.lib.judgement

import data.mlgate.lib.addresses
import data.mlgate.lib.containers
import data.mlgate.lib.facts

# METADATA
# title: covered_by_owner
# description: |
#   The owner was judged and this object adds nothing to it: no model, no volume, no pod setting and no
#   container but those the platform itself injects.
default covered_by_owner := false

covered_by_owner if {
	facts.owner_gated
	input.workload.owner.podSettingsEqual == true
	every model in input.workload.models {
		model.inOwner == true
	}
	every volume in input.workload.volumes {
		volume.inOwner == true
	}
	every container in input.workload.containers {
		vouched_for(container)
	}
}

vouched_for(container) if container.inOwner == true

vouched_for(container) if {
	containers.of_platform(container)
	not container.securityContext.privileged == true
}

# METADATA
# title: inherited
# description: |
#   The candidate is about a part that stands in the gated owner as well, so the owner answers for it.
inherited(candidate) if {
	facts.owner_gated
	part_of_something(candidate)
	not added(candidate)
	not vouched_by_none(candidate)
}

# Compared by the fields around a finding, so that many parts with many findings cost no more than each of them.
part_of_something(candidate) if {
	some field in addresses.around(candidate.path)
	field in part_fields
}

part_of_something(candidate) if candidate.model in owned_models

added(candidate) if {
	some field in addresses.around(candidate.path)
	field in added_fields
}

vouched_by_none(candidate) if candidate.code in always_judged

owned_models contains model.id if {
	some model in input.workload.models
	model.inOwner == true
}

part_fields contains part.path if some part in parts

added_fields contains part.path if {
	some part in parts
	not part.inOwner == true
}

parts := array.concat(
	array.concat(input.workload.models, input.workload.containers),
	input.workload.volumes,
)
