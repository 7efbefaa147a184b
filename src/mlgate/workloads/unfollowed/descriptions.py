"""How it is told what cannot be followed in a command."""

from __future__ import annotations

PIPED = "runs what another command prints, which the reader cannot follow"
ALIAS = "gives a program another name, which the reader does not follow"
NAMED = "runs a program that is named elsewhere"
ARGUMENTS = "takes arguments from elsewhere, which the reader cannot know"
INSTALLED = "installs code from a place of its own, which can replace the server"
FOREIGN = "runs code that the reader does not know how to read"
GIVEN = "gives a program of the image what the reader cannot look into"
BROKEN = "is no line of a shell that the reader understands"
DEEP = "starts programs by programs by programs, deeper than is read"
Told = tuple[str, str]
