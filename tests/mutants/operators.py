"""Every small fault of a source: one operator, number, term, bound or statement at a time."""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Iterator
from typing import TypeVar

Item = TypeVar("Item")

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.Pow: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_EXTREMES = {"min": "max", "max": "min"}


def faults(source: str) -> Iterator[tuple[str, ast.Module]]:
    """Return each fault by name with the module that has it; read one before asking for the next.

    A name is the function, the code and what stands there instead; equal ones are counted.
    """
    tree = ast.parse(source)
    names: Counter[str] = Counter()
    for scope, holder, field, place in _places(tree, ""):
        held = getattr(holder, field)
        old = held if place is None else held[place]
        shown = holder if isinstance(old, ast.Constant) else old
        before = _text(shown)
        for new in _statement(old) if isinstance(old, ast.stmt) else _expression(old):
            _put(holder, field, place, ast.fix_missing_locations(ast.copy_location(new, old)))
            name = f"{scope}: {before} -> {_text(holder if shown is holder else new)}"
            names[name] += 1
            yield (name if names[name] == 1 else f"{name} #{names[name]}"), tree
            _put(holder, field, place, old)


def _places(node: ast.AST, scope: str) -> Iterator[tuple[str, ast.AST, str, int | None]]:
    """Return where an expression or statement stands, but for types and decorators."""
    if isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias":
        return
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        scope = f"{scope}.{node.name}" if scope else node.name
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list"):
            continue
        for place, item in enumerate(value) if isinstance(value, list) else ((None, value),):
            if isinstance(item, ast.expr | ast.stmt):
                yield scope, node, field, place
            if isinstance(item, ast.AST):
                yield from _places(item, scope)


def _put(holder: ast.AST, field: str, place: int | None, node: ast.AST) -> None:
    if place is None:
        setattr(holder, field, node)
    else:
        getattr(holder, field)[place] = node


def _text(node: ast.AST) -> str:
    """Return a node's source; of a compound statement, its first line."""
    return ast.unparse(node).splitlines()[0]


def _with(node: ast.AST, **fields: object) -> ast.AST:
    changed = copy.copy(node)
    for field, value in fields.items():
        setattr(changed, field, value)
    return changed


def _statement(node: ast.stmt) -> Iterator[ast.AST]:
    match node:
        case ast.AugAssign():
            yield ast.Pass()
            yield _with(node, op=_COMPUTED[type(node.op)]())
        case ast.Assign(targets=[ast.Subscript()]) | ast.Raise() | ast.Continue():
            yield ast.Pass()
        case ast.Expr(value=ast.Call()):
            yield ast.Pass()
        case ast.If():
            yield _with(node, test=ast.Constant(True))
            yield _with(node, test=ast.Constant(False))


def _expression(node: ast.expr) -> Iterator[ast.AST]:
    match node:
        case ast.Constant(value=bool()):
            yield ast.Constant(not node.value)
        case ast.Constant(value=int() as value):
            yield ast.Constant(value + 1)
            yield ast.Constant(value - 1)
        case ast.Compare():
            for place, op in enumerate(node.ops):
                for other in _COMPARED[type(op)]:
                    yield _with(node, ops=[*node.ops[:place], other(), *node.ops[place + 1 :]])
        case ast.BinOp():
            yield from _computed(node)
        case ast.UnaryOp(op=ast.USub() | ast.Not()):
            yield node.operand
        case ast.BoolOp():
            yield _with(node, op=ast.And() if isinstance(node.op, ast.Or) else ast.Or())
            for left in _without_one(node.values):
                yield left[0] if len(left) == 1 else _with(node, values=left)
        case ast.IfExp():
            yield node.body
            yield node.orelse
            yield _with(node, body=node.orelse, orelse=node.body)
        case ast.ListComp() | ast.GeneratorExp() | ast.SetComp() | ast.DictComp():
            for place, part in enumerate(node.generators):
                if part.ifs:
                    whole = _with(part, ifs=[])
                    rest = node.generators[place + 1 :]
                    yield _with(node, generators=[*node.generators[:place], whole, *rest])
        case ast.Call():
            yield from _called(node)


def _computed(node: ast.BinOp) -> Iterator[ast.AST]:
    yield _with(node, op=_COMPUTED[type(node.op)]())
    yield node.left
    yield node.right
    if isinstance(node.op, ast.Sub):
        yield _with(node, left=node.right, right=node.left)
    if isinstance(node.op, ast.FloorDiv | ast.RShift):
        # Rounded the other way.
        negative = _with(node, left=ast.UnaryOp(ast.USub(), node.left))
        assert isinstance(negative, ast.expr)
        yield ast.UnaryOp(ast.USub(), negative)


def _called(node: ast.Call) -> Iterator[ast.AST]:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name in _EXTREMES:
        yield _with(node, func=ast.Name(_EXTREMES[name], ast.Load()))
        if len(node.args) > 1:
            yield from node.args
    if name == "ceil_div":
        yield ast.BinOp(node.args[0], ast.FloorDiv(), node.args[1])
    if name == "abs":
        yield node.args[0]
    for left in _without_one(node.keywords):
        yield _with(node, keywords=left)


def _without_one(items: list[Item]) -> Iterator[list[Item]]:
    for place in range(len(items)):
        yield items[:place] + items[place + 1 :]
