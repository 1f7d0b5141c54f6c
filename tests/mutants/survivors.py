"""Generic faults that change nothing which the rules say, by the reason why."""

from __future__ import annotations

SURVIVORS: dict[str, tuple[str, ...]] = {
    "An order without size adds nothing to a sum and fills nothing, whatever its side and limit.": (
        "clearing.: Price(0) -> Price(1)",
        "clearing.: Price(0) -> Price(-1)",
        "clearing._Willing.__init__: o.size > 0 -> o.size >= 0",
        "clearing._Willing.__init__: o.size > 0 -> o.size > -1",
        "clearing._Willing.__init__: o.size < 0 -> o.size <= 0",
        "clearing._Willing.__init__: o.size < 0 -> o.size < 1",
        "clearing._fills: fill * side > 0 -> fill * side >= 0",
        "clearing._fills: fill * side > 0 -> fill * side > -1",
        "clearing._accepts: order.size > 0 -> order.size >= 0",
        "clearing._accepts: order.size > 0 -> order.size > -1",
    ),
    "No flow is beyond the cap without being one.": (
        "clearing._Curve.price: flow > 0 -> flow >= 0",
        "clearing._Curve.price: flow > 0 -> flow > -1",
    ),
    "What is beyond every limit may be further beyond.": (
        "clearing.: 1 << 256 -> 2 << 256",
        "clearing.: 1 << 256 -> 1 << 257",
        "clearing.: 1 << 256 -> 1 << 255",
    ),
    "Any middle above the low end finds the same flow.": (
        "clearing._net_flow: (low + high + 1) // 2 -> -(-(low + high + 1) // 2)",
        "clearing._net_flow: low + high + 1 -> low + high + 2",
    ),
    "A side is 1 or -1.": (
        "clearing._fills: side > 0 -> side >= 0",
        "clearing._fills: side > 0 -> side > -1",
        "clearing._fills: side > 0 -> side >= 0 #2",
        "clearing._fills: side > 0 -> side > -1 #2",
        "clearing._fills: fill * side -> fill // side",
    ),
    "Who accepts a price on the other side accepts that of one lot more on this one.": (
        "clearing._fills: fill * side > 0 and (not _accepts(order, next_price))"
        " -> not _accepts(order, next_price)",
    ),
    "Only the sign of the product is asked.": (
        "fees.takes: fill * clearing.flow * (1 if grows else -1)"
        " -> fill * clearing.flow // (1 if grows else -1)",
        "fees.takes: 1 if grows else -1 -> 2 if grows else -1",
        "fees.takes: -1 -> -2",
    ),
    "What users pay is asked of a flow alone, and one lot of skew that stays is none.": (
        "price.paid: before * after <= 0 -> before * after <= 1",
        "price.paid: abs(after) >= abs(before) -> abs(after) > abs(before)",
    ),
    "A skew of zero is inside the dead zone, which is one unit at least.": (
        "funding.ramp: skew < 0 -> skew <= 0",
        "funding.ramp: skew < 0 -> skew < 1",
    ),
    "A rate of zero is at its bound, whichever way it would go.": (
        "funding.ramp: rate >= 0 -> rate > 0",
        "funding.ramp: rate >= 0 -> rate >= 1",
    ),
    "The distance is taken without its sign.": ("spread._move: price - before -> before - price",),
    "What is divided has no remainder.": (
        "house.: SHOCK_STEPS * 3 // 2 -> -(-(SHOCK_STEPS * 3) // 2)",
        "sheet.: INSTRUMENTS // UNDERLYINGS -> -(-INSTRUMENTS // UNDERLYINGS)",
        "price.premium: flow > 0 -> flow > 1",
    ),
    "The worst scenario is in full against the book, whichever way that is.": (
        "margin.worst_loss: moves[underlying(instrument)] += lots * entry.step"
        " -> moves[underlying(instrument)] -= lots * entry.step",
    ),
    "Who holds no lots loses and needs nothing.": (
        "margin.worst_loss: if lots: -> if True:",
        "maintenance.holdings: continue -> pass",
    ),
    "A pool without skew is empty, and all unwound is a potential of nothing.": (
        "price.paid: before * after <= 0 and before != 0 -> before * after <= 0",
        "price.paid: before * after <= 0 -> before * after < 0",
        "price.paid: before * after <= 0 -> before * after <= -1",
        "price.pool_after: before * after <= 0 and before != 0 -> before * after <= 0",
        "price.pool_after: before * after <= 0 -> before * after < 0",
        "price.pool_after: before * after <= 0 -> before * after <= -1",
    ),
    "A flow or skew of zero was answered before.": (
        "price.premium: supply.skew > 0 -> supply.skew >= 0",
        "price.premium: supply.skew > 0 -> supply.skew > -1",
        "price.premium: flow > 0 -> flow >= 0",
        "price.premium: flow > 0 -> flow > -1",
    ),
    "Padding, the only other request without an account, has no money.": (
        "requests._apply: if answer.request.kind is Kind.HOUSE_DEPOSIT: -> if True:",
    ),
}
