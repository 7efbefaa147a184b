# METADATA
# title: Containers
# description: Which containers of a workload are its author's, and which the platform adds.
package mlgate.lib.containers

import data.mlgate.lib.addresses
import data.mlgate.lib.present
import data.mlgate.lib.settings

# METADATA
# title: judged
# description: Containers that rules about images and hardening look at, all but those of the platform.
judged := [container |
	some container in present.list(input.workload, "containers")
	not of_platform(container)
]

# METADATA
# title: of_platform
# description: |
#   An image of the platform as the platform starts it. With a command or a hook of its own it may do anything, and
#   with more rights than the platform asks for it reaches the machine, so anybody could name such an image to be
#   left alone.
of_platform(container) if {
	container.command == []
	addresses.under_any(addresses.repository(container.image), settings.value.supplyChain.platformImages)
	is_array(container.hooks)
	every hook in container.hooks {
		hook in platform_hooks
	}
	object.get(container, ["securityContext", "privileged"], true) in {false, null}
	is_array(container.securityContext.capabilitiesAdd)
	every capability in container.securityContext.capabilitiesAdd {
		capability in platform_capabilities
	}
}

# With these a mesh keeps a pod waiting for its proxy.
platform_hooks := {
	"pilot-agent wait",
	"/usr/lib/linkerd/linkerd-await --timeout=2m --port=4191",
}

# With these the init container of a mesh turns the traffic of a pod to its proxy.
platform_capabilities := {"NET_ADMIN", "NET_RAW"}
