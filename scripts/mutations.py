"""The small mistakes that a hand may make in a module: what mutate.py draws from.

A boundary, a number by one, `and` for `or`, a condition or a statement left out, in Python and in
SQL. Nothing is changed in texts, types and what only says how a class is built.
"""

import ast
import re
from collections.abc import Iterator
from itertools import accumulate, pairwise
from pathlib import Path
from typing import NamedTuple

A_YEAR = 366  # the largest number that is changed by one; beyond are sizes of pieces and files
PAIRS = (
    *(("<", "<="), (">", ">="), ("==", "!="), ("in", "not in"), ("is", "is not"), ("and", "or")),
    *(("+", "-"), ("+=", "-="), ("min", "max"), ("any", "all")),
)
SWAPS = dict(PAIRS) | {second: first for first, second in PAIRS}
OPERATOR = re.compile(r"not\s+in\b|is\s+not\b|\b(?:in|is|and|or)\b|[<>]=?|[=!]=|[+-]=?")
SQL = re.compile(r"\b(SELECT|FROM|WHERE|JOIN|CASE|NULL|AND|OR)\b")
SQL_SWAPS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "AND": "OR", "OR": "AND"}
SQL_OPERATOR = re.compile(r"\{[^{}]*\}|(?<=[ (])(?:[<>]=?|AND|OR)(?= )")
IDLE = ("annotation", "returns", "decorator_list")  # fields of nodes that decide nothing
TEXTS = {"N_", "_", "visible", "cast", "TypeVar"}  # calls on which only texts or types hang


class Change(NamedTuple):
    """What stands between two places of a module's text, and what will."""

    start: int
    end: int
    instead: str


class Module:
    """A module's text, a character a byte, since nodes say where they are in bytes; and all changes
    to it that mean something."""

    def __init__(self, path: Path) -> None:
        source = path.read_bytes()
        self.text = source.decode("latin-1")
        self._starts = list(accumulate(map(len, source.splitlines(keepends=True)), initial=0))
        self._tree = ast.parse(source)
        nodes = self._at_work(self._tree)
        self.changes = sorted({change for node in nodes for change in self._of(node)})

    def function(self, change: Change) -> range:
        """The lines of the function that a change is in, without its head; else of the module."""
        found = range(1, len(self._starts))
        for node in ast.walk(self._tree):  # the inner ones last
            if isinstance(node, ast.FunctionDef):
                lines = range(node.body[0].lineno, (node.end_lineno or 0) + 1)
                if self._starts[lines[0] - 1] <= change.start < self._starts[lines[-1]]:
                    found = lines
        return found

    def _at_work(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes below that do something when the program runs, but for its texts."""
        match node:
            case ast.If(ast.Name("TYPE_CHECKING")) | ast.Assert() | ast.keyword("strict"):
                return
            case ast.Expr(ast.Constant()):  # what a function is for
                return
            case ast.Call(ast.Name(name) | ast.Attribute(attr=name)) if name in TEXTS:
                return
        yield node
        if isinstance(node, ast.JoinedStr):  # its parts say where they are from Python 3.12 on
            return
        for name, value in ast.iter_fields(node):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and name not in IDLE:
                    yield from self._at_work(child)

    def _of(self, node: ast.AST) -> Iterator[Change]:
        """The changes to one node."""
        match node:
            case ast.Compare(left, _, others):
                for one, other in pairwise([left, *others]):
                    yield from self._swapped(one, other)
            case ast.BoolOp(operator, parts):
                for one, other in pairwise(parts):
                    yield from self._swapped(one, other)
                for part in parts:
                    if not _is_nothing(part):
                        yield Change(*self._span(part), str(isinstance(operator, ast.And)))
            case ast.BinOp(left, ast.Add() | ast.Sub(), right) if not _joins(left, right):
                yield from self._swapped(left, right)
            case ast.AugAssign(target, ast.Add() | ast.Sub(), value) if not _joins(value):
                yield from self._swapped(target, value)
            case ast.UnaryOp(ast.Not(), operand):
                yield Change(*self._span(node), f"({self._said(operand)})")
            case ast.If(test) | ast.IfExp(test) if isinstance(test, ast.Name | ast.Attribute):
                yield Change(*self._span(test), f"(not {self._said(test)})")
            case ast.comprehension(ifs=conditions):
                for condition in conditions:
                    yield Change(*self._span(condition), "True")
            case ast.Constant(bool(value)):
                yield Change(*self._span(node), str(not value))
            case ast.Constant(int(value)) if value <= A_YEAR:
                yield Change(*self._span(node), str(value + 1))
                if value:  # in a row of one, the last is the first
                    yield Change(*self._span(node), str(value - 1))
            case ast.Call(ast.Name(name) as called) if name in SWAPS:
                yield Change(*self._span(called), SWAPS[name])
            case ast.Call(ast.Name("timedelta"), [days]) if not isinstance(days, ast.Constant):
                yield Change(*self._span(days), f"({self._said(days)}) + 1")
            case ast.Expr(ast.Call(ast.Attribute(attr="flush"))):  # it is done before each select
                return
            case ast.Continue() | ast.Expr(ast.Call()):
                yield Change(*self._span(node), "pass")
            case ast.FunctionDef(returns=ast.BinOp(right=ast.Constant(None))):
                for end in ast.walk(node):
                    if isinstance(end, ast.Return) and not _is_none(end.value):
                        yield Change(*self._span(end), "return None")
            case ast.JoinedStr() | ast.Constant(str()):
                yield from self._in_sql(*self._span(node))

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Where a node begins and ends."""
        end = self._starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
        return self._starts[node.lineno - 1] + node.col_offset, end

    def _said(self, node: ast.expr) -> str:
        start, end = self._span(node)
        return self.text[start:end]

    def _swapped(self, left: ast.expr, right: ast.expr) -> Iterator[Change]:
        """Another operator between two."""
        found = OPERATOR.search(self.text, self._span(left)[1], self._span(right)[0])
        if found:
            yield Change(*found.span(), SWAPS[" ".join(found[0].split())])

    def _in_sql(self, start: int, end: int) -> Iterator[Change]:
        if SQL.search(self.text, start, end):
            for found in SQL_OPERATOR.finditer(self.text, start, end):
                if found[0] in SQL_SWAPS:
                    yield Change(*found.span(), SQL_SWAPS[found[0]])


def _is_nothing(part: ast.expr) -> bool:
    """Whether a part is what stands for nothing, as the last one in `name or ""`."""
    match part:
        case ast.Constant(value):
            return not value
        case ast.Tuple(elts) | ast.List(elts):
            return not elts
    return False


def _joins(*parts: ast.expr) -> bool:
    """Whether texts, lists or tuples are put together rather than numbers."""
    return any(
        isinstance(part, ast.JoinedStr | ast.List | ast.Tuple | ast.ListComp)
        or (isinstance(part, ast.Constant) and isinstance(part.value, str))
        for part in parts
    )


def _is_none(value: ast.expr | None) -> bool:
    """Whether a return gives nothing, in words or without any."""
    return value is None or (isinstance(value, ast.Constant) and value.value is None)
