"""Accounts as bytes, and the map that shares pages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import ACCOUNTS
from undertow.crypto import native
from undertow.crypto.babyjubjub import Point
from undertow.protocol.account import ACCOUNT_BYTES, WORDS, Account, leaves
from undertow.protocol.accounts import Accounts
from undertow.protocol.errors import AccountRangeError

INDICES = st.sampled_from([0, 1, 1023, 1024, 5000, (1 << 24) - 1])
PLAIN = Account(Point(1, 2), 3)


@given(ACCOUNTS)
def test_bytes_and_back(account: Account) -> None:
    data = account.to_bytes()
    assert len(data) == ACCOUNT_BYTES
    assert Account.from_bytes(data) == account


@pytest.mark.parametrize("at", range(WORDS))
def test_numbers_out_of_range_are_refused(at: int) -> None:
    words = PLAIN.words()
    words[at] = (1 << 256) - 1
    with pytest.raises(AccountRangeError):
        Account.from_bytes(native.words(words))
    with pytest.raises(AccountRangeError):
        Account.from_bytes(PLAIN.to_bytes()[:-1])


@settings(max_examples=10, deadline=None)
@given(st.lists(ACCOUNTS, max_size=10))
def test_leaves_together_are_leaves_singly(accounts: list[Account]) -> None:
    assert leaves(accounts) == [account.leaf() for account in accounts]


@given(st.lists(st.dictionaries(INDICES, st.integers(0, 9), max_size=4), max_size=5), st.booleans())
def test_the_map_is_a_dictionary_that_keeps_its_past(
    history: list[dict[int, int]], packed: bool
) -> None:
    accounts = Accounts()
    plain: dict[int, Account] = {}
    past = []
    for changes in history:
        new = {index: replace(PLAIN, nonce=nonce) for index, nonce in changes.items()}
        plain = {**plain, **new}
        accounts = accounts.with_accounts(
            {index: account.to_bytes() for index, account in new.items()} if packed else new
        )
        past.append((accounts, plain))
    for kept, expected in past:
        assert dict(kept) == expected
        assert len(kept) == len(expected)
        assert all(kept.packed(index) == expected[index].to_bytes() for index in expected)
        assert all((index in kept) == (index in expected) for index in (0, 1, 1024, 77, "x"))
    with pytest.raises(KeyError):
        accounts[77]
