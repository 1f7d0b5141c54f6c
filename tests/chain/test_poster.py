"""What a liar sends a poster spoils nothing: the oracle of a real chain takes what is left."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from eth_account import Account

from undertow.chain import reporter
from undertow.chain.anvil import Anvil
from undertow.chain.chain import Chain
from undertow.chain.contracts import Close, Contracts
from undertow.chain.deploy import Plan, deploy
from undertow.chain.errors import RevertedError
from undertow.chain.reporter import Report
from undertow.chain.terms import LOCAL
from undertow.crypto.babyjubjub import BASE8
from undertow.errors import UndertowError
from undertow.protocol.params import MINIMAL
from undertow.protocol.units import MicroUsd, UnitPrice
from venue.local import chain_key
from venue.markets import LOCAL_GROUP

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
SPOT = MicroUsd(60_000_000_000)
SIGNERS, LIAR, STRANGER = range(1, 5), 4, 5
G1 = [1, 2]
G2 = [
    11559732032986387107991004021392285783925812861821192530917403151452391805634,
    10857046999023057135944570762232829481370756359578518086990519993285655852781,
    4082367875863433681332203403145435568316851327593401208105741076214120093531,
    8495653923123431417604973247489272438418190587263600148770280649306958101930,
]
DELTA = [
    14583779054894525174450323658765874724019480979794335525732096752006891875705,
    18029695676650738226693292988307914797657423701064905010927197838374790804409,
    11474861747383700316476719153975578001603231366361248090558603872215261634898,
    2140229616977736810657479771656733941598412651537078903776637920509952744750,
]
KEY = [*G1, *G2, *G2, *DELTA, *G1 * 4]
"""Points of the curves: nothing is proved here."""


@pytest.fixture(scope="module")
def contracts() -> Iterator[Contracts]:
    """A venue on a chain of its own, with a closed set that waits for its price."""
    with Anvil(accounts=6) as anvil:
        chain = Chain(anvil.url, chain_key(0))
        plan = Plan(
            preset=MINIMAL,
            group=LOCAL_GROUP,
            operator_key=BASE8,
            signers=[Account.from_key(chain_key(i)).address for i in SIGNERS],
            keys=(KEY, KEY, KEY),
            key_origins=("dev",) * 3,
            terms=LOCAL,
        )
        venue = Contracts(chain, deploy(chain, plan))
        parent = venue.view().last_id
        venue.close(Close(set_root=1, number=1, parent=parent, not_after=chain.time + 1_000))
        first = venue.price_point(1, chain.time)
        chain.node.ask("evm_setNextBlockTimestamp", [first])
        chain.node.ask("evm_mine", [])
        yield venue


@pytest.fixture(autouse=True)
def _undone(contracts: Contracts) -> Iterator[None]:
    """Each test finds the set without its price, and the chain's time as it was."""
    node = contracts.chain.node
    snapshot = node.ask("evm_snapshot", [])
    yield
    node.ask("evm_revert", [snapshot])


def moment(contracts: Contracts) -> int:
    return contracts.price_point(1, contracts.chain.time)


def prices(spot: int = SPOT, without: bool = False) -> tuple[UnitPrice, ...]:
    return LOCAL_GROUP.prices(MicroUsd(spot), LOCAL_GROUP.unit if without else ())


def report(contracts: Contracts, signer: int, spot: int = SPOT, **change: Any) -> Report:
    time = moment(contracts) + change.pop("later", 0)
    return reporter.sign(contracts.deployment, chain_key(signer), time, prices(spot, **change))


def honest(contracts: Contracts) -> list[Report]:
    return [report(contracts, i) for i in SIGNERS if i != LIAR]


def signed(contracts: Contracts, word: int) -> Report:
    """A liar's report of a word that is no prices."""
    message = reporter._message(contracts.deployment, moment(contracts), word)
    signature = Account.from_key(chain_key(LIAR)).sign_message(message).signature
    return Report(time=moment(contracts), word=word, signature=bytes(signature))


def twin(made: Report) -> Report:
    """The same signature with the higher s, which anybody can make of the lower."""
    r, s, v = made.signature[:32], int.from_bytes(made.signature[32:64], "big"), made.signature[64]
    return replace(made, signature=r + (ORDER - s).to_bytes(32, "big") + bytes([55 - v]))


def ending(made: Report, last: bytes) -> Report:
    return replace(made, signature=made.signature[:64] + last)


def with_r(made: Report, r: int) -> Report:
    return replace(made, signature=r.to_bytes(32, "big") + made.signature[32:])


def with_s(made: Report, s: int) -> Report:
    return replace(made, signature=made.signature[:32] + s.to_bytes(32, "big") + b"\x1b")


LIES: dict[str, Callable[[Contracts], Report]] = {
    "high s": lambda c: twin(report(c, LIAR)),
    "an honest one's twin": lambda c: twin(report(c, 1)),
    "v is 0 or 1": lambda c: ending(report(c, LIAR), bytes([report(c, LIAR).signature[64] - 27])),
    "v of a chain's": lambda c: ending(report(c, LIAR), bytes([report(c, LIAR).signature[64] + 8])),
    "v is 29": lambda c: ending(report(c, LIAR), b"\x1d"),
    "no v": lambda c: ending(report(c, LIAR), b""),
    "more than v": lambda c: ending(report(c, LIAR), b"\x1b\x00"),
    "no signature": lambda c: replace(report(c, LIAR), signature=b""),
    "r is 0": lambda c: with_r(report(c, LIAR), 0),
    "r is of the field": lambda c: with_r(report(c, LIAR), ORDER),
    "r is everything": lambda c: with_r(report(c, LIAR), (1 << 256) - 1),
    "s is 0": lambda c: with_s(report(c, LIAR), 0),
    "somebody unknown": lambda c: report(c, STRANGER),
    "a moment later": lambda c: report(c, LIAR, later=60),
    "a moment of its own": lambda c: replace(report(c, LIAR), time=1 << 70),
    "a moment before all": lambda c: replace(report(c, LIAR), time=-1),
    "signed for another moment": lambda c: replace(report(c, LIAR, later=60), time=moment(c)),
    "bits of no price": lambda c: signed(c, 1 << 52),
    "more than a word": lambda c: replace(report(c, LIAR), word=1 << 256),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_what_the_oracle_would_refuse_is_left_out(
    contracts: Contracts, lie: Callable[[Contracts], Report]
) -> None:
    told = honest(contracts)
    for place in (0, 2, 3):
        given = [*told[:place], lie(contracts), *told[place:]]
        shown = post_once(contracts, given)
        assert sorted(one.signature for one in shown) == sorted(one.signature for one in told)


def post_once(contracts: Contracts, given: Sequence[Report]) -> list[Report]:
    """Post, look at what is recorded, and undo it."""
    node = contracts.chain.node
    snapshot = node.ask("evm_snapshot", [])
    shown = reporter.post(contracts, 1, moment(contracts), given)
    (pending,) = contracts.view().pending
    assert pending.round is not None
    assert pending.round.time == moment_of(shown)
    assert pending.round.prices == prices()
    assert pending.round.halted == 0
    node.ask("evm_revert", [snapshot])
    return shown


def moment_of(reports: Sequence[Report]) -> int:
    (time,) = {one.time for one in reports}
    return time


def test_of_a_signers_reports_one_counts_in_whatever_order_they_came(contracts: Contracts) -> None:
    """The one with the most prices, for a zero can only halt; then one that all posters choose."""
    near, far = report(contracts, LIAR, SPOT), report(contracts, LIAR, SPOT + SPOT // 200)
    partly = report(contracts, LIAR, 2 * SPOT, without=True)
    given = [*honest(contracts), partly, near, far, near]
    for seed in range(8):
        random.Random(seed).shuffle(given)
        shown = reporter.admissible(contracts.deployment, near.time, given, lambda _: True)
        assert len(shown) == 4
        assert far in shown
    shown = post_once(contracts, given)
    assert far in shown


def test_a_signer_that_says_two_things_halts_nothing(contracts: Contracts) -> None:
    """With one honest signer who cannot price a market, every backer is needed."""
    partly = report(contracts, 1, without=True)
    silent = report(contracts, LIAR, without=True)
    told = [partly, report(contracts, 2), report(contracts, 3), silent, report(contracts, LIAR)]
    post_once(contracts, told)


def test_reports_of_nobody_make_no_price(contracts: Contracts) -> None:
    for given in ([], [report(contracts, STRANGER)], [report(contracts, 1, later=60)]):
        with pytest.raises(UndertowError, match="by one of the oracle's signers"):
            reporter.post(contracts, 1, moment(contracts), given)
    with pytest.raises(RevertedError, match="QuorumMissing"):
        reporter.post(contracts, 1, moment(contracts), honest(contracts)[:2])


def test_a_real_node_says_a_view_in_two_round_trips(
    contracts: Contracts, monkeypatch: pytest.MonkeyPatch
) -> None:
    node, post, sizes = contracts.chain.node, contracts.chain.node._post, []

    def counted(method: str, content: bytes) -> tuple[int, bytes]:
        asked = json.loads(content)
        sizes.append(len(asked) if isinstance(asked, list) else 1)
        return post(method, content)

    known = contracts.view()
    node.ask("evm_mine", [])
    monkeypatch.setattr(node, "_post", counted)
    view = contracts.view(known)
    assert (sizes, view) == ([1, 14], replace(known, block=view.block))
    monkeypatch.setattr(node, "_apart", 1)
    assert contracts.view() == view
    assert sizes[2:] == [1] * 14
