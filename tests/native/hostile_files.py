"""Files whose sections fit together and mean something that nobody would write."""

from __future__ import annotations

import struct

from hypothesis import strategies as st

from tests.native.hostile import FIELD, damaged_file, mostly
from tests.native.originals import originals
from tests.prover.sections import join, replaced, split
from undertow.crypto.field import R

_PRIME = struct.pack("<I", 32) + R.to_bytes(32, "little")
_SIZES = 72
"""Where section 2 of a .zkey counts wires, public signals and rows."""
G1, G2 = 64, 128


def _numbers(count: int) -> st.SearchStrategy[bytes]:
    numbers = st.lists(FIELD, min_size=count, max_size=count)
    return numbers.map(lambda values: b"".join(value.to_bytes(32, "little") for value in values))


@st.composite
def _wtns(draw: st.DrawFn, wires: int) -> bytes:
    """Return a witness of so many wires that is no circuit's."""
    body = (1).to_bytes(32, "little") + draw(_numbers(wires - 1))
    header = _PRIME + struct.pack("<I", wires)
    return join(originals().wtns, [(1, header), (2, body)])


def witnesses(wires: int | None = None) -> st.SearchStrategy[bytes]:
    """Return witnesses of a circuit of so many wires, or of the originals'."""
    right = originals().wtns
    count = wires or (len(right) - 76) // 32
    honest = st.just(right) if len(right) == 76 + 32 * count else _wtns(count)
    return mostly(honest | _wtns(count), _wtns(count).flatmap(damaged_file))


@st.composite
def _r1cs(draw: st.DrawFn) -> bytes:
    """Return any few constraints: none, without terms, with the same wire twice, never broken."""
    wires = draw(st.integers(1, 12))
    public = draw(st.integers(0, wires - 1))
    outputs = draw(st.integers(0, public))
    term = st.tuples(st.integers(0, wires - 1), FIELD)
    rows = draw(st.lists(st.tuples(*[st.lists(term, max_size=4)] * 3), max_size=10))
    body = b""
    for terms in (terms for row in rows for terms in row):
        body += struct.pack("<I", len(terms))
        body += b"".join(struct.pack("<I", at) + by.to_bytes(32, "little") for at, by in terms)
    sizes = (wires, outputs, public - outputs, draw(st.integers(0, wires)), wires, len(rows))
    header = _PRIME + struct.pack("<IIIIQI", *sizes)
    labels = struct.pack(f"<{wires}Q", *range(wires))
    return join(originals().r1cs, [(2, body), (1, header), (3, labels)])


def circuits() -> st.SearchStrategy[bytes]:
    """Return .r1cs files: one that has a key, strange ones and damaged ones."""
    right = st.just(originals().r1cs)
    return mostly(right | _r1cs(), (right | _r1cs()).flatmap(damaged_file))


@st.composite
def _elements(draw: st.DrawFn, content: bytes, size: int, count: int, zeros: bool) -> bytes:
    """Return so many elements, taken from a section again and again, some of them zero."""
    pool = [content[at : at + size] for at in range(0, len(content), size)]
    if zeros and draw(st.booleans()):
        pool = [*pool[: draw(st.integers(0, 2))], bytes(size)]
    start, step = draw(st.integers(0, len(pool) - 1)), draw(st.integers(0, 3))
    return b"".join(pool[(start + step * index) % len(pool)] for index in range(count))


@st.composite
def _zkey(draw: st.DrawFn) -> bytes:
    """Return a key of other sizes with all lengths right, points repeated and any matrices."""
    data = originals().zkey
    sections = dict(split(data))
    domain = 1 << draw(st.integers(0, 7))
    wires = draw(st.integers(1, 70))
    public = draw(st.integers(0, wires - 1) | st.just(wires - 1))
    entry = st.tuples(
        st.integers(0, 1), st.integers(0, domain - 1), st.integers(0, wires - 1), FIELD
    )
    entries = draw(st.lists(entry, max_size=20))
    matrices = struct.pack("<I", len(entries)) + b"".join(
        struct.pack("<III", *place) + value.to_bytes(32, "little") for *place, value in entries
    )
    header = sections[2][:_SIZES] + struct.pack("<III", wires, public, domain)
    changes = [(2, header + sections[2][_SIZES + 12 :]), (4, matrices)]
    lengths = {3: public + 1, 5: wires, 6: wires, 7: wires, 8: wires - public - 1, 9: domain}
    for number, count in lengths.items():
        size = G2 if number == 7 else G1
        changes.append((number, draw(_elements(sections[number], size, count, number != 3))))
    return replaced(data, *changes)


def keys() -> st.SearchStrategy[bytes]:
    """Return .zkey files: the original, strange ones and damaged ones."""
    right = st.just(originals().zkey)
    return mostly(right | _zkey(), (right | _zkey()).flatmap(damaged_file))


def wires_of(data: bytes) -> int | None:
    """Return how many wires a .zkey or .r1cs says that it has, if that many can be written."""
    number, at = (2, _SIZES) if data[:4] == b"zkey" else (1, 36)
    try:
        (wires,) = struct.unpack_from("<I", dict(split(data))[number], at)
    except (AssertionError, KeyError, struct.error):
        return None
    return wires if 0 < wires < 200 else None


@st.composite
def _ptau(draw: st.DrawFn) -> bytes:
    """Return powers of another number with all lengths right."""
    data = originals().ptau
    sections = dict(split(data))
    power = draw(st.integers(1, 4))
    size = 1 << power
    header = sections[1][:-8] + struct.pack("<II", power, draw(st.integers(power, 28)))
    lengths = {2: 2 * size - 1, 3: size, 4: size, 5: size}
    lengths |= {12: 4 * size - 1, 13: 2 * size - 1, 14: 2 * size - 1, 15: 2 * size - 1}
    changes = [(1, header)]
    for number, count in lengths.items():
        content, width = sections[number], G2 if number in (3, 13) else G1
        # What is read first, generator and tau, stays.
        rest = draw(_elements(content, width, max(count - 2, 0), zeros=number > 5))
        changes.append((number, (content[: 2 * width] + rest)[: count * width]))
    return replaced(data, *changes)


def powers() -> st.SearchStrategy[bytes]:
    """Return .ptau files: the original, strange ones and damaged ones."""
    right = st.just(originals().ptau)
    return mostly(right | _ptau(), (right | _ptau()).flatmap(damaged_file))


@st.composite
def logs(draw: st.DrawFn) -> bytes:
    """Return powers whose contributions were changed, with all lengths right."""
    data = originals().ptau
    log = dict(split(data))[7]
    one = log[4:]
    where, what = draw(st.integers(0, len(one) - 1)), draw(st.binary(min_size=1, max_size=40))
    changed = (one[:where] + what + one[where + len(what) :])[: len(one)]
    many = draw(st.lists(st.sampled_from([one, changed]), max_size=3))
    return replaced(data, (7, struct.pack("<I", len(many)) + b"".join(many)))


def any_file() -> st.SearchStrategy[bytes]:
    """Return a file of any kind."""
    return st.one_of(circuits(), witnesses(), keys(), powers(), st.binary(max_size=40))
