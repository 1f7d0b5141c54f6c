"""Text that came from outside, made safe to print.

A terminal obeys control characters: a matcher's or a node's message could move the cursor, rewrite
what stands above it or change what is shown of a line. `printable` leaves what a person reads and
writes everything else as its escape.
"""

from __future__ import annotations

LONGEST = 2_000
"""Characters of one text that are shown."""


def printable(text: object, longest: int = LONGEST) -> str:
    """Return a text as one line without anything that a terminal or a log reader obeys.

    What is not printable by Unicode (controls, separators of lines, marks of direction, surrogates)
    becomes its backslash escape; what is too long is cut.
    """
    shown = str(text)
    cut = shown[:longest]
    safe = "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in cut
    )
    return safe if len(shown) == len(cut) else f"{safe}..."
