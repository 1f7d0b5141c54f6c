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
        "clearing._Quote.price: flow > 0 -> flow >= 0",
        "clearing._Quote.price: flow > 0 -> flow > -1",
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
    "The distance is taken without its sign.": (
        "funding._variance: price - before.price -> before.price - price",
    ),
    "What is divided has no remainder.": (
        "house.: SHOCK_STEPS * 3 // 2 -> -(-(SHOCK_STEPS * 3) // 2)",
        "margin.requirement: ceil_div(INITIAL_FACTOR * worst_loss(book, sheet), FACTOR_ONE)"
        " -> INITIAL_FACTOR * worst_loss(book, sheet) // FACTOR_ONE",
        "sheet.underlying: INSTRUMENTS // UNDERLYINGS -> -(-INSTRUMENTS // UNDERLYINGS)",
        "price.premium: flow > 0 -> flow > 1",
    ),
    "The worst scenario is in full against the book, whichever way that is.": (
        "margin.worst_loss: moves[underlying(instrument)] += lots * entry.step"
        " -> moves[underlying(instrument)] -= lots * entry.step",
    ),
    "Who holds no lots loses and needs nothing.": ("margin.worst_loss: if lots: -> if True:",),
    "The loss, which is asked first, refuses a sheet of another length.": (
        "margin.requirement: zip(book.positions, sheet, strict=True) -> zip(book.positions, sheet)",
        "margin.requirement: strict=True -> strict=False",
    ),
    "A pool without skew is empty, and all unwound is a potential of nothing.": (
        "price.pool_after: before * after <= 0 and before != 0 -> before * after <= 0",
        "price.pool_after: before * after <= 0 -> before * after < 0",
        "price.pool_after: before * after <= 0 -> before * after <= -1",
    ),
    "A flow or skew of zero was answered before.": (
        "price.premium: market.skew > 0 -> market.skew >= 0",
        "price.premium: market.skew > 0 -> market.skew > -1",
        "price.premium: flow > 0 -> flow >= 0",
        "price.premium: flow > 0 -> flow > -1",
    ),
    "Padding, the only other request without an account, has no money.": (
        "requests._apply: if answer.request.kind is Kind.HOUSE_DEPOSIT: -> if True:",
    ),
    "A cap below the present skew is the present skew, which is not negative.": (
        "transition._clear: Lots(0) -> Lots(-1)",
    ),
}
