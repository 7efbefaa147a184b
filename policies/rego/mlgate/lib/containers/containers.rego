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
#   An image of the platform as the platform starts it: with a command of its own it may do anything, so anybody
#   could name such an image to be left alone.
of_platform(container) if {
	container.command == []
	addresses.under_any(addresses.repository(container.image), settings.value.supplyChain.platformImages)
}
