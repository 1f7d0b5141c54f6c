"""The queue's file: a restart reads what came since; nothing that is wrong with it does harm."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.chain.node import DEPLOYMENT
from undertow.chain import queue
from undertow.chain.chain import Block, Chain
from undertow.chain.errors import WrongAnswerError
from undertow.chain.peaks import Peaks
from undertow.chain.queue import QueueReader
from undertow.chain.queue_entry import Entry
from undertow.chain.queue_file import QueueFile
from undertow.protocol.request import Kind, Request
from venue.bench.memory_node import MemoryNode, served

VAULT = DEPLOYMENT.vault
FIRST, END = 7, 12_000
"""The vault's block, and where the chain is when the operator stops."""
STEP = 1_000
"""Blocks between two looks."""


WORD = f"{Request(Kind.DEPOSIT, 1, 1_000_100).word():064x}"
OTHER = f"{Request(Kind.DEPOSIT, 2, 1_000_100).word():064x}"
"""Of the first request, and what a liar makes of it."""


class Watched:
    """A node with a request in every hundredth block, and what was asked of it."""

    def __init__(self) -> None:
        self.node = MemoryNode(1, FIRST)
        self.asked: list[int] = []
        self.hidden = False
        """Whether it leaves out all logs."""
        self.peaks = Peaks()
        self.lying = False
        """Whether it tells of somebody else's account in the first request."""

    @property
    def count(self) -> int:
        return len(self.peaks)

    def grow(self, head: int) -> None:
        for block in range(self.node.head + 1, head + 1):
            if block % 100 == 0:
                request = Request(Kind.DEPOSIT, 1, 1_000_000 + block)
                entry = Entry(request=request, time=block, fee=9, payer="0x" + "11" * 20)
                names = ("word", "keyX", "keyY", "time", "fee", "payer")
                said = {"number": self.count, **dict(zip(names, entry.words(), strict=True))}
                self.node.emit("Vault", VAULT, block, "RequestQueued", said)
                self.peaks.push(entry.leaf())
        self.node.head = head
        self.node.put_peaks(VAULT, self.peaks)

    def answer(self, asked: dict[str, Any]) -> tuple[int, bytes]:
        if asked["method"] == "eth_getLogs":
            fields = asked["params"][0]
            self.asked.append(int(fields["fromBlock"], 16))
            if self.hidden:
                result = {"jsonrpc": "2.0", "id": asked["id"], "result": []}
                return 200, json.dumps(result).encode()
        status, body = self.node.answer(asked)
        if self.lying:
            body = body.replace(WORD.encode(), OTHER.encode())
        return status, body


@pytest.fixture
def watched() -> Watched:
    return Watched()


Started = Callable[[], QueueReader]


@pytest.fixture
def start(watched: Watched, tmp_path: Path) -> Iterator[Started]:
    """A process's own reader, on the one file."""
    with served(watched.answer) as url:
        file = QueueFile(tmp_path / "queue.json", VAULT.lower())
        yield lambda: QueueReader(Chain(url), VAULT, FIRST, file)


def read(watched: Watched, reader: QueueReader) -> None:
    reader.read(newest(watched), watched.count)


def newest(watched: Watched) -> Block:
    block = watched.node.result("eth_getBlockByNumber", ["latest"])
    return Block(int(block["number"], 16), block["hash"], int(block["timestamp"], 16))


def followed(watched: Watched, reader: QueueReader, end: int = END) -> None:
    while watched.node.head < end:
        watched.grow(min(watched.node.head + STEP, end))
        read(watched, reader)


def test_a_restart_reads_what_came_since(watched: Watched, start: Started) -> None:
    before = start()
    followed(watched, before)
    watched.asked.clear()
    after = start()
    read(watched, after)
    assert len(after.entries) == watched.count == END // 100
    assert (after.entries, after.peaks) == (before.entries, before.peaks)
    since = END - queue.WRITE_BLOCKS - STEP - queue.DEPTH
    assert watched.asked
    assert min(watched.asked) > since


def test_what_is_written_lies_below_the_reorganisation(watched: Watched, start: Started) -> None:
    followed(watched, start())
    watched.node.forked, watched.node.branch = END - queue.DEPTH, 1
    watched.asked.clear()
    read(watched, start())
    assert min(watched.asked) > FIRST


def test_a_deeper_reorganisation_is_read_from_the_beginning(
    watched: Watched, start: Started
) -> None:
    followed(watched, start())
    watched.node.forked, watched.node.branch = FIRST, 1
    watched.asked.clear()
    reader = start()
    read(watched, reader)
    assert min(watched.asked) == FIRST
    assert len(reader.entries) == watched.count


def with_digest(text: str) -> str:
    """A wrong value under a digest that fits."""
    whole = json.loads(text)
    content = json.dumps(whole["content"], sort_keys=True)
    return json.dumps({**whole, "digest": hashlib.sha256(content.encode()).hexdigest()})


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda _: "",
        lambda _: "[]",
        lambda text: text.replace("undertow queue 1", "undertow queue 0"),
        lambda text: text.replace('"0x', '"0x0', 1),
        lambda text: with_digest(text.replace(', 9, "0x1111', ', -9, "0x1111', 1)),
        lambda text: with_digest(text.replace(', 9, "0x1111', ', "9", "0x1111', 1)),
        lambda text: text.replace(VAULT.lower(), "0x" + "00" * 20),
    ],
)
def test_a_damaged_file_is_passed_over(
    damage: Callable[[str], str], watched: Watched, start: Started, tmp_path: Path
) -> None:
    followed(watched, start())
    path = tmp_path / "queue.json"
    path.write_text(damage(path.read_text()))
    reader = start()
    read(watched, reader)
    assert len(reader.entries) == watched.count


def test_a_file_that_leads_astray_is_given_up(
    watched: Watched, start: Started, tmp_path: Path
) -> None:
    """A node in league with nobody told one request too few when the file was written."""
    followed(watched, start())
    file = QueueFile(tmp_path / "queue.json", VAULT.lower())
    known = file.load()
    assert known is not None
    block, entries = known
    file.save(block, entries[:-1])
    reader = start()
    for _ in range(queue.PATIENCE):
        with pytest.raises(WrongAnswerError, match="leaves out requests"):
            read(watched, reader)
    read(watched, reader)
    assert len(reader.entries) == watched.count


def test_a_node_that_lied_once_is_not_believed_again(watched: Watched, start: Started) -> None:
    reader = start()
    watched.lying = True
    watched.grow(1_000)
    with pytest.raises(WrongAnswerError, match="does not hold"):
        read(watched, reader)
    watched.lying = False
    followed(watched, reader)
    assert reader.entries[0].request.account == 1


def test_a_file_of_as_many_other_entries_is_given_up(
    watched: Watched, start: Started, tmp_path: Path
) -> None:
    followed(watched, start())
    file = QueueFile(tmp_path / "queue.json", VAULT.lower())
    known = file.load()
    assert known is not None
    block, entries = known
    other = replace(entries[7], time=(1 << 64) - 1)
    file.save(block, [*entries[:7], other, *entries[8:]])
    reader = start()
    with pytest.raises(WrongAnswerError, match="does not hold"):
        read(watched, reader)
    read(watched, reader)
    assert len(reader.entries) == watched.count
    assert reader.entries[7] == entries[7]


def test_a_file_that_is_wrong_and_stays_is_not_read_again(
    watched: Watched, start: Started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed(watched, start())
    file = QueueFile(tmp_path / "queue.json", VAULT.lower())
    known = file.load()
    assert known is not None
    file.save(known[0], [known[1][1], *known[1][1:]])
    monkeypatch.setattr(Path, "unlink", refused)
    reader = start()
    with pytest.raises(WrongAnswerError, match="does not hold"):
        read(watched, reader)
    read(watched, reader)
    assert len(reader.entries) == watched.count


def refused(*_: object, **__: object) -> None:
    raise PermissionError("the folder is read-only")


def test_a_node_that_lags_once_costs_no_reading_anew(watched: Watched, start: Started) -> None:
    reader = start()
    followed(watched, reader)
    watched.grow(END + 100)
    watched.hidden = True
    with pytest.raises(WrongAnswerError, match="leaves out requests"):
        read(watched, reader)
    watched.hidden = False
    watched.asked.clear()
    read(watched, reader)
    assert min(watched.asked) > FIRST
    assert len(reader.entries) == watched.count


def test_a_disk_that_is_full_stops_nobody(watched: Watched, start: Started, tmp_path: Path) -> None:
    (tmp_path / "queue.json").mkdir()
    reader = start()
    followed(watched, reader, 10_000)
    assert len(reader.entries) == watched.count
