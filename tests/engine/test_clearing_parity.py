"""Sorted limits and running sums clear as the definition does."""

from __future__ import annotations

import pytest

from tests.engine.plain_clearing import first_difference


@pytest.mark.parametrize("books", [1_500, pytest.param(100_000, marks=pytest.mark.full)])
def test_random_books_clear_as_by_definition(books: int) -> None:
    assert first_difference(books, seed=1) is None
