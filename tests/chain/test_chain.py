"""A node cannot move a transaction to another chain."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from undertow.chain.chain import Chain
from venue.local import chain_key


class Call:
    """A contract's call that shows what it would be sent with."""

    abi: tuple[()] = ()

    def build_transaction(self, fields: dict[str, Any]) -> None:
        raise LookupError(fields)


def test_the_first_id_that_a_node_named_is_signed() -> None:
    named = iter((31337, 1))

    class Eth:
        @property
        def chain_id(self) -> int:
            return next(named)

        def get_transaction_count(self, address: str) -> int:
            return 7

    chain = Chain("http://127.0.0.1:1", chain_key(0))
    chain.web3 = SimpleNamespace(eth=Eth())  # type: ignore[assignment]
    assert chain.chain_id == 31337
    with pytest.raises(LookupError) as caught:
        chain.send(Call())
    assert caught.value.args[0]["chainId"] == 31337
