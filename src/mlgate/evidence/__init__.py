"""Finds the evidence a workload points at: cards, approvals, waivers and cluster facts.

Only `gather` is called from outside. It never judges and never raises for a source that fails:
found, missing, invalid and unavailable are four facts, and policy decides what each is worth.
"""
