"""What an object tells its servers outside of their containers: command lines, settings, variables.

It counts like a container's own words, in a container that nobody lists. Which one of the object's it is told
to is settled when it runs, so that paths are looked up in the mounts of each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mlgate.workloads.commands.invocation import Told
from mlgate.workloads.configuration.settings import read_settings
from mlgate.workloads.models.fields import read_places
from mlgate.workloads.pods.loose_fields import read_words
from mlgate.workloads.pods.parts import Part
from mlgate.workloads.pods.slots import Slot
from mlgate.workloads.pods.views import View
from mlgate.workloads.pods.volumes import VolumeSlot
from mlgate.workloads.reading import Reader

Voice = tuple[Slot, tuple[VolumeSlot, ...], Told]
"""A container nobody lists, the volumes it can see, and what it is told."""


def told(reader: Reader, part: Part) -> Iterator[list[Voice]]:
    """What is told to a part, each in every view of the volumes of its object."""
    for slot, words in _told(reader, part):
        views = part.views or (View(),)
        yield [(replace(slot, mounts=view.mounts), view.volumes, words) for view in views]


def _told(reader: Reader, part: Part) -> Iterator[tuple[Slot, Told]]:
    component = part.component
    slot = Slot(part.id, "server", part.path, {})
    for variables in part.env:
        yield replace(slot, env=variables), Told()
    slot = replace(slot, env=tuple(var for variables in part.env for var in variables))
    lines = [
        (text, path)
        for pattern in component.commands
        for path, value in part.select(reader, pattern)
        for text in read_words(reader, value, path)
    ]
    if lines:
        yield slot, Told(tuple(lines), in_shell=True, is_line=True)
    known = read_places(part) if component.arguments else frozenset()
    for pattern in component.arguments:
        for path, value in part.select(reader, pattern):
            for words in read_settings(reader, value, path, known):
                yield slot, words


def with_voices(part: Part, voices: list[Voice]) -> Part:
    """The part with what it is told as containers beside its own."""
    slots = (*part.pod.slots, *(slot for slot, _, _ in voices))
    seen = tuple(volume for view in part.views for volume in view.volumes) if voices else ()
    return replace(part, pod=replace(part.pod, slots=slots, volumes=(*part.pod.volumes, *seen)))
