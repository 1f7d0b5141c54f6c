"""What each owner of a fill is told of its price, as `circuits/confirmation.circom` proves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from undertow.engine.batch import Slot
from undertow.engine.clearing import Clearing
from undertow.engine.share import net_flow_share
from undertow.protocol.confirmation import Confirmation
from undertow.protocol.sheet import underlying
from undertow.protocol.underlying import Underlying


def confirm_slots(
    slots: Sequence[Slot],
    clearings: Mapping[int, Clearing],
    underlyings: Sequence[Underlying],
) -> tuple[Slot, ...]:
    """Return every slot with the confirmation of its fill; ``underlyings`` as fills found them."""
    shares = {lane: net_flow_share(clearing.fills) for lane, clearing in clearings.items()}

    def confirmed(slot: Slot) -> Slot:
        if not slot.fill:
            return slot
        instrument = slot.verdict.effect.instrument
        confirmation = Confirmation(
            share=shares[instrument],
            fee=slot.fee,
            index=underlyings[underlying(instrument)].index,
            premium=clearings[instrument].premium,
        )
        return replace(slot, confirmation=confirmation)

    return tuple(map(confirmed, slots))
