"""What the comments of the shipped settings say."""

from __future__ import annotations

from mlgate.policy.workbench.setting_notes import setting_notes

TEXT = """# About the file.

# About the group.
first:
  # What it means,
  # in two lines.
  name: [a]
  other: 1
  # Of a map.
  map:
    # Not of a setting.
    name: 2

second:
  # Of the second.
  name: 3
"""


def test_a_comment_belongs_to_the_setting_right_under_it() -> None:
    assert setting_notes(TEXT) == {
        "first.name": "What it means, in two lines.",
        "first.map": "Of a map.",
        "second.name": "Of the second.",
    }
