"""Callers who want no answer, only to hold on to a server or to flood it."""
