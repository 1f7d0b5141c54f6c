"""Hints that lie, with everything that follows computed from the lie: one check refuses each.

Where `test_settle_forged` changes inputs, here the prover's own arithmetic is wrong: a fee or a
premium off by one, an outcome turned round. The rest of the witness agrees with the lie, so what
breaks is the one check that the hint has, by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass

import pytest

from prover.inputs import path_inputs
from tests.circuits.batches import PARAMS, Case
from tests.circuits.cases import (
    NAME,
    bared,
    capped,
    concentrated,
    crossed,
    dear,
    expired,
    halted,
    later,
    lost,
    opened,
    outside,
    overdrawn,
    poor,
    quoted,
    quoted_short,
    ripening,
    spent,
    stale,
    stuck,
    traded,
    uncertified,
    unwound,
    willing,
)
from tests.circuits.deployed import deployed, needs_native
from tests.circuits.test_settle_forged import Inputs, fill
from undertow.engine.clock import advance_clock
from undertow.protocol.layout import LEVELS
from undertow.protocol.params import NO_FUNDING
from undertow.protocol.sheet import UNDERLYINGS
from undertow.protocol.units import Money

pytestmark = needs_native
Values = Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lie:
    """What is falsified, inputs to agree with it, and the check that must break."""

    case: Callable[[], Case]
    about: Mapping[str, Callable[[Values], int]]
    """Signals, from `main`, and what the liar says of them, given the honest values."""
    check: str
    agree: tuple[Callable[[Inputs, Case], None], ...] = ()


def turned(name: str) -> Mapping[str, Callable[[Values], int]]:
    """Turn the answer of a comparison round."""
    return {f"{name}.out": lambda values: 1 - values[f"main.{name}.out"]}


def shifted(name: str, by: int, bits: int) -> Mapping[str, Callable[[Values], int]]:
    """Move the quotient of a division by 2^bits."""
    hint = f"{name}.remainder"
    return {hint: lambda values: values[f"main.{hint}"] - by * (1 << bits)}


def moved(name: str, by: int) -> Mapping[str, Callable[[Values], int]]:
    """Move a signal that follows from others."""
    return {name: lambda values: values[f"main.{name}"] + by}


def divided(name: str, by: int) -> Mapping[str, Callable[[Values], int]]:
    """Move a quotient, with the remainder that agrees."""
    quotient, rest, den = (f"{name}.{part}" for part in ("quotient", "remainder", "den"))
    return {
        quotient: lambda values: values[f"main.{quotient}"] + by,
        rest: lambda values: values[f"main.{rest}"] - by * values[f"main.{den}"],
    }


def borrowed(name: str, at: int) -> Mapping[str, Callable[[Values], int]]:
    """Take two of one bit and a borrow of the next: the sum stays."""
    low, high = f"{name}.bits[{at}]", f"{name}.bits[{at + 1}]"
    return {
        low: lambda values: values[f"main.{low}"] + 2,
        high: lambda values: values[f"main.{high}"] - 1,
    }


def buying_side(inputs: Inputs, case: Case) -> None:
    inputs["side"][0] = 1


def buying_second(inputs: Inputs, case: Case) -> None:
    inputs["side"][1] = 1


CLOCK = 8
"""In the bus of the windows; what is used of its cell comes after it."""
SLOT = "done.slot[0]"
JUDGE = f"{SLOT}.JudgeOrder"
CURRENT, UNEXPIRED, AFFORDABLE = (f"{JUDGE}.NonNegative#{i}" for i in range(3))
AT_ASK, OWN_SIDE, REMAINS = (f"{JUDGE}.ChooseSide.NonNegative#{i}" for i in range(3))
SOLVENT, SAFER, FREE, MAINTAINED = (f"{JUDGE}.MayTrade.NonNegative#{i}" for i in range(4))
ACCEPTS = f"{SLOT}.clear.NonNegative#0"
WITHIN = "clear.clear[0].NonNegative#0"
GROWS = "HouseMayGrow.NonNegative"
QUOTE = "clear.clear[0].QuoteFlow#0"
PRICED, HALTS = "clear.lane[0].priced", "AdvanceMarkets.advance[0].halts"
STANDS = "AdvanceMarkets.advance[0].StandOrMove.after.row"
PREMIUM, DUE = f"{QUOTE}.FloorDivide", f"{QUOTE}.MoveSkew.FloorDivide"
BOUND, LARGER = f"{QUOTE}.MoveSkew.Smaller.NonNegative", f"{QUOTE}.MoveSkew.NonNegative"
REACH, TURNED = (f"clear.clear[0].Smaller#{i}.NonNegative" for i in range(2))
REFUND, GRID = (f"clear.clear[0].OpenSupply.FloorShift#{i}" for i in range(2))
SHARE = "clear.clear[0].FloorShift"
FUND = "AdvanceUnderlyings.AdvanceFunding[0]"
PAID = f"{FUND}.FundingIndex.FloorShift"
PART, STEPS = (f"{FUND}.Accrual.FloorDivide#{i}" for i in range(2))
ACTIVE, FALLS, REACHES = (f"{FUND}.FundingRamp.NonNegative#{i}" for i in range(3))
LEARNS, NO_MARK = f"{FUND}.learns", f"{FUND}.IsZero#0.out"
LOT = "PriceLots.lot[0]"
LAG = f"{FUND}.FundingRamp.FloorDivide"
STEP, HOUSE_STEP = "PriceUnits.unit[0].step", "PriceSheet.sheet[0].step"
PER_SQUARE = f"{SLOT}.OpenHoldings.concentrated[0]"
CONCENTRATED = f"{JUDGE}.TradeHoldings.concentrated"
WORD = f"{SLOT}.read.opened.Bits"
HOUSE_PART = "clear.clear[0].NetFlowShare.FloorDivide"
CONFIRM, BOTH = f"{SLOT}.ConfirmFill", f"{SLOT}.EncryptBoth"
CONFIRMED = f"{CONFIRM}.confirmation"
VEST = f"{SLOT}.Vest"
RIPENED = f"{VEST}.FloorDivide"


def fee(slot: int) -> str:
    return f"done.slot[{slot}].filled.FeeOf.FloorShift"


CONFIRMATIONS = {
    "house's part one lower": Lie(case=traded, about=divided(HOUSE_PART, -1), check=HOUSE_PART),
    "house's part one higher": Lie(case=traded, about=divided(HOUSE_PART, 1), check=HOUSE_PART),
    "a fill called none": Lie(
        case=traded, about=turned(f"{CONFIRM}.IsZero"), check=f"{CONFIRM}.IsZero"
    ),
    "nothing filled, but told the price": Lie(
        case=overdrawn, about=turned(f"{CONFIRM}.IsZero"), check=f"{CONFIRM}.IsZero"
    ),
    "second word under another pad": Lie(
        case=traded, about=moved(f"{BOTH}.confirmed", 1), check=f"{BOTH}.confirmed"
    ),
    **{
        f"{field} told one higher": Lie(
            case=traded, about=moved(f"{CONFIRMED}.{field}", 1), check=CONFIRMED
        )
        for field in ("share", "index", "premium")
    },
}
"""Of the second word; its fee is the wire of the fill's."""
LIES = {
    **CONFIRMATIONS,
    "fee one lower": Lie(case=traded, about=shifted(fee(0), -1, 4), check=fee(0)),
    "fee one higher": Lie(case=traded, about=shifted(fee(1), 1, 4), check=fee(1)),
    "fee on a touch": Lie(case=traded, about=shifted(fee(2), -1, 4), check=fee(2)),
    "premium one lower": Lie(case=traded, about=divided(PREMIUM, -1), check=PREMIUM),
    "premium one higher": Lie(case=traded, about=divided(PREMIUM, 1), check=PREMIUM),
    "pool one lower": Lie(case=traded, about=divided(DUE, -1), check=DUE),
    "pool one higher": Lie(case=traded, about=divided(DUE, 1), check=DUE),
    "share of the pool one lower": Lie(case=traded, about=shifted(SHARE, -1, 8), check=SHARE),
    "share of the pool one higher": Lie(case=traded, about=shifted(SHARE, 1, 8), check=SHARE),
    "refund one higher": Lie(case=unwound, about=shifted(REFUND, 1, 3), check=REFUND),
    "refund without its bound": Lie(case=unwound, about=turned(BOUND), check=BOUND),
    "a growth called an unwinding": Lie(case=later, about=turned(LARGER), check=LARGER),
    "more flow than its cap": Lie(case=traded, about=turned(REACH), check=REACH),
    "more on the other side than its cap": Lie(case=traded, about=turned(TURNED), check=TURNED),
    "a finer grid": Lie(case=traded, about=shifted(GRID, -1, 5), check=GRID),
    "a coarser grid": Lie(case=traded, about=shifted(GRID, 1, 5), check=GRID),
    "funding one lower": Lie(case=later, about=shifted(PAID, -1, 57), check=PAID),
    "funding one higher": Lie(case=later, about=shifted(PAID, 1, 57), check=PAID),
    "a skew called small": Lie(case=later, about=turned(ACTIVE), check=ACTIVE),
    "a rate called negative": Lie(case=later, about=turned(FALLS), check=FALLS),
    "a rate called at its largest": Lie(case=later, about=turned(REACHES), check=REACHES),
    "the way to the largest rate shorter": Lie(case=capped, about=divided(LAG, -1), check=LAG),
    "the way to the largest rate longer": Lie(case=capped, about=divided(LAG, 1), check=LAG),
    "accrual one step lower": Lie(case=later, about=divided(STEPS, -1), check=STEPS),
    "accrual one step higher": Lie(case=later, about=divided(STEPS, 1), check=STEPS),
    "finer steps": Lie(case=later, about=divided(PART, -1), check=PART),
    "coarser steps": Lie(case=later, about=divided(PART, 1), check=PART),
    "a loss called none": Lie(
        case=lost, about=turned(f"{VEST}.NonNegative"), check=f"{VEST}.NonNegative"
    ),
    "ripe that is no longer there": Lie(
        case=ripening,
        about=turned(f"{VEST}.Smaller#0.NonNegative"),
        check=f"{VEST}.Smaller#0.NonNegative",
    ),
    "ripe before its time": Lie(
        case=ripening,
        about=turned(f"{VEST}.Smaller#1.NonNegative"),
        check=f"{VEST}.Smaller#1.NonNegative",
    ),
    "one unit more ripe": Lie(case=ripening, about=divided(RIPENED, 1), check=RIPENED),
    "one unit less ripe": Lie(case=ripening, about=divided(RIPENED, -1), check=RIPENED),
    "shock one lower": Lie(case=traded, about=moved(STEP, -1), check=STEP),
    "shock of the house one lower": Lie(case=traded, about=moved(HOUSE_STEP, -1), check=HOUSE_STEP),
    "concentration one lower": Lie(case=traded, about=moved(PER_SQUARE, -1), check=PER_SQUARE),
    "concentration one higher": Lie(case=traded, about=moved(PER_SQUARE, 1), check=PER_SQUARE),
    "concentration left out, filled": Lie(
        case=concentrated,
        about={CONCENTRATED: lambda values: 0},
        agree=(fill(0, 90), buying_side),
        check=CONCENTRATED,
    ),
    "beyond margin, called solvent": Lie(
        case=overdrawn, about=turned(SOLVENT), agree=(fill(0, 90), buying_side), check=SOLVENT
    ),
    "beyond margin, called safer": Lie(
        case=overdrawn, about=turned(SAFER), agree=(fill(0, 90), buying_side), check=SAFER
    ),
    "a hedge at initial margin, called below it": Lie(
        case=opened, about=turned(FREE), agree=(fill(0, 90, 1),), check=FREE
    ),
    "left with less than maintenance, called maintained": Lie(
        case=bared,
        about=turned(MAINTAINED),
        agree=(fill(0, 90, 1), buying_second),
        check=MAINTAINED,
    ),
    "outside its limit, filled": Lie(
        case=outside, about=turned(ACCEPTS), agree=(fill(0, 5),), check=ACCEPTS
    ),
    "within its limit, left out": Lie(
        case=willing, about=turned(ACCEPTS), agree=(fill(0, -5),), check=ACCEPTS
    ),
    "willing, but called rationed": Lie(
        case=willing, about=turned(WITHIN), agree=(fill(0, -2), buying_side), check=WITHIN
    ),
    "stale nonce, filled": Lie(
        case=stale, about=turned(CURRENT), agree=(fill(0, 5),), check=CURRENT
    ),
    "expired, filled": Lie(
        case=expired, about=turned(UNEXPIRED), agree=(fill(0, 5),), check=UNEXPIRED
    ),
    "halted, filled": Lie(
        case=halted, about={PRICED: lambda values: 1}, agree=(fill(0, 3),), check=PRICED
    ),
    "holder of a halted instrument, called free": Lie(
        case=stuck,
        about={f"{SLOT}.HoldsHalted.none": lambda values: 1},
        agree=(fill(0, 6, 1),),
        check=f"{SLOT}.HoldsHalted",
    ),
    "halted, but the market advances": Lie(
        case=halted, about={HALTS: lambda values: 0}, agree=(fill(0, 3),), check=HALTS
    ),
    "halted, with another depth in its row": Lie(
        case=halted,
        about={f"{STANDS}.kappa": lambda values: values[f"main.{STANDS}.kappa"] + 1},
        check="StandOrMove",
    ),
    "a halted mark called a price": Lie(
        case=halted, about={LEARNS: lambda values: 1}, check=LEARNS
    ),
    "a lot's mark that is no multiple of its unit's": Lie(
        case=traded, about={LOT: lambda values: values[f"main.{LOT}"] + 1}, check=LOT
    ),
    "a mark called none, so no time passes": Lie(
        case=later, about={NO_MARK: lambda values: 1}, check=NO_MARK
    ),
    "fee above its cap, filled": Lie(
        case=dear, about=turned(AFFORDABLE), agree=(fill(0, 5),), check=AFFORDABLE
    ),
    "spent, with a negative rest": Lie(case=spent, about=turned(REMAINS), check=SLOT),
    "a quote's refused bid, called its ask": Lie(
        case=quoted_short, about=turned(AT_ASK), check=AT_ASK
    ),
    "a quote's ask at its limit, called its bid": Lie(
        case=quoted, about=turned(AT_ASK), agree=(fill(0, -20),), check=AT_ASK
    ),
    "the other side's order, called its own": Lie(
        case=crossed, about=turned(OWN_SIDE), agree=(fill(0, 15),), check=OWN_SIDE
    ),
    "poor house takes new skew": Lie(
        case=poor, about=turned(GROWS), agree=(fill(0, 5),), check=GROWS
    ),
    "digit of the order that is no bit": Lie(
        case=traded, about=borrowed(WORD, 121), agree=(fill(0, -50),), check=f"{WORD}.bits[12"
    ),
}


@pytest.mark.parametrize("case", [traded, later, overdrawn])
def test_without_a_lie_the_witness_is_the_calculators(case: Callable[[], Case]) -> None:
    inputs = case().job().inputs
    assert deployed(NAME).witness(inputs) == deployed(NAME).calculated(inputs)


def liar(lie: Lie, inputs: Inputs, case: Case) -> list[int]:
    """Return the witness of a lie, with the paths of later slots led to the lie's leaves.

    What the funding clock keeps of a lie about funding goes on with it, too.
    """
    circuit = deployed(NAME)
    honest = circuit.values(inputs)
    lies = {f"main.{name}": say(honest) for name, say in lie.about.items()}
    values = circuit.values(inputs, lies)
    before = case.before.safety
    taken = [Money(values[f"main.guard.time.moved[{u}].out"]) for u in range(UNDERLYINGS)]
    cells = [(rule or NO_FUNDING).cell for rule in PARAMS.funding]
    clock, used = advance_clock(before.clock, before.used, taken, cells)
    inputs["steps"] = clock - before.clock
    inputs["newWindows"][CLOCK:] = [clock, *used]
    tree = case.before.tree.copy()
    for slot, index in enumerate(inputs["index"]):
        inputs["children"][slot] = path_inputs(tree, index)[:LEVELS]
        tree.update(index, values[f"main.done.slot[{slot}].touch.leaf"])
    return circuit.witness(inputs, lies)


@pytest.mark.parametrize("name", LIES)
def test_a_lie_breaks_the_check_of_its_hint_alone(name: str) -> None:
    lie = LIES[name]
    case = uncertified(lie.case())
    inputs = deepcopy(case.job().inputs)
    for change in lie.agree:
        change(inputs, case)
    honest = deployed(NAME).witness(case.job().inputs)
    broken = deployed(NAME).broken(liar(lie, inputs, case), honest)
    assert broken
    for signals in broken:
        assert any(lie.check in signal for signal in signals), signals
