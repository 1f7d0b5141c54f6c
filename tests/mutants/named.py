"""Faults by name that the rules' tests must notice: file, code, what stands there instead, name."""

from __future__ import annotations

ACCRUAL = "undertow/engine/accrual.py"
FUNDING = "undertow/engine/funding.py"
LOTS = "undertow/engine/lots.py"
MARKETS = "undertow/engine/markets.py"
PRICE = "undertow/engine/price.py"
CLEARING = "undertow/engine/clearing.py"
MARGIN = "undertow/engine/margin.py"
HOUSE = "undertow/engine/house.py"
ORDER = "undertow/engine/authorities/order.py"
FILL = "undertow/engine/fill.py"
FEES = "undertow/engine/fees.py"
REQUESTS = "undertow/engine/requests.py"
SPREAD = "undertow/engine/spread.py"
SHEET = "undertow/protocol/sheet.py"
TERMS = "undertow/engine/terms.py"
UNDERLYING = "undertow/protocol/underlying.py"
VESTING = "undertow/engine/vesting.py"
TRANSITION = "undertow/engine/transition.py"
GUARD = "undertow/engine/guard.py"
INTEREST = "undertow/engine/interest.py"
JUDGE = "undertow/engine/judge.py"
SOUNDNESS = "undertow/engine/soundness.py"
TAKEOVER = "undertow/engine/takeover.py"

NAMED = (
    (FUNDING, "end = rate + sign * run", "end = rate", "rate never moves"),
    (
        FUNDING,
        "target, run = sign * bound, steepness * seconds",
        "target, run = sign * bound, steepness",
        "rate ignores time",
    ),
    (FUNDING, "steepness, bound = rule.decay, 0", "steepness, bound = 0, 0", "rate never decays"),
    (FUNDING, "(rate + end) * seconds", "(2 * end) * seconds", "index not the mean"),
    (FUNDING, " - sign * lag", "", "largest rate from the start"),
    (FUNDING, "area * mark", "-area * mark", "funding paid the wrong way"),
    (
        FUNDING,
        "params.market(i).units * market.skew",
        "market.skew",
        "skew in lots and not in units",
    ),
    (
        MARKETS,
        "Money(units * underlyings[number].index)",
        "underlyings[number].index",
        "a lot pays one unit's funding",
    ),
    (FUNDING, "seconds if mark else 0", "seconds", "a rate rises before there is a mark"),
    (FUNDING, "    if is_price:\n", "    if True:\n", "a mark that is no price teaches variance"),
    (MARKETS, "not halted >> number & 1", "not halted & 1", "the first one's halt is everybody's"),
    (
        FUNDING,
        "        if underlying(i) == number\n",
        "        if i == 8 * number\n",
        "skew of one perpetual alone",
    ),
    (
        LOTS,
        "params.market(i).units * prices[underlying(i)]",
        "prices[underlying(i)]",
        "a lot costs one unit",
    ),
    (LOTS, "prices[underlying(i)]", "prices[0]", "every lot is of the first underlying"),
    (LOTS, "each = (1 << EACH) - 1", "each = 1", "one perpetual alone is halted"),
    (
        ACCRUAL,
        "index // (step << MONEY_BITS) * step",
        "-(-index // (step << MONEY_BITS)) * step",
        "accrual rounded up",
    ),
    (
        FUNDING,
        "replace(after, accrual=accrual(after.index, mark))",
        "after",
        "accrual never moves",
    ),
    (
        UNDERLYING,
        "self.funding >> FUNDING_BITS - MONEY_BITS",
        "self.funding >> FUNDING_BITS - MONEY_BITS - 1",
        "funding twice as large",
    ),
    (
        SPREAD,
        "return before.variance - ((forgotten - learnt) >>",
        "return before.variance - (0 * (forgotten - learnt) >>",
        "variance never moves",
    ),
    (
        SPREAD,
        "(moved << RETURN_BITS) // before",
        "(moved << RETURN_BITS) // price",
        "return over the new price",
    ),
    (
        SPREAD,
        "before.variance * min(seconds, 1 << VARIANCE_TIME_BITS)",
        "before.variance << VARIANCE_TIME_BITS",
        "every batch forgets as much",
    ),
    (SPREAD, "min(seconds, 1 << VARIANCE_TIME_BITS)", "seconds", "a gap forgets all"),
    (SPREAD, " or seconds == 0:", ":", "what costs no time teaches variance"),
    (SPREAD, "rule.spread_base + ", "", "a still price has no spread"),
    (SPREAD, "    deviation += deviation", "    deviation += 0 * deviation", "root rounded down"),
    (
        PRICE,
        "(supply.spread if flow > 0 else -supply.spread)",
        "supply.spread",
        "sellers are paid the spread",
    ),
    (
        PRICE,
        "(supply.spread if flow > 0 else -supply.spread)",
        "(supply.spread if flow * supply.skew >= 0 else 0)",
        "who unwinds pays no spread",
    ),
    (
        PRICE,
        "    wanted = (variance * params.depth_per_variance) >> _DEPTH_SHIFT\n",
        "    wanted = 0\n",
        "depth ignores variance",
    ),
    (
        PRICE,
        "return Kappa(ceil_div(price * coefficient, 2))",
        "return Kappa(ceil_div(price * coefficient, 1))",
        "depth doubled",
    ),
    (PRICE, "market.kappa >> RATCHET_SHIFT", "market.kappa >> 1", "ratchet falls by half"),
    (
        PRICE,
        "min(params.skew_cap, Lots(abs(market.skew) + params.flow_cap)) if grows",
        "params.skew_cap if grows",
        "flow without a cap",
    ),
    (
        PRICE,
        "Money(-min(freed, supply.refund * abs(flow)))",
        "Money(-freed)",
        "refund without a bound",
    ),
    (
        PRICE,
        "back = min(supply.pool, supply.refund * abs(before))",
        "back = supply.pool",
        "refund without a bound where the skew turns round",
    ),
    (
        PRICE,
        "(_grown(supply, after) * supply.keep >> KEEP_BITS)",
        "_grown(supply, after)",
        "pool takes all that builds the skew",
    ),
    (
        PRICE,
        "abs(flow) * supply.grid)",
        "abs(flow)) // supply.grid",
        "premium rounded towards users on the grid",
    ),
    (
        TRANSITION,
        " + clearing.kept",
        "",
        "house's share is nobody's",
    ),
    (
        CLEARING,
        "return price <= limit if order.size > 0 else price >= limit",
        "return price < limit if order.size > 0 else price > limit",
        "limit strict",
    ),
    (MARGIN, "INITIAL_FACTOR = 80", "INITIAL_FACTOR = 64", "factor 64/64"),
    (MARGIN, "ADD_ON_FACTOR = 65", "ADD_ON_FACTOR = 64", "no room for a step of the grid"),
    (
        MARGIN,
        "(FACTOR_ONE * clock_cells(book, sheet) << MONEY_SHIFT)",
        "0",
        "no room for a cell of the clock",
    ),
    (
        MARGIN,
        "counted = min(equity(book, sheet), book.settled + profit_cap)",
        "counted = equity(book, sheet)",
        "no profit cap",
    ),
    (
        MARGIN,
        "if left >= _LEAST_ROOM or left >= held:",
        "if left >= _LEAST_ROOM:",
        "exit below margin refused",
    ),
    (
        MARGIN,
        "abs(lots) * entry.contingency",
        "lots * entry.contingency",
        "contingency signed",
    ),
    (
        MARGIN,
        "return held < _LEAST_ROOM and reduces(before, after) and is_maintained(after, sheet)",
        "return False",
        "no hedge below initial margin is taken apart",
    ),
    (
        MARGIN,
        "return held < _LEAST_ROOM and reduces(before, after)",
        "return reduces(before, after)",
        "a hedge opens what maintenance margins",
    ),
    (
        MARGIN,
        "reduces(before, after) and is_maintained(after, sheet)",
        "reduces(before, after)",
        "a reduction leaves less than maintenance",
    ),
    (
        HOUSE,
        "HOUSE_STEPS = SHOCK_STEPS * 3 // 2",
        "HOUSE_STEPS = SHOCK_STEPS",
        "house not shocked more",
    ),
    (
        HOUSE,
        "        equity -= market.skew * entry.value\n",
        "",
        "house equity without its positions",
    ),
    (
        HOUSE,
        "lots = max(params.market(i).skew_cap, abs(market.skew))",
        "lots = abs(market.skew)",
        "house margin at present skew only",
    ),
    (
        ORDER,
        "order.fee_cap < terms.params.taker_fee",
        "order.fee_cap < terms.params.maker_fee",
        "fee cap against the maker fee",
    ),
    (
        ORDER,
        "(left * position > 0 or abs(left) > abs(position))",
        "(left * position > 0)",
        "reduce-only may flip",
    ),
    (
        ORDER,
        "    fee = fee_of(left, mark, terms.params.taker_fee)\n",
        "    fee = Money(0)\n",
        "margin without the fee",
    ),
    (
        FILL,
        "rate = params.taker_fee if takes(market, clearing, fill) else params.maker_fee",
        "rate = params.taker_fee",
        "everybody pays taker",
    ),
    (
        FEES,
        "return fill * clearing.flow * (1 if grows else -1) > 0",
        "return fill * clearing.flow * (1 if grows else -1) < 0",
        "maker and taker swapped",
    ),
    (
        ORDER,
        "    over = Money(money(effect.limit) - money(mark))",
        "    over = Money(0)",
        "margin at the mark, not the limit",
    ),
    (
        REQUESTS,
        "return free and book_equity(book, sheet) >= stays(book, sheet)",
        "return free and book_equity(book, sheet) >= 0",
        "withdrawal ignores margin",
    ),
    (
        TRANSITION,
        "for lane in batch.lanes if not stopped >> lane & 1]",
        "for lane in batch.lanes]",
        "a halted market advances",
    ),
    (
        TERMS,
        "instrument in self.lanes and not self.halted >> instrument & 1",
        "instrument in self.lanes",
        "a halted market trades",
    ),
    (
        MARGIN,
        "return any(lots and instruments",
        "return any(lots > 0 and instruments",
        "who is short of what is halted is free",
    ),
    (
        MARGIN,
        "if holds_any(before, halted):",
        "if holds_any(before, 0):",
        "a halted mark carries a trade",
    ),
    (
        REQUESTS,
        "free = not holds_any(book, halted_lots(state.halted)) and",
        "free =",
        "a halted mark is withdrawn",
    ),
    (
        REQUESTS,
        "return state.ledger.total() >= request.money",
        "return state.total() >= request.money",
        "withdrawal paid out of the pools",
    ),
    (
        REQUESTS,
        "        cash=Money(account.cash - request.money),",
        "        cash=Money(account.cash),",
        "withdrawal judged before it",
    ),
    (
        REQUESTS,
        "        settled=Money(touched.settled + change),\n",
        "        settled=touched.settled,\n",
        "what is settled does not move",
    ),
    (
        REQUESTS,
        "        cash = Money(state.ledger.house_cash + answer.request.money)",
        "        cash = Money(state.ledger.house_cash)",
        "house deposit lost",
    ),
    (
        REQUESTS,
        "return replace(state, salt=salt), tuple(answers)",
        "return state, tuple(answers)",
        "run sealed with the old salt",
    ),
    (TRANSITION, "            salt=salt,\n", "", "batch sealed with the old salt"),
    (
        SHEET,
        "value=Money((price << 16) - funding)",
        "value=Money((price << 16) + funding)",
        "funding sign in equity",
    ),
    (
        SHEET,
        "step=price * risk.shock",
        "step=2 * price * risk.shock",
        "shock doubled",
    ),
    (
        VESTING,
        "ripe = min(account.pending, equity - settled)",
        "ripe = equity - settled",
        "profit ripens before it was seen",
    ),
    (
        VESTING,
        "settled = min(account.settled, equity)",
        "settled = account.settled if account.settled < equity else max(equity, 0)",
        "a debt is forgotten",
    ),
    (
        VESTING,
        "    settled = min(account.settled, equity)\n    ripe =",
        "    settled = account.settled\n    ripe =",
        "a loss is not final",
    ),
    (
        VESTING,
        "elapsed = min(sheet.time - account.since, params.vesting)",
        "elapsed = sheet.time - account.since",
        "more ripens than there is",
    ),
    (
        REQUESTS,
        " and account.settled >= request.money",
        "",
        "unripe profit is withdrawn",
    ),
    (
        FILL,
        "vest(slot.after, terms.exit_sheet, terms.params)",
        "slot.after",
        "a touch vests nothing",
    ),
    (
        MARGIN,
        "if left >= _LEAST_ROOM or",
        "if left >= 0 or",
        "who opens a lot has no least equity",
    ),
    (
        MARGIN,
        " + (LEAST_EQUITY if any(book.positions) else 0)",
        "",
        "the least equity is withdrawn",
    ),
    (ORDER, "> terms.room:", ">= terms.room:", "room for a lot less"),
    (INTEREST, " // max(slots, 1)", "", "each order has all of the room"),
    (JUDGE, "        touched.add(slot.account)\n", "", "no order is behind another slot"),
    (
        GUARD,
        "isinstance(action, Decoy) and self.is_steady",
        "isinstance(action, Decoy)",
        "jump taken",
    ),
    (
        GUARD,
        "isinstance(action, Decoy) and self.is_steady",
        "self.is_steady",
        "an order's slot takes its account",
    ),
    (
        TAKEOVER,
        "penalty = min(max(worth, 0), charge",
        "penalty = min(worth, charge",
        "a penalty of a debt",
    ),
    (TAKEOVER, "loss=Money(max(-worth, 0))", "loss=Money(0)", "no loss"),
    (
        TAKEOVER,
        "account.cash - kept - penalty",
        "account.cash - kept",
        "the penalty is the house's",
    ),
    (
        TAKEOVER,
        "return add_ons(book_of(account), sheet) + (",
        "return 0 + (",
        "the add-ons are not charged",
    ),
    (
        TAKEOVER,
        "covered = min(insurance + penalties, losses)",
        "covered = min(insurance, losses)",
        "a batch's penalties cover none of its losses",
    ),
    (TRANSITION, " + taken + done.house", " + taken", "what is taken goes nowhere"),
    (TRANSITION, "before.insurance + done.insurance", "before.insurance", "no penalty in the fund"),
    (TRANSITION, "before.bad_debt + done.bad_debt", "before.bad_debt", "bad debt is not counted"),
    (
        TRANSITION,
        "skews_after(takeovers, [market.skew for market in moved])",
        "[market.skew for market in moved]",
        "the skews keep what was taken",
    ),
    (
        TRANSITION,
        "before.open_interest + sum(grown(s.before, s.after) for s in slots)",
        "before.open_interest",
        "open interest is not counted",
    ),
    (SOUNDNESS, " + sum(map(abs, moved))", "", "what is taken is sound at once"),
    (
        REQUESTS,
        "state.unclean_since < params.grace",
        "state.unclean_since <= params.grace",
        "paid late",
    ),
    (REQUESTS, "return not state.unclean_since or", "return", "a clean venue pays nobody"),
    (TRANSITION, "else state.unclean_since or time", "else time", "since the last batch alone"),
)
