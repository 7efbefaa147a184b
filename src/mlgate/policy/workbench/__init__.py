"""The workbench: what a policy author is told about a policy before it judges anything."""
