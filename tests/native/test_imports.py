"""The native core's modules import one way, in the order that `native/src/lib.rs` gives.

Their files import one way too. What a file takes from the `mod.rs` of a folder that it is in is not
counted: the folder is that module.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

SOURCES = Path(__file__).resolve().parents[2] / "native/src"
Graph = dict[str, set[str]]
_COMMENT = re.compile(r"//.*")
_PATH = re.compile(r"\b(crate|super|self)((?:::\w+)*)(?:::(\{[^;]*?\}(?=\s*;)))?")
"""A path from one of Rust's three roots, and the tree of names that a `use` ends with."""


def order(text: str) -> dict[str, int]:
    """Return the line of each module in the numbered list of lib.rs's head comment."""
    head = " ".join(line[3:].strip() for line in text.splitlines() if line.startswith("//!"))
    lines = re.split(r" (\d)\. ", head)[1:]
    return {
        name: int(number)
        for number, line in zip(lines[::2], lines[1::2], strict=True)
        for name in re.findall(r"(?<![/\w])`(\w+)`", line)
    }


def branches(tree: str) -> Iterator[tuple[str, ...]]:
    """Yield the paths of a `use` tree, `{a, b::{c, d}}`."""
    depth, part = 0, ""
    for char in tree[1:-1] + ",":
        depth += (char == "{") - (char == "}")
        if char != "," or depth:
            part += char
            continue
        name, _, rest = part.strip().partition("::{")
        path = tuple(name.split("::"))
        if rest:
            yield from ((*path, *inner) for inner in branches("{" + rest))
        elif name:
            yield path
        part = ""


def paths(module: tuple[str, ...], text: str) -> Iterator[tuple[str, ...]]:
    """Yield the absolute paths that a module's code names."""
    for root, middle, tree in _PATH.findall(_COMMENT.sub("", text)):
        base = {"crate": (), "self": module, "super": module[:-1]}[root]
        names = [name for name in middle.split("::") if name]
        while names[:1] == ["super"]:
            base, names = base[:-1], names[1:]
        for branch in branches(tree) if tree else [()]:
            yield (*base, *names, *branch)


def modules(sources: Path) -> dict[tuple[str, ...], str]:
    """Return the code of each file by its module's path; lib.rs is no module."""
    found = {}
    for path in sorted(sources.rglob("*.rs")):
        parts = path.relative_to(sources).with_suffix("").parts
        if parts != ("lib",):
            found[parts[:-1] if parts[-1] == "mod" else parts] = path.read_text(encoding="utf-8")
    return found


def top(files: dict[tuple[str, ...], str]) -> Graph:
    """Return what each top-level module imports."""
    names = {module[0] for module in files}
    graph: Graph = {name: set() for name in names}
    for module, text in files.items():
        used = {path[0] for path in paths(module, text) if path}
        graph[module[0]] |= used & names - {module[0]}
    return graph


def inside(files: dict[tuple[str, ...], str]) -> Graph:
    """Return which files import which, but for what a file takes from a module around it."""
    graph: Graph = {"::".join(module): set() for module in files}
    for module, text in files.items():
        for path in paths(module, text):
            target = max(
                (path[:size] for size in range(len(path) + 1) if path[:size] in files),
                key=len,
                default=module,
            )
            if target != module[: len(target)]:
                graph["::".join(module)].add("::".join(target))
    return graph


def upward(graph: Graph, levels: dict[str, int]) -> list[str]:
    """Return the imports of a module that is not on a line above."""
    return [
        f"{module} imports {used}"
        for module in sorted(graph)
        for used in sorted(graph[module])
        if levels[used] >= levels[module]
    ]


def test_every_module_has_its_line() -> None:
    levels = order((SOURCES / "lib.rs").read_text(encoding="utf-8"))
    assert set(levels) == set(top(modules(SOURCES)))


def test_no_module_imports_upwards() -> None:
    levels = order((SOURCES / "lib.rs").read_text(encoding="utf-8"))
    assert upward(top(modules(SOURCES)), levels) == []


def test_no_files_import_each_other_in_a_circle() -> None:
    tuple(TopologicalSorter(inside(modules(SOURCES))).static_order())


LIB = """//! Modules.
//!
//! 1. `low` (of `lower/stem.rs`).
//! 2. `middle`, `other`.
//! 3. `high`.
"""
IMPORTS = {
    "a list": "use crate::{\n    high::{self, a::B},\n};",
    "a path": "fn f() -> super::super::high::A { crate::low::a() }",
    "an alias": "pub(crate) use crate::high::a as b;",
    "the same line": "use crate::other::A;",
}


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    for name in ("low", "middle", "other", "high"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "mod.rs").write_text("//! Not `crate::high`.\npub mod a;\n")
        (tmp_path / name / "a.rs").write_text("use super::X;\nuse crate::low::a::Y;\n")
    (tmp_path / "low/a.rs").write_text("// use crate::high::a;\n")
    return tmp_path


def test_the_order_is_read_from_the_comment(sources: Path) -> None:
    levels = order(LIB)
    assert levels == {"low": 1, "middle": 2, "other": 2, "high": 3}
    assert upward(top(modules(sources)), levels) == []
    tuple(TopologicalSorter(inside(modules(sources))).static_order())


@pytest.mark.parametrize("text", IMPORTS.values(), ids=IMPORTS.keys())
def test_an_import_upwards_is_found(sources: Path, text: str) -> None:
    (sources / "middle/a.rs").write_text(text)
    assert len(upward(top(modules(sources)), order(LIB))) == 1


@pytest.mark.parametrize("text", ["use super::b::{self};", "use crate::low::{c, b::B};"])
def test_a_circle_of_files_is_found(sources: Path, text: str) -> None:
    (sources / "low/a.rs").write_text(text)
    (sources / "low/b.rs").write_text("use super::a;")
    with pytest.raises(CycleError):
        tuple(TopologicalSorter(inside(modules(sources))).static_order())
