"""The signature check: what it accepts is a signature, and nothing in its witness is loose."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from prover.errors import WitnessError
from tests.circuits.harness import Circuit
from undertow.crypto.babyjubjub import BASE8, IDENTITY, SUBGROUP_ORDER, Point, add, multiply
from undertow.crypto.eddsa import PrivateKey, Signature, verify
from undertow.crypto.field import R
from undertow.crypto.poseidon import poseidon
from undertow.crypto.signature_digits import signature_digits

KEY = PrivateKey.from_seed(bytes(range(32)))
SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "make_eddsa_constants.py"


@pytest.fixture(scope="module")
def checked() -> Circuit:
    return Circuit("eddsa.circom: EdDSAVerify()")


def inputs(message: int, signature: Signature, enabled: int = 1) -> dict[str, object]:
    return {
        "enabled": enabled,
        "key": KEY.public,
        "signature": [*signature.r8, *signature_digits(signature.s)],
        "message": message,
    }


@pytest.mark.parametrize("message", [0, 1, R - 1, 0xC0FFEE])
def test_accepts_a_signature(checked: Circuit, message: int) -> None:
    assert checked.accepts(checked.witness(inputs(message, KEY.sign(message))))


def test_refuses_another_message_or_scalar(checked: Circuit) -> None:
    signature = KEY.sign(5)
    for wrong in (
        inputs(6, signature),
        inputs(5, Signature(signature.r8, (signature.s + 1) % SUBGROUP_ORDER)),
        inputs(5, Signature(KEY.public, signature.s)),
    ):
        with pytest.raises(WitnessError):
            checked.witness(wrong)


def test_a_disabled_check_accepts_anything(checked: Circuit) -> None:
    checked.witness(inputs(6, KEY.sign(5), enabled=0))


def test_only_the_switch_is_loose(checked: Circuit) -> None:
    assert checked.loose_wires(checked.witness(inputs(5, KEY.sign(5)))) == ["main.enabled"]


def test_cost(checked: Circuit) -> None:
    assert checked.count == checked.cost


def test_aliased_hash_bits_are_refused() -> None:
    """The alias h + r has the residue of h; its bits satisfy all but the check of the top."""
    tested = Circuit("eddsa.circom: HashBits()")
    values = tested.agrees({"in": 5}, {f"bits[{i}]": 5 >> i & 1 for i in range(254)})
    alias = {f"bits[{i}]": (5 + R) >> i & 1 for i in range(254)}
    assert not tested.accepts(tested.forge(values, alias))
    assert sum((5 + R >> i & 1) << i for i in range(254)) % R == 5
    assert tested.count == tested.cost


def on_montgomery(point: Point) -> tuple[int, int]:
    return constants_script().montgomery(point)


def test_montgomery_points() -> None:
    """Sums in Montgomery form are those of the curve."""
    a, b = multiply(BASE8, 7), multiply(BASE8, 11)
    cases: dict[str, tuple[dict[str, Any], Point]] = {
        "MontgomerySum()": ({"a": on_montgomery(a), "b": on_montgomery(b)}, add(a, b)),
        "MontgomeryDouble()": ({"in": on_montgomery(a)}, add(a, a)),
        "MontgomeryStep()": (
            {"sum": on_montgomery(a), "point": on_montgomery(b), "bit": 1},
            add(add(a, a), b),
        ),
        "AddWindow(0)": (
            {"in": on_montgomery(a), "digit": [1, 0, 1]},
            add(a, multiply(BASE8, -5 * pow(2, -1, SUBGROUP_ORDER) % SUBGROUP_ORDER)),
        ),
    }
    for call, (given, total) in cases.items():
        file = "eddsa" if call.startswith("Add") else "montgomery"
        tested = Circuit(f"{file}.circom: {call}")
        u, v = on_montgomery(total)
        values = tested.agrees(given, {"out[0]": u, "out[1]": v})
        assert tested.loose_wires(values) in ([], ["main.bit"])
        assert tested.count == tested.cost


def constants_script() -> ModuleType:
    """Return the script that writes the check's fixed points, as a module."""
    spec = importlib.util.spec_from_file_location("constants", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


def test_the_constants_are_those_of_the_script() -> None:
    script = constants_script()
    assert script.render() == script.TARGET.read_text(encoding="utf-8")


def test_a_nonce_of_zero_has_no_witness(checked: Circuit) -> None:
    """Why `SignedOrder` refuses it: the equation holds, the circuit's formulas do not."""
    challenge = poseidon([*IDENTITY, *KEY.public, 5])
    signature = Signature(IDENTITY, 8 * challenge * KEY.scalar % SUBGROUP_ORDER)
    assert verify(KEY.public, 5, signature)
    with pytest.raises(WitnessError):
        checked.witness(inputs(5, signature))
