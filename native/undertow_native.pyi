"""Undertow's native core.

Numbers are words of 32 big-endian bytes, below BN254's r unless said otherwise. `Buffer` is
whatever holds bytes: bytes, bytearray, memoryview, a numpy array of uint8. Every refusal is a
ValueError; what is no buffer of bytes is a TypeError or BufferError; a number out of an integer
argument's range is an OverflowError. Calls that take long release the interpreter's lock; bytes
are read in place, other buffers copied once. What works on all cores is a RuntimeError where its
threads cannot be started, and in the child of a fork whose parent had started them: start processes
by "spawn". Nothing here runs in constant time.
"""

from collections.abc import Callable, Sequence
from typing import Any, Self, final

from typing_extensions import Buffer

# Keys and proofs: native/src/{curve,files,keys,groth16}

def setup_key(
    r1cs_path: str, zkey_path: str, seed: bytes, progress: Callable[[str], None] | None
) -> None:
    """Write a development key of a circuit from a seed of 32 bytes.

    Whoever knows the seed can forge every proof. `progress` is told each stage that begins. What
    it raises is raised here, as is an interrupt; no later stage begins and no file is written.
    OSError: a file cannot be read or written. ValueError: it is no .r1cs file, or the seed.
    """

def check_powers(ptau_path: str, progress: Callable[[str], None] | None) -> dict[str, Any]:
    """Check who contributed to powers of tau; return contributions and the file's hash, blake2b.

    OSError: the file cannot be read. ValueError: it is corrupt, beacons alone made it, or a
    contribution does not lead to its points.
    """

def phase2_start(
    r1cs_path: str,
    ptau_path: str,
    zkey_path: str,
    progress: Callable[[str], None] | None,
    powers_hash: bytes | None = None,
) -> bytes:
    """Write the key that phase 2 begins with, as `snarkjs groth16 setup` does.

    Returns the circuit's hash, 64 bytes. `progress`, OSError, ValueError: as `setup_key`; the
    powers of tau have another hash than the one given, which `check_powers` returned.
    """

def phase2_verify(
    r1cs_path: str,
    ptau_path: str,
    zkey_path: str,
    progress: Callable[[str], None] | None,
    powers_hash: bytes | None = None,
) -> None:
    """Check that a key came from a circuit and powers of tau by its contributions.

    OSError: a file cannot be read. ValueError: a file is corrupt, the key came from others, or the
    powers of tau have another hash than the one given.
    """

def require_contribution(zkey_path: str) -> None:
    """Refuse a key that somebody could forge under without breaking its ceremony: ValueError.

    `prover.setup.require_contribution` lists what is checked.
    """

def zkey_info(zkey_path: str) -> dict[str, Any]:
    """Return a key's wires, public, domain, circuit_hash, gamma_is_delta and contributions."""

def verification_key(zkey_path: str) -> tuple[bytes, bytes]:
    """Return a key's verifying half, as `verify_proof` takes it, and e(alpha, beta) in 12 words."""

def check_verifying_key(words: Buffer) -> bytes:
    """Return the 12 words of e(alpha, beta). ValueError: the key would accept forgeries."""

def rewrite(source: str, target: str) -> None:
    """Read a .r1cs, .wtns, .zkey or .ptau, check all of it and write it again."""

def arithmetic() -> str:
    """Return the arithmetic that large keys prove with: `avx512ifma`, `avx2`, `adx` or `generic`.

    Of those that the machine has it is the fastest, found in some milliseconds at the first call.
    UNDERTOW_PORTABLE in the environment asks for one by its name; 1 rules the first two out.
    """

def time_sum(points: int) -> float:
    """Return the seconds of a sum of full multiples of so many points of the first group.

    ValueError: more than 2^27.
    """

def time_transform(bits: int) -> float:
    """Return the seconds of one transform of 2^bits elements. ValueError: not from 6 to 27."""

def verify_proof(verifying_key: Buffer, public: Buffer, proof: Buffer) -> bool:
    """Return whether a proof shows the public signals under a verifying key.

    Key: 14 words and two for each signal and one (alpha, beta, gamma, delta, IC; of G2
    coordinates the imaginary part first). Public: a word a signal. Proof: 8 words (A, B, C).
    ValueError: a length, a number or a point is not what it must be.
    """

@final
class Prover:
    """A proving key in memory."""

    def __new__(cls, zkey_path: str) -> Self:
        """Read a .zkey file. OSError: it cannot be read. ValueError: it is none."""
    @property
    def domain_size(self) -> int:
        """Size of the evaluation domain, a power of two."""
    @property
    def arithmetic(self) -> str:
        """Name of the arithmetic that proofs are made with."""
    def prove(
        self,
        witness: Buffer,
        seed: bytes | None = None,
        progress: Callable[[str], None] | None = None,
    ) -> tuple[bytes, bytes]:
        """Return proof and public signals of a .wtns file's content, as `verify_proof` takes them.

        A witness that breaks a constraint gives a proof that does not verify and may show something
        of it: check before or after, as `prover.prover.Prover` does. A seed of 32 bytes makes the
        proof repeatable, for tests: two proofs with one seed show how their witnesses are related.
        Without it the proof is blinded by the system's randomness. `progress` is told each stage
        that begins, on the caller's own thread. What it raises is raised here, as is an interrupt;
        no later stage and no later part of a sum begins.
        ValueError: it is no .wtns, or has another number of wires than the key.
        """

@final
class Constraints:
    """A circuit's constraints in memory."""

    def __new__(cls, r1cs_path: str) -> Self:
        """Read an .r1cs file. OSError: it cannot be read. ValueError: it is none."""
    def __len__(self) -> int:
        """Number of constraints."""
    def first_unsatisfied(self, witness: Buffer) -> int | None:
        """Return the first constraint that a .wtns file's content breaks, None if it has none.

        ValueError: it is no witness of this circuit.
        """

# Witnesses: native/src/tape; prover/{tape,witness}.py

@final
class TapeRecorder:
    """Records a witness calculator's operations while it runs."""

    FULL: int
    """Number of the exception by which the module says that the trace's memory is full."""
    TRACE_START: int
    """Address of the trace's first entry."""
    ASK: int
    """Number of the exception by which the module asks for an `answer`."""
    ANSWER: int
    """Address at which the trace's memory takes the answer's decision, 4 little-endian bytes."""

    def __new__(cls, wasm: bytes, signals: tuple[int, int] | None = None) -> Self:
        """Take circom's calculator. ValueError: it is no module of the expected form.

        `signals` asks for a tape of signals: the number of the signal that is set first, and how
        many signals the .sym file numbers, with 0 for the constant one. Its wires are the
        witness's, then the signals by number. Each signal is computed by itself, from the signals
        that its assignment names, so that `WitnessTape.run_lying` can lie about any of them. It is
        larger and slower, and none is made of a circuit that decides something by a signal.
        """
    def module(self) -> bytes:
        """Return the calculator that writes a trace."""
    def start(self, memory: bytes, shared: int) -> None:
        """Start with the memory after `init` and the address at which numbers are handed over."""
    def feed(self, trace: bytes) -> None:
        """Take the next entries of the trace. ValueError: they are damaged, or none was started."""
    def answer(self) -> tuple[int, list[tuple[int, bytes]]]:
        """Return which sides of a condition are run: 0 or 1 for one of them, 2 for both.

        And what has to be at which addresses of the memory before the module goes on. Of the last
        entry that was fed, once. ValueError: none was started.
        """
    @property
    def conditions(self) -> int:
        """Number of conditions on signals in the trace so far."""
    def finish(self, groups: list[tuple[str, int]], wires: int) -> bytes:
        """Return the tape's file for inputs of these names and sizes, in recorded order.

        ValueError: the trace gave another number of wires or inputs, or nothing was recorded, or
        the signals are not where `signals` puts them.
        """

@final
class WitnessTape:
    """A circuit's witness tape in memory."""

    def __new__(cls, content: bytes, wires: int | None = None) -> Self:
        """Read a tape's file. ValueError: it is none, or has fewer wires.

        Witnesses have its first `wires` wires, by default all.
        """
    def inputs(self) -> list[tuple[str, int, int]]:
        """Return name, first position and size of each input."""
    @property
    def input_count(self) -> int:
        """Number of input values."""
    @property
    def steps(self) -> int:
        """Number of operations."""
    def run(self, inputs: Buffer) -> bytes:
        """Return the .wtns content for inputs in words of 32 little-endian bytes.

        ValueError: their number, a number not below r, or inputs that the circuit refuses.
        """
    def run_lying(self, inputs: Buffer, lies: dict[int, Buffer]) -> bytes:
        """Return `run` where lies are told of some wires, and what is computed from them follows.

        Lies: a word of 32 little-endian bytes for each wire; the witness has it there. What is
        computed from a wire is the tape's to know. On a tape of signals (`TapeRecorder`) it is what
        the circuit assigns from that signal, directly or not, and a wire is one value with the
        signal that it is. On others, wires with equal computations are one value: a lie about one
        is a lie about all, and about whatever is computed from any; a wire that is the same for all
        inputs is a constant, and a lie about it changes nothing else.
        ValueError: as `run`, the division by a lie of zero included; a wire that the tape does not
        have; wire 0, which is one in every witness; two lies about one value.
        """
    def run_many(self, inputs: Sequence[Buffer]) -> list[bytes]:
        """Return `run` of each, on all cores; ValueError as there."""

# Hashes: native/src/crypto/{poseidon,sparse,grain}.rs; undertow/crypto/poseidon.py

def poseidon_hash(domain: Buffer, inputs: Buffer) -> bytes:
    """Return the hash of 1 to 16 numbers in a domain, 32 bytes.

    Domain: one word, the capacity element's start. ValueError: a number is not canonical, or
    their count.
    """

def poseidon_hash_two(domain: Buffer, inputs: Buffer) -> bytes:
    """Return the hash and the state's next element, 64 bytes; ValueError: as `poseidon_hash`."""

def poseidon_hash_many(domain: Buffer, arity: int, inputs: Buffer) -> bytes:
    """Return the hashes of consecutive groups of `arity` numbers, 32 bytes each.

    Inputs: n * arity words; none gives none. ValueError: as `poseidon_hash`, or the length.
    """

# BabyJubJub: native/src/crypto/{babyjubjub,eddsa}.rs; undertow/crypto/{babyjubjub,eddsa}.py

def babyjubjub_multiply(point: Buffer, scalar: Buffer) -> bytes:
    """Return the multiple of a point, 64 bytes (x, y).

    Scalar: big-endian, any length, not reduced. ValueError: the point is not on the curve.
    """

def babyjubjub_multiply_base8(scalar: Buffer) -> bytes:
    """Return the multiple of circomlib's Base8, 64 bytes (x, y).

    Scalar: one word below the subgroup's order, else ValueError.
    """

def babyjubjub_in_subgroup(point: Buffer) -> bool:
    """Return whether a point (64 bytes) is on the curve and in its prime subgroup.

    ValueError: a coordinate is not canonical.
    """

def eddsa_verify_many(keys: Buffer, messages: Buffer, signatures: Buffer) -> bytes:
    """Return a byte for each signature, 1 if it verifies and 0 if not.

    For each: 64 bytes of key (x, y), 32 of message, 96 of signature (R8.x, R8.y, S). A number
    that is not canonical verifies nothing; each signature is checked by itself. ValueError: the
    three lengths do not belong together.
    """

@final
class EddsaKey:
    """A public key that passed its checks, with a table (4 KiB) that halves a check's cost."""

    def __new__(cls, key: Buffer) -> Self:
        """Check a key, 64 bytes (x, y).

        ValueError unless it is in the prime subgroup and not the identity.
        """
    def verify(self, message: Buffer, signature: Buffer) -> bool:
        """Return whether a signature (96 bytes: R8.x, R8.y, S) of a message (32) verifies.

        A number that is not canonical verifies nothing. ValueError: a length.
        """

# Trees: native/src/crypto/{merkle,snapshot}.rs; undertow/crypto/merkle.py

@final
class MerkleTree:
    """A sparse Merkle tree of arity 8 over Poseidon; a leaf that is zero is empty.

    A call while another thread updates the same tree is a RuntimeError; copies are independent.
    """

    def __new__(cls, depth: int) -> Self:
        """Make an empty tree of 8**depth leaves; ValueError unless 1 <= depth <= 20."""
    @property
    def depth(self) -> int:
        """Levels above the leaves."""
    def root(self) -> bytes:
        """Return the top node, 32 bytes."""
    def get(self, index: int) -> bytes:
        """Return a leaf, 32 bytes; ValueError beyond the tree."""
    def update(self, indices: Buffer, leaves: Buffer) -> None:
        """Set n leaves (32 bytes each) at n indices (8 big-endian bytes each).

        Of equal indices the last counts. Every node above is hashed once. ValueError: the lengths
        do not belong together, an index or a leaf is out of range; the tree is then as it was.
        """
    def proof(self, index: int) -> bytes:
        """Return the siblings on a leaf's path, depth * 7 words, from the leaf up, left to right.

        ValueError beyond the tree.
        """
    def level(self, height: int) -> bytes:
        """Return all nodes at a height over the leaves, 32 bytes each, left to right.

        ValueError: there is no such level, or it has more than 8**7 nodes.
        """
    def copy(self) -> MerkleTree:
        """Return a tree that updates of this one do not touch; costs one pointer."""
    def to_bytes(self) -> bytes:
        """Return the leaves and the root: 72 bytes and 40 for each leaf other than zero."""
    @staticmethod
    def from_bytes(data: Buffer) -> MerkleTree:
        """Read `to_bytes` and hash every node again; ValueError for anything else."""
