"""Whatever bytes, numbers and files come in, an answer or a Python exception comes out."""

from __future__ import annotations

import faulthandler
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.native.calls import Call, named, names
from tests.native.calls_protocol import CALLS as PROTOCOL
from tests.native.calls_proving import CALLS as PROVING
from undertow.crypto import native
from undertow.crypto.field import R

core = native.core
pytestmark = pytest.mark.skipif(core is None, reason="no native core in this installation")

CALLS = PROTOCOL | PROVING
REFUSALS = (ValueError, TypeError, BufferError, OverflowError)
SECONDS = 120
"""Ten times what any test here takes."""
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


@pytest.fixture(autouse=True)
def no_hang(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """End the whole run where native code does not return: nothing else can."""
    with capfd.disabled():
        screen = os.dup(2)
    faulthandler.dump_traceback_later(SECONDS, exit=True, file=screen)
    yield
    faulthandler.cancel_dump_traceback_later()
    os.close(screen)


def test_every_function_that_takes_arguments_is_called_here() -> None:
    assert sorted(CALLS) == sorted(names())


@pytest.mark.parametrize("name", CALLS)
def test_no_argument_panics(name: str, tmp_path: Path, sample: Callable[[int, int], int]) -> None:
    answers = 0

    @settings(
        max_examples=sample(CALLS[name].examples, CALLS[name].examples // 2),
        deadline=None,
        database=None,
        suppress_health_check=SLOW,
    )
    @given(CALLS[name].arguments())
    def attempt(arguments: tuple[Any, ...]) -> None:
        nonlocal answers
        answers += _answers(name, CALLS[name], arguments, tmp_path)

    attempt()
    # Where nothing is ever right, nothing but the first check is tested.
    assert answers > 0


def _answers(name: str, call: Call, arguments: tuple[Any, ...], folder: Path) -> bool:
    """Return whether a call gave a result; a refusal is none, and anything else is raised."""
    handed = list(arguments)
    for at in call.paths:
        if isinstance(handed[at], bytes):
            path = folder / f"{at}"
            path.write_bytes(handed[at])
            handed[at] = str(path)
    # Files are all that an OSError can be about.
    refusals = (*REFUSALS, OSError) if call.paths else REFUSALS
    try:
        (call.function or named(name))(*handed)
    except refusals:
        return False
    except BaseException as panic:
        if isinstance(panic, (Exception, KeyboardInterrupt)):
            raise
        # A panic is no Exception: of this one the arguments are told, as short as they can be.
        raise AssertionError(f"{name} panics: {panic}") from panic
    return True


def test_a_sum_of_too_many_points_is_refused() -> None:
    assert core is not None
    with pytest.raises(ValueError, match="points"):
        core.time_sum((1 << 27) + 1)


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 16), st.integers(0, 9), st.integers(0, 40), st.binary(max_size=32))
def test_lengths_decide_what_is_hashed(arity: int, count: int, cut: int, domain: bytes) -> None:
    assert core is not None
    inputs = bytes(32 * arity * count + cut)
    whole = len(domain) == 32 and int.from_bytes(domain, "big") < R
    if whole and len(inputs) % (32 * arity) == 0:
        hashes = core.poseidon_hash_many(domain, arity, inputs)
        assert len(hashes) == len(inputs) // arity
    else:
        with pytest.raises(ValueError, match=r"bytes|below"):
            core.poseidon_hash_many(domain, arity, inputs)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=100), st.binary(max_size=300))
def test_verification_takes_matching_lengths_only(
    keys: bytes, messages: bytes, signatures: bytes
) -> None:
    assert core is not None
    sizes = (len(keys) / 64, len(messages) / 32, len(signatures) / 96)
    if sizes[0] == sizes[1] == sizes[2] == int(sizes[0]):
        assert core.eddsa_verify_many(keys, messages, signatures) == bytes(len(keys) // 64)
    else:
        with pytest.raises(ValueError, match="each signature takes"):
            core.eddsa_verify_many(keys, messages, signatures)
