"""What others hand over as numbers, keys and programs: its value, or an error that says what."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import wasmtime

from prover import toolchain, verification_key
from prover.backends import BACKENDS, default_backend
from prover.calculator import module
from prover.errors import FormatError, ToolchainError, WitnessError
from prover.groth16 import setup_key, verify, verifying_key
from prover.proof import Proof
from prover.tape import record
from prover.whole_numbers import DEEPEST
from prover.witness import Witnesses, calculate, to_wtns
from tests.circuits.harness import Circuit
from undertow.crypto import native
from undertow.crypto.field import R

SOURCE = """
pragma circom 2.1.6;
template Main() {
    signal input a;
    signal input b[2][2];
    signal output out <== a + 2 * b[0][0] + 3 * b[0][1] + 5 * b[1][0] + 7 * b[1][1];
}
component main {public [a]} = Main();
"""
B = [[1, 2], [3, 4]]
REST = 2 + 6 + 15 + 28


class Index:
    """Not an int, but a whole number, as those of numpy are."""

    def __index__(self) -> int:
        return 12


def deep(levels: int) -> Any:
    value: Any = [1, 2, 3, 4]
    for _ in range(levels):
        value = [value]
    return value


def endless() -> list[Any]:
    value: list[Any] = [1]
    value.append(value)
    return value


RIGHT: dict[str, tuple[Any, int]] = {
    "a number": ({"a": 9, "b": B}, 9),
    "a negative one": ({"a": -1, "b": B}, -1),
    "one above the field": ({"a": R + 5, "b": B}, 5),
    "decimal text": ({"a": "123", "b": B}, 123),
    "negative text": ({"a": "-2", "b": B}, -2),
    "text with zeros": ({"a": "007", "b": B}, 7),
    "hexadecimal text": ({"a": "0x1fF", "b": B}, 0x1FF),
    "long hexadecimal text": ({"a": hex(R + 3), "b": B}, 3),
    "a truth": ({"a": True, "b": B}, 1),
    "an index": ({"a": Index(), "b": B}, 12),
    "a list of one": ({"a": [4], "b": B}, 4),
    "a flat list": ({"a": 4, "b": [1, 2, 3, 4]}, 4),
    "tuples": ({"a": 4, "b": ((1, 2), (3, 4))}, 4),
    "another shape": ({"a": 4, "b": [[1], [2, 3, 4]]}, 4),
    "text in lists": ({"a": 4, "b": [["1", "0x2"], ["3", 4]]}, 4),
    "as deep as may be": ({"a": 4, "b": deep(DEEPEST - 2)}, 4),
}
WRONG: dict[str, tuple[Any, str]] = {
    "a float": ({"a": 1.5, "b": B}, "a: a float is no whole number"),
    "a whole float": ({"a": 3.0, "b": B}, "a: a float is no whole number"),
    "no number": ({"a": float("nan"), "b": B}, "a: a float is no whole number"),
    "nothing": ({"a": None, "b": B}, "a: a NoneType is no whole number"),
    "nothing in a list": ({"a": 1, "b": [[1, None], [3, 4]]}, "b: a NoneType is no"),
    "bytes": ({"a": b"1", "b": B}, "a: a bytes is no whole number"),
    "an object": ({"a": {"x": 1}, "b": B}, "a: a dict is no whole number"),
    "a set": ({"a": 1, "b": {1, 2, 3, 4}}, "b: a set is no whole number"),
    "empty text": ({"a": "", "b": B}, "a: the text '' is no whole number"),
    "words": ({"a": "one", "b": B}, "a: the text 'one' is no whole number"),
    "text of a float": ({"a": "1.0", "b": B}, "is no whole number"),
    "text of a power": ({"a": "1e3", "b": B}, "is no whole number"),
    "spaces": ({"a": " 1", "b": B}, "is no whole number"),
    "an underscore": ({"a": "1_0", "b": B}, "is no whole number"),
    "other digits": ({"a": "\u0661", "b": B}, "is no whole number"),
    "an end of line": ({"a": "1\n", "b": B}, "is no whole number"),
    "half a hexadecimal number": ({"a": "0x", "b": B}, "is no whole number"),
    "hexadecimal without a mark": ({"a": "ff", "b": B}, "is no whole number"),
    "very long text": ({"a": "1" * 5000, "b": B}, "is no whole number"),
    "too few": ({"a": 1, "b": [1, 2, 3]}, "b: 3 values for 4 signals"),
    "too many": ({"a": [1, 2], "b": B}, "a: 2 values for 1 signals"),
    "none": ({"a": 1, "b": []}, "b: 0 values for 4 signals"),
    "too deep": ({"a": 1, "b": deep(DEEPEST)}, "b: more than 32 lists in lists"),
    "far too deep": ({"a": 1, "b": deep(100_000)}, "b: more than 32 lists in lists"),
    "a list in itself": ({"a": 1, "b": endless()}, "b: more than 32 lists in lists"),
    "a missing input": ({"a": 1}, "1 input values for 5 signals"),
    "another input": ({"a": 1, "b": B, "c": 1}, "c: no such input"),
    "an inner name": ({"a": 1, "b": B, "main.a": 1}, "main.a: no such input"),
    "an output": ({"a": 1, "b": B, "out": 1}, "out: no such input"),
    "no name": ({"a": 1, "b": B, "": 1}, ": no such input"),
    "no Unicode": ({"a": 1, "b": B, "\ud800": 1}, "no such input"),
    "a number as a name": ({"a": 1, "b": B, 3: 1}, "an input's name is a text, not a int"),
    "a list of inputs": ([1, B], "inputs are by name, not a list"),
    "no inputs": (None, "inputs are by name, not a NoneType"),
}
needs_core = pytest.mark.skipif(native.core is None, reason="no native core in this installation")


@pytest.fixture(scope="module")
def circuit() -> Circuit:
    return Circuit(SOURCE)


@pytest.fixture(scope="module")
def computers(
    circuit: Circuit, tmp_path_factory: pytest.TempPathFactory
) -> list[Callable[[Any], bytes]]:
    """Return what computes a witness: by the calculator, and by the tape where there is one."""
    compiled, found = circuit.compiled, list[Callable[[Any], bytes]]()
    found.append(lambda inputs: to_wtns(calculate(compiled.wasm, inputs)))
    if native.core is not None:
        tape = tmp_path_factory.mktemp("tape") / "circuit.tape"
        tape.write_bytes(record(compiled.wasm, compiled.sym))
        found.append(Witnesses(tape, compiled.wasm).compute)
    return found


@pytest.mark.parametrize("case", RIGHT)
def test_a_value_is_taken(case: str, computers: list[Callable[[Any], bytes]]) -> None:
    inputs, a = RIGHT[case]
    for compute in computers:
        content = compute(inputs)
        assert int.from_bytes(content[108:140], "little") == (a + REST) % R


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_value_is_refused(case: str, computers: list[Callable[[Any], bytes]]) -> None:
    inputs, message = WRONG[case]
    for compute in computers:
        with pytest.raises(WitnessError) as caught:
            compute(inputs)
        assert message in str(caught.value)


PROGRAMS = {
    "private signals": "template T() { signal private input a; signal output b; b <== a; }",
    "a component's call": "template T() { signal input a; component c = Num2Bits(3)(a) }",
    "nothing": "",
    "no main": "template T() { signal input a; }",
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_that_circom_2_refuses(program: str) -> None:
    """Of another version, or of none."""
    main = "" if program in ("nothing", "no main") else "component main = T();"
    source = f"// without pragma {program}\n{PROGRAMS[program]}\n{main}"
    with pytest.raises(ToolchainError, match=r"\.circom"):
        Circuit(source)


def test_a_program_without_a_pragma_is_taken() -> None:
    """Circom 1 had none; what both languages have is the same in both."""
    source = "// no pragma\ntemplate T() { signal input a; signal output b; b <== a * a; }\n"
    circuit = Circuit(source + "component main = T();\n")
    assert circuit.witness({"a": "0x10"})[1] == 256


def test_a_circuit_without_inputs() -> None:
    circuit = Circuit("template T() { signal output b; b <== 7; }\ncomponent main = T();\n")
    assert circuit.witness({}) == [1, 7]


def test_another_field_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "other.circom"
    source.write_text(
        "pragma circom 2.1.6; template T() { signal input a; signal output b <== a; }"
        "component main = T();"
    )
    out = tmp_path.resolve()
    toolchain.node(
        str(toolchain.COMPILER), str(source), "--wasm", "--r1cs", "-p", "bls12381", "-o", str(out)
    )
    with pytest.raises(FormatError, match="not over the BN254 scalar field"):
        calculate(tmp_path / "other_js" / "other.wasm", {"a": 1})


CALCULATORS = {
    "nothing": b"",
    "text": b"module.exports = {}",
    "half a module": b"\0asm\x01\0\0\0\x01\xff",
    "an empty module": b"\0asm\x01\0\0\0",
}


@pytest.mark.parametrize("content", CALCULATORS.values(), ids=CALCULATORS.keys())
def test_what_is_no_calculator_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "circuit.wasm"
    path.write_bytes(content)
    with pytest.raises(FormatError, match=r"circuit\.wasm is no"):
        calculate(path, {"a": 1})


def test_the_functions_of_circom_1_are_refused(tmp_path: Path) -> None:
    text = '(module (func (export "getNVars") (result i32) i32.const 3) (func (export "init")))'
    path = tmp_path / "circuit.wasm"
    path.write_bytes(wasmtime.wat2wasm(text))
    with pytest.raises(FormatError, match="is no calculator of circom 2: it has no get"):
        module(path)


@pytest.fixture(scope="module")
def proved(
    circuit: Circuit, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[int], Proof, Path]:
    """Return a verifying key, a proof under it, and the key's file."""
    zkey = tmp_path_factory.mktemp("key") / "circuit.zkey"
    setup_key(circuit.compiled.r1cs, zkey, bytes(32), lambda stage: None)
    witness = to_wtns(circuit.witness({"a": 1, "b": B}))
    proof = BACKENDS[default_backend()](zkey).prove(witness)
    return verifying_key(zkey), proof, zkey


PUBLIC: dict[str, Callable[[tuple[int, ...]], Any]] = {
    "text": lambda public: tuple(map(str, public)),
    "floats": lambda public: tuple(map(float, public)),
    "truths": lambda public: (public[0], True),
    "nothing": lambda public: (public[0], None),
    "lists": lambda public: ([public[0]], public[1]),
    "no list": lambda public: None,
    "a text": lambda public: "12",
    "too few": lambda public: public[:1],
    "too many": lambda public: (*public, 0),
    "negative": lambda public: (public[0], -1),
    "above the field": lambda public: (public[0], public[1] + R),
    "above a word": lambda public: (public[0], 1 << 256),
}


@pytest.mark.parametrize("case", PUBLIC)
def test_public_signals_that_are_none_show_nothing(
    case: str, proved: tuple[list[int], Proof, Path]
) -> None:
    key, proof, _ = proved
    assert proof.public[1] == 1
    assert verify(key, proof)
    changed = PUBLIC[case](proof.public)
    assert verify(key, Proof(proof.words, changed)) is False
    assert verify(key, Proof(PUBLIC[case](proof.words), proof.public)) is False


SENT: dict[str, Any] = {
    "no object": [1, 2],
    "nothing": None,
    "no fields": {},
    "a field of text": {"proof": "12345678", "public": []},
    "an object of numbers": {"proof": [], "public": {"0": 1}},
    "floats": {"proof": ["1"] * 8, "public": [1.5]},
    "nothing in a list": {"proof": [None] * 8, "public": []},
    "words": {"proof": ["one"] * 8, "public": []},
    "lists": {"proof": [[1]] * 8, "public": []},
    "very long text": {"proof": ["1" * 5000], "public": []},
}


@pytest.mark.parametrize("case", SENT)
def test_what_is_no_proof_is_a_value_error(case: str) -> None:
    with pytest.raises(ValueError, match=r"is no"):
        Proof.from_json(SENT[case])


def test_a_proof_travels_as_text_of_either_kind(proved: tuple[list[int], Proof, Path]) -> None:
    _, proof, _ = proved
    assert Proof.from_json(proof.to_json()) == proof
    sent = {"proof": list(map(hex, proof.words)), "public": list(proof.public)}
    assert Proof.from_json(sent) == proof


SNARKJS: dict[str, Any] = {
    "nothing": {},
    "no points": {"pi_a": None, "pi_b": None, "pi_c": None},
    "short points": {"pi_a": ["1"], "pi_b": [], "pi_c": []},
    "floats": {"pi_a": [1.5, 2, 1], "pi_b": [[1, 2], [3, 4], [1, 0]], "pi_c": [1, 2, 1]},
}


@pytest.mark.parametrize("case", SNARKJS)
def test_what_snarkjs_never_writes_is_a_value_error(case: str) -> None:
    with pytest.raises(ValueError, match=r"is no"):
        Proof.from_snarkjs(SNARKJS[case], [])


@needs_core
def test_a_verification_key_above_a_mebibyte_is_read(
    proved: tuple[list[int], Proof, Path], tmp_path: Path
) -> None:
    content = json.loads(verification_key.export(proved[2]))
    content["IC"] = content["IC"] * 2500
    content["nPublic"] = len(content["IC"]) - 1
    path = tmp_path / "key.json"
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")
    assert path.stat().st_size > 1 << 20
    words = verification_key.read(path)
    assert words == proved[0][:14] + proved[0][14:] * 2500


@needs_core
def test_a_verification_key_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    with path.open("wb") as file:
        file.truncate(verification_key.LARGEST_FILE + 1)
    with pytest.raises(FormatError, match="more than 67108864 bytes"):
        verification_key.read(path)
