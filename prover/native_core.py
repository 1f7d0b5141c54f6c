"""The native core where there is no readable stand-in, and its refusals as errors of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from prover.errors import FormatError, NoNativeCoreError, ProverError
from undertow.crypto import native


def native_core() -> Any:
    """Return the native core; raises NoNativeCoreError."""
    if native.core is None:
        raise NoNativeCoreError(
            "ceremonies, verification key files and the bench need the native core: "
            "install cargo, run `make setup`"
        )
    return native.core


@contextmanager
def refusals(kind: type[ProverError] = FormatError) -> Iterator[None]:
    """Make what the native core refuses an error of that kind.

    It raises ValueError and knows no class of ours; readable Python, which stands in for it, may
    raise either.
    """
    try:
        yield
    except ValueError as error:
        raise kind(str(error)) from error
