"""Templates of a new rule: the rule, its test and its cases, as they pass `policy lint` and `policy test`."""
