"""Text from outside: whatever it is, it is one line that no terminal obeys."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from undertow.printable import LONGEST, printable


@given(st.text(st.characters(codec=None), max_size=200))
def test_nothing_is_left_that_a_terminal_obeys(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable()
    assert shown.isascii() or any(not char.isascii() for char in text)


def test_what_a_person_reads_stays_and_the_rest_is_escaped() -> None:
    assert printable("Zürich, 100 € at 3.5 %") == "Zürich, 100 € at 3.5 %"
    assert printable("a\x1b[31mb\r\nc\u202ed\x9be\u2028\x00") == (
        "a\\x1b[31mb\\r\\nc\\u202ed\\x9be\\u2028\\x00"
    )
    assert printable(ValueError("\x07")) == "\\x07"
    assert printable("x" * (LONGEST + 1)) == "x" * LONGEST + "..."
