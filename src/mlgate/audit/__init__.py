"""What was decided, by which policy, about whom: the record an auditor reads."""
