"""Admission: the API server's question as it arrives, and the answer as it leaves."""
