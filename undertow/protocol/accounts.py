"""Accounts by index, as a map whose copies share what did not change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from undertow.protocol.account import Account

_PAGE_BITS = 8


class Accounts(Mapping[int, Account]):
    """An immutable map; a change copies the pages that it touches, 256 accounts each.

    An account read from a file stays packed until somebody asks for it, which keeps a million of
    them small and quick to load. Iteration is by page, then in the order of opening.
    """

    __slots__ = ("_pages", "_size")

    def __init__(self, accounts: Mapping[int, Account | bytes] | None = None) -> None:
        """Take accounts, packed or not; the packed ones must be `Account.to_bytes`."""
        self._pages: dict[int, dict[int, Account | bytes]] = {}
        self._size = 0
        if accounts:
            self._put(accounts)

    def __getitem__(self, index: int) -> Account:
        page = self._pages[index >> _PAGE_BITS]
        found = page[index]
        if isinstance(found, bytes):
            # Every map that shares the page reads the same account.
            found = page[index] = Account.from_bytes(found)
        return found

    def __contains__(self, index: object) -> bool:
        return isinstance(index, int) and index in self._pages.get(index >> _PAGE_BITS, ())

    def __iter__(self) -> Iterator[int]:
        return chain.from_iterable(self._pages.values())

    def __len__(self) -> int:
        return self._size

    def __repr__(self) -> str:
        return f"Accounts({self._size})"

    def packed(self, index: int) -> bytes:
        """Return an account as `Account.to_bytes` does; raises KeyError."""
        found = self._pages[index >> _PAGE_BITS][index]
        return found if isinstance(found, bytes) else found.to_bytes()

    def with_accounts(self, changes: Mapping[int, Account | bytes]) -> Accounts:
        """Return the map after changes; this one stays."""
        other = Accounts()
        other._pages, other._size = self._pages.copy(), self._size
        other._put(changes)
        return other

    def _put(self, changes: Mapping[int, Account | bytes]) -> None:
        own: set[int] = set()
        for index, account in changes.items():
            number = index >> _PAGE_BITS
            if number not in own:
                own.add(number)
                self._pages[number] = self._pages.get(number, {}).copy()
            page = self._pages[number]
            self._size += index not in page
            page[index] = account
