"""Batches of the safety table as a circuit takes them, from random venues of the engine's tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from prover.safety_inputs import anywhere, high_bits, holdings, idle, windows, wrap
from tests.engine.safety_paths import Holder, Path
from undertow.crypto.field import to_field
from undertow.engine.certificate import Line
from undertow.engine.maintenance import shocks
from undertow.engine.safety import is_clean, read
from undertow.protocol.cells import Cells
from undertow.protocol.grid import COARSE, Grid
from undertow.protocol.safety_table import SafetyTable, empty_table
from undertow.protocol.units import Money, UnitPrice

Inputs = dict[str, Any]
SLOTS = 3
JUMP = 200
SOURCE = """
include "../../../circuits/safety.circom";
template SafetyBatch(slots, stepBits, cellBits) {
    signal input z;
    signal input word[RING_WORDS(cellBits)];
    signal input newWord[RING_WORDS(cellBits)];
    input Windows() before;
    input Windows() after;
    signal input price[UNDERLYINGS()];
    signal input indexBefore[UNDERLYINGS()];
    signal input index[UNDERLYINGS()];
    signal input cell[UNDERLYINGS()];
    signal input shock[UNDERLYINGS()];
    signal input steps;
    signal input anywhere[RINGS()];
    signal input clean;
    signal input idle[RINGS()];
    signal input sound;
    signal input jump;
    input Holdings() held[slots];
    signal input cash[slots];
    signal input cellsBefore[slots];
    signal input cellsAfter[slots];
    signal input high[slots][UNDERLYINGS()][EDGE_WIDTH(stepBits) - cellBits];
    signal input wrap[slots];
    signal output oldHash;
    signal output newHash;

    component open = OpenTable(stepBits, cellBits);
    open.z <== z;
    open.word <== word;
    open.before <== before;
    open.after <== after;
    open.price <== price;
    open.indexBefore <== indexBefore;
    open.index <== index;
    open.cell <== cell;
    open.shock <== shock;
    open.steps <== steps;
    open.anywhere <== anywhere;
    open.jump <== jump;
    oldHash <== open.hash;
    component slot[slots];
    var moved = 0;
    for (var s = 0; s < slots; s++) {
        slot[s] = Recertify(stepBits, cellBits);
        slot[s].by <== open.by;
        slot[s].power <== open.power;
        slot[s].held <== held[s];
        slot[s].cash <== cash[s];
        slot[s].old <== Bits(CELLS_WIDTH())(cellsBefore[s]);
        slot[s].after <== cellsAfter[s];
        slot[s].step <== open.step;
        slot[s].touches <== 0;
        slot[s].equity <== 0;
        slot[s].charge <== 0;
        slot[s].hints.high <== high[s];
        slot[s].hints.wrap <== wrap[s];
        slot[s].hints.keeps <== 0;
        slot[s].hints.owes <== 0;
        slot[s].hints.loses <== 0;
        slot[s].hints.dust <== 0;
        slot[s].hints.side <== [0, 0];
        _ <== slot[s].taken;
        _ <== slot[s].shares;
        moved += slot[s].term;
    }
    newHash <== CloseTable(stepBits, cellBits)(z, word, newWord, before, after, open.rowHot,
        open.bound, moved, clean, idle, sound, open.steady);
}
component main = SafetyBatch(%d, %d, %d);
"""


def source(grid: Grid = COARSE, slots: int = SLOTS) -> str:
    """Return the circuit of batches of so many slots."""
    return SOURCE % (slots, grid.step_bits, grid.cell_bits)


def bits(number: int, width: int) -> list[int]:
    """Return a number's bits, low first."""
    return [number >> i & 1 for i in range(width)]


def ends(cells: Cells, grid: Grid) -> tuple[list[list[int]], list[int]]:
    """Return the edges' and the expiry's End."""
    width = grid.cell_bits
    first = [*bits(cells.first, width), int(cells.first_above), int(cells.first_ends)]
    second = [*bits(cells.second, width), int(cells.second_above), int(cells.second_ends)]
    return [first, second], [*bits(cells.expiry, width), int(cells.is_bad), int(cells.expires)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One slot: an account's cells before, and what it has and is certified of afterwards."""

    before: Cells
    after: Cells
    line: Line
    cash: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyCase:
    """One batch with what the engine says of it."""

    before: SafetyTable
    opened: SafetyTable
    """Before the touches."""
    after: SafetyTable
    prices: tuple[UnitPrice, ...]
    indices_before: tuple[Money, ...]
    indices: tuple[Money, ...]
    quota: tuple[Money, ...]
    shock: tuple[int, ...]
    turns: tuple[Turn, ...]
    clean: bool

    def inputs(self, z: int = 0x1234567) -> Inputs:
        """Return the circuit's inputs of an honest prover."""
        grid = self.before.grid
        return {
            "z": z,
            "word": self.before.ring_words(),
            "newWord": self.after.ring_words(),
            "before": windows(self.before),
            "after": windows(self.after),
            "price": self.prices,
            "indexBefore": [to_field(index) for index in self.indices_before],
            "index": [to_field(index) for index in self.indices],
            "cell": self.quota,
            "shock": self.shock,
            "steps": self.after.clock - self.before.clock,
            "anywhere": anywhere(self.before, self.opened),
            "clean": int(self.clean),
            "idle": idle(self.after),
            "sound": 1,
            "jump": JUMP,
            "held": [holdings(turn.line.held) for turn in self.turns],
            "cash": [to_field(turn.cash) for turn in self.turns],
            "cellsBefore": [turn.before.pack() for turn in self.turns],
            "cellsAfter": [turn.after.pack() for turn in self.turns],
            "high": [high_bits(read(turn.after, self.opened), grid) for turn in self.turns],
            "wrap": [wrap(turn.after, self.opened) for turn in self.turns],
        }


def batches(seed: int, count: int, grid: Grid = COARSE, slots: int = SLOTS) -> Iterator[SafetyCase]:
    """Yield batches of one venue, each slot a trade, a takeover or a touch."""
    path = Path(seed)
    path.table = empty_table(grid)
    for _ in range(count):
        before, indices = path.table, tuple(path.indices)
        path.move()
        path.shift_windows()
        opened, turns = path.table, []
        for _ in range(slots):
            turns.append(_turn(path, _next(path)))
        clean = is_clean(before, path.table, house_is_sound=True, jump=JUMP)
        path.check()
        yield SafetyCase(
            before=before,
            opened=opened,
            after=path.table,
            prices=tuple(path.prices),
            indices_before=indices,
            indices=tuple(path.indices),
            quota=tuple(path.quota),
            shock=shocks(path.params),
            turns=tuple(turns),
            clean=clean,
        )


def _next(path: Path) -> Holder:
    """Return somebody, more often one whose certificate has ended."""
    due = [holder for holder in path.holders if path.due(holder)]
    return path.draw.choice(due if due and path.draw.random() < 0.9 else path.holders)


def _turn(path: Path, holder: Holder) -> Turn:
    before = holder.cells
    if path.draw.random() < 0.3:
        path.take(holder)
    elif path.draw.random() < 0.8:
        path.trade(holder)
    path.touch(holder)
    return Turn(before=before, after=holder.cells, line=path.line(holder), cash=holder.cash)
