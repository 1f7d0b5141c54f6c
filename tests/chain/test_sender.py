"""Nothing is sent twice: over crashes, replacements, nodes that are behind, reorganisations."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account

from tests.chain.node import DEPLOYMENT
from tests.chain.pool import Pool
from undertow.chain.errors import (
    ChainError,
    ChainUnreachableError,
    RefusedSendError,
    RevertedError,
    WrongAnswerError,
)
from undertow.chain.fees import GWEI, LARGEST_FEE, LARGEST_GAS
from undertow.chain.send_journal import SendJournal
from undertow.chain.sender import PATIENCE_SECONDS, RAISE_SECONDS, Sender
from venue.local import chain_key

TO = DEPLOYMENT.settlement
ACCOUNT = Account.from_key(chain_key(0))


class Call:
    """A contract's call."""

    def __init__(self, data: str) -> None:
        self.data = data

    def build_transaction(self, fields: dict[str, Any]) -> dict[str, Any]:
        return {**fields, "to": TO, "data": self.data}


class Time:
    """Passes when somebody sleeps; a block comes every so many sleeps."""

    def __init__(self, pool: Pool, every: int = 3) -> None:
        self.now, self._pool, self._every, self._slept = 0.0, pool, every, 0

    def sleep(self, seconds: float) -> None:
        self.now += max(seconds, 1.0)
        self._slept += 1
        if self._every and self._slept % self._every == 0:
            self._pool.mine()


def sender(pool: Pool, journal: SendJournal | None = None, every: int = 3) -> Sender:
    time = Time(pool, every)
    return Sender(
        pool,  # type: ignore[arg-type]
        ACCOUNT,
        31337,
        journal or SendJournal(None),
        lambda: time.now,
        time.sleep,
    )


def datas(pool: Pool) -> list[str]:
    return [entry["data"] for entry in pool.mined]


def test_gas_is_what_was_estimated_with_a_margin_and_a_bound() -> None:
    pool = Pool()
    sender(pool).send(Call("0x01"))
    assert pool.mined[0]["gas"] == 125_000
    pool.gas = LARGEST_GAS - 1
    sender(pool).send(Call("0x02"))
    assert pool.mined[1]["gas"] == LARGEST_GAS
    pool.gas = LARGEST_GAS + 1
    with pytest.raises(WrongAnswerError, match="above the bound"):
        sender(pool).send(Call("0x03"))


def test_what_would_be_refused_is_not_sent() -> None:
    pool = Pool()
    pool.refuses = "BatchPending"
    with pytest.raises(RevertedError, match="BatchPending"):
        sender(pool).send(Call("0x01"))
    assert pool.sent == []


def test_a_fee_rises_while_nothing_is_mined() -> None:
    pool = Pool()
    with pytest.raises(ChainUnreachableError, match="not known to be mined"):
        sender(pool, every=0).send(Call("0x01"))
    assert len(pool.sent) == 1 + int(PATIENCE_SECONDS // RAISE_SECONDS)
    assert len(pool.waiting) == 1
    assert pool.waiting[0]["fee"] > 3 * GWEI * 1.12**2


def test_a_fee_has_a_bound() -> None:
    pool = Pool()
    pool.base_fee = LARGEST_FEE
    with pytest.raises(ChainUnreachableError, match="above the bound of 2000"):
        sender(pool).send(Call("0x01"))
    assert pool.sent == []


def test_a_base_fee_that_rises_before_it_arrives_is_met() -> None:
    pool = Pool()
    pool.before["eth_sendRawTransaction"] = lambda: setattr(pool, "base_fee", 9 * GWEI)
    sender(pool).send(Call("0x01"))
    assert pool.mined[0]["fee"] >= 9 * GWEI


def test_what_another_process_left_is_replaced_until_the_node_takes_it() -> None:
    """Underpriced again and again, and one transaction in the end."""
    pool = Pool()
    pool.base_fee = 20 * GWEI
    sender(pool, every=1).send(Call("0x00"))
    with pytest.raises(ChainUnreachableError):
        sender(pool, every=0).send(Call("0x01"))
    pool.base_fee = GWEI
    assert sender(pool).send(Call("0x02"))["status"] == 1
    assert datas(pool) == ["00", "02"]


def test_after_a_crash_the_same_call_goes_on(tmp_path: Path) -> None:
    pool, path = Pool(), tmp_path / "sends.sqlite"

    def crash() -> None:
        raise KeyboardInterrupt

    pool.before["eth_getTransactionReceipt"] = crash
    with pytest.raises(KeyboardInterrupt):
        sender(pool, SendJournal(path)).send(Call("0x01"))
    assert len(pool.waiting) == 1
    sender(pool, SendJournal(path)).send(Call("0x01"))
    assert datas(pool) == ["01"]
    assert len(set(pool.sent)) == 1


def test_a_crash_before_the_node_saw_it_sends_it_once(tmp_path: Path) -> None:
    pool, path = Pool(), tmp_path / "sends.sqlite"

    def crash() -> None:
        raise KeyboardInterrupt

    pool.before["eth_sendRawTransaction"] = crash
    with pytest.raises(KeyboardInterrupt):
        sender(pool, SendJournal(path)).send(Call("0x01"))
    assert pool.waiting == {}
    sender(pool, SendJournal(path)).send(Call("0x01"))
    assert datas(pool) == ["01"]


def test_after_a_crash_another_call_takes_its_place(tmp_path: Path) -> None:
    pool, path = Pool(), tmp_path / "sends.sqlite"
    with pytest.raises(ChainUnreachableError):
        sender(pool, SendJournal(path), every=0).send(Call("0x01"))
    sender(pool, SendJournal(path)).send(Call("0x02"))
    assert datas(pool) == ["02"]
    assert pool.waiting == {}


def test_what_was_mined_meanwhile_is_followed_by_the_next_number(tmp_path: Path) -> None:
    pool, path = Pool(), tmp_path / "sends.sqlite"
    with pytest.raises(ChainUnreachableError):
        sender(pool, SendJournal(path), every=0).send(Call("0x01"))
    pool.before["eth_sendRawTransaction"] = pool.mine
    sender(pool, SendJournal(path)).send(Call("0x02"))
    assert datas(pool) == ["01", "02"]


def test_already_known_is_as_good_as_sent() -> None:
    pool, journal = Pool(), SendJournal(None)
    with pytest.raises(ChainUnreachableError):
        sender(pool, journal, every=0).send(Call("0x01"))
    sender(pool, journal, every=1).send(Call("0x01"))
    assert datas(pool) == ["01"]


def test_a_number_that_is_gone_without_a_receipt_is_not_sent_again() -> None:
    """A node that is behind, or somebody with the same key: a deposit must not be made twice."""
    pool, journal = Pool(), SendJournal(None)
    pool.hides_receipts = True
    with pytest.raises(ChainUnreachableError, match="not sent again with another number"):
        sender(pool, journal).send(Call("0x01"))
    assert datas(pool) == ["01"]
    pool = Pool()
    other = sender(pool, SendJournal(None))

    def first() -> None:
        other.send(Call("0xff"))

    pool.before["eth_sendRawTransaction"] = first
    with pytest.raises(ChainUnreachableError, match="not sent again with another number"):
        sender(pool, SendJournal(None)).send(Call("0x01"))
    assert datas(pool) == ["ff"]


def test_a_receipt_that_vanishes_is_waited_for_again() -> None:
    pool = Pool()
    receipts: list[int] = []

    def reorganise() -> None:
        receipts.append(pool.count)
        if pool.count:
            pool.revert()
        else:
            pool.before["eth_getTransactionReceipt"] = reorganise

    pool.before["eth_getTransactionReceipt"] = reorganise
    receipt = sender(pool).send(Call("0x01"))
    assert 1 in receipts
    assert datas(pool) == ["01"]
    assert receipt["blockNumber"] > 1
    assert len(set(pool.sent)) == 1


def test_a_receipt_of_a_block_that_was_left_behind_does_not_count() -> None:
    pool = Pool()
    honest = pool._eth_getTransactionReceipt
    stale: list[dict[str, Any]] = []

    def lagging(digest: str) -> dict[str, Any] | None:
        found = honest(digest)
        if found is not None and not stale:
            stale.append({**found, "blockHash": "0x" + "77" * 32})
            return stale[0]
        return found

    pool._eth_getTransactionReceipt = lagging  # type: ignore[method-assign]
    receipt = sender(pool).send(Call("0x01"))
    assert stale
    assert receipt["blockHash"].to_0x_hex() != stale[0]["blockHash"]


def test_the_same_call_again_is_another_transaction() -> None:
    pool, journal = Pool(), SendJournal(None)
    one = sender(pool, journal)
    assert one.send(Call("0x01"))["transactionHash"] != one.send(Call("0x01"))["transactionHash"]
    assert datas(pool) == ["01", "01"]
    # A node whose count is behind must not pass the old receipt off as the new one's.
    pool._eth_getTransactionCount = lambda address, block: "0x1"  # type: ignore[method-assign]
    with pytest.raises(WrongAnswerError, match="fewer transactions of this account than"):
        one.send(Call("0x01"))
    assert datas(pool) == ["01", "01"]


def test_a_damaged_journal_is_named(tmp_path: Path) -> None:
    path = tmp_path / "sends.sqlite"
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(ChainError, match=r"journal of sends .*sends.sqlite cannot be used"):
        SendJournal(path)


def test_a_huge_base_fee_that_a_node_once_named_keeps_nobody_silent(tmp_path: Path) -> None:
    """What was signed then is above what may replace it: it is mined, and then the next call."""
    pool, path = Pool(), tmp_path / "sends.sqlite"
    pool.base_fee = 980 * GWEI
    with pytest.raises(ChainUnreachableError):
        sender(pool, SendJournal(path), every=0).send(Call("0x01"))
    pool.base_fee = GWEI
    assert sender(pool, SendJournal(path)).send(Call("0x02"))["status"] == 1
    assert datas(pool) == ["01", "02"]


def spike(pool: Pool, path: Path, fee: int) -> None:
    """A call is signed while the chain asks more than the account can pay."""
    pool.funds, pool.base_fee = 125_000 * 100 * GWEI, fee
    with pytest.raises(RefusedSendError, match="insufficient funds"):
        sender(pool, SendJournal(path)).send(Call("0x01"))
    pool.base_fee = GWEI


@pytest.mark.parametrize("fee", [200 * GWEI, 980 * GWEI])
@pytest.mark.parametrize("data", ["01", "02"])
def test_after_a_spike_that_nobody_could_pay_calls_cost_what_is_asked(
    tmp_path: Path, fee: int, data: str
) -> None:
    """The same call as well as another one; 980 gwei is above what may be replaced."""
    pool, path = Pool(), tmp_path / "sends.sqlite"
    spike(pool, path, fee)
    assert sender(pool, SendJournal(path)).send(Call(f"0x{data}"))["status"] == 1
    assert datas(pool) == [data]
    assert pool.mined[0]["fee"] == 3 * GWEI


def test_what_waits_after_a_spike_is_replaced_by_a_little_more(tmp_path: Path) -> None:
    """By more than what waits, not by more than what was refused."""
    pool, path = Pool(), tmp_path / "sends.sqlite"
    spike(pool, path, 200 * GWEI)
    with pytest.raises(ChainUnreachableError):
        sender(pool, SendJournal(path), every=0).send(Call("0x01"))
    assert sender(pool, SendJournal(path)).send(Call("0x02"))["status"] == 1
    assert datas(pool) == ["02"]
    assert pool.mined[0]["fee"] < 6 * GWEI


def test_what_a_node_refused_and_mined_after_all_is_noticed(tmp_path: Path) -> None:
    """Another node had it: it takes the number of what replaced it, and is not sent again."""
    pool, path = Pool(), tmp_path / "sends.sqlite"
    spike(pool, path, 200 * GWEI)
    (dear,) = pool.refused

    def mine() -> None:
        pool.waiting[0] = dear
        pool.mine()

    pool.before["eth_sendRawTransaction"] = mine
    assert sender(pool, SendJournal(path)).send(Call("0x02"))["status"] == 1
    assert datas(pool) == ["01", "02"]


def test_a_raise_that_the_account_cannot_pay_leaves_what_waits() -> None:
    pool = Pool()
    pool.funds = 125_000 * 3 * GWEI
    assert sender(pool, every=40).send(Call("0x01"))["status"] == 1
    assert len(pool.refused) == 1
    assert datas(pool) == ["01"]


def test_another_calls_revert_is_not_this_ones(tmp_path: Path) -> None:
    pool, path = Pool(), tmp_path / "sends.sqlite"
    with pytest.raises(ChainUnreachableError):
        sender(pool, SendJournal(path), every=0).send(Call("0x01"))
    pool.before["eth_sendRawTransaction"] = pool.mine
    pool.reverts = {"01"}
    assert sender(pool, SendJournal(path)).send(Call("0x02"))["status"] == 1
    pool.reverts = {"03"}
    with pytest.raises(RevertedError, match="was reverted"):
        sender(pool, SendJournal(path)).send(Call("0x03"))
    assert datas(pool) == ["01", "02", "03"]


def test_a_request_given_again_at_another_fee_goes_on(tmp_path: Path) -> None:
    """What a request pays moves with the base fee; the request is the same."""
    pool, path = Pool(), tmp_path / "sends.sqlite"
    with pytest.raises(ChainUnreachableError):
        sender(pool, SendJournal(path), every=0).send(Call("0x01"), 1000, once=True)
    pool.before["eth_sendRawTransaction"] = pool.mine
    receipt = sender(pool, SendJournal(path)).send(Call("0x01"), 1010, once=True)
    assert receipt["status"] == 1
    assert datas(pool) == ["01"]


def test_a_request_that_was_mined_after_its_command_gave_up_is_not_sent_again(
    tmp_path: Path,
) -> None:
    pool, path = Pool(), tmp_path / "sends.sqlite"
    with pytest.raises(ChainUnreachableError):
        sender(pool, SendJournal(path), every=0).send(Call("0x01"), 1000, once=True)
    pool.mine()
    assert sender(pool, SendJournal(path)).send(Call("0x0a"))["status"] == 1
    receipt = sender(pool, SendJournal(path)).send(Call("0x01"), 1010, once=True)
    assert receipt["transactionHash"].to_0x_hex() in pool.sent
    assert datas(pool) == ["01", "0a"]
    # Once it was heard, whoever says the same means another one.
    sender(pool, SendJournal(path)).tell(Call("0x01"))
    sender(pool, SendJournal(path)).send(Call("0x01"), 1010, once=True)
    assert datas(pool) == ["01", "0a", "01"]


def test_a_request_that_is_mined_while_its_command_is_given_again_is_one(tmp_path: Path) -> None:
    for step in ("TransactionCount", "TransactionReceipt"):
        pool, path = Pool(), tmp_path / f"{step}.sqlite"
        with pytest.raises(ChainUnreachableError):
            sender(pool, SendJournal(path), every=0).send(Call("0x01"), once=True)
        one = sender(pool, SendJournal(path))
        answer = getattr(pool, f"_eth_get{step}")

        def late(*asked: str, pool: Pool = pool, answer: Any = answer) -> Any:
            found = answer(*asked)
            if not pool.mined:
                pool.mine()
            return found

        setattr(pool, f"_eth_get{step}", late)
        one.send(Call("0x01"), once=True)
        assert datas(pool) == ["01"]


def test_a_request_whose_end_a_node_hides_is_not_sent_again(tmp_path: Path) -> None:
    pool, path = Pool(), tmp_path / "sends.sqlite"
    pool.hides_receipts = True
    for _ in range(3):
        with pytest.raises(ChainUnreachableError, match="not sent again"):
            sender(pool, SendJournal(path)).send(Call("0x01"), once=True)
    pool.hides_receipts = False
    sender(pool, SendJournal(path)).send(Call("0x01"), once=True)
    assert datas(pool) == ["01"]


def test_a_request_that_was_replaced_or_reverted_is_sent_again(tmp_path: Path) -> None:
    pool, path = Pool(), tmp_path / "sends.sqlite"
    with pytest.raises(ChainUnreachableError):
        sender(pool, SendJournal(path), every=0).send(Call("0x01"), once=True)
    sender(pool, SendJournal(path)).send(Call("0x02"))
    pool.reverts = {"01"}
    with pytest.raises(ChainUnreachableError):
        sender(pool, SendJournal(path), every=0).send(Call("0x01"), once=True)
    pool.mine()
    sender(pool, SendJournal(path)).send(Call("0x03"))
    with pytest.raises(RevertedError, match="was reverted"):
        sender(pool, SendJournal(path)).send(Call("0x01"), once=True)
    assert datas(pool) == ["02", "01", "03", "01"]


def test_a_journal_of_sends_alone_is_read_on(tmp_path: Path) -> None:
    """What is in it was told, as far as anybody knows."""
    pool, path = Pool(), tmp_path / "sends.sqlite"
    sender(pool, SendJournal(path)).send(Call("0x01"))
    with sqlite3.connect(path) as database:
        database.execute("DROP TABLE untold")
    sender(pool, SendJournal(path)).send(Call("0x01"), once=True)
    assert datas(pool) == ["01", "01"]
