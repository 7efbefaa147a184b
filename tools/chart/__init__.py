"""The chart's generated files, and how it is rendered without a cluster."""
