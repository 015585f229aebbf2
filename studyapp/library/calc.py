"""`calc` expressions: arithmetic that must hold, evaluated without Python's own `eval`."""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from statistics import NormalDist
from typing import Any

from simpleeval import InvalidExpression, SimpleEval

RELATIVE = 1e-9
LONGEST = 500
MOST_BITS = 4096
MOST_CHOSEN_FROM = 10_000
NODES = (ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.Call, ast.Name, ast.Constant)
_NORMAL = NormalDist()


class TooLarge(ArithmeticError):
    """A number that takes long to work out."""


def _equal(left: float, right: float) -> bool:
    return math.isclose(left, right, rel_tol=RELATIVE, abs_tol=1e-12)


def _power(base: Any, exponent: Any) -> Any:
    if isinstance(base, int) and isinstance(exponent, int) and base.bit_length() * exponent > MOST_BITS:
        raise TooLarge("the power is too large; write it with a decimal point, such as 10.0**9")
    return base**exponent


def _comb(n: int, k: int) -> int:
    if n > MOST_CHOSEN_FROM:
        raise TooLarge(f"comb chooses from at most {MOST_CHOSEN_FROM:,}")
    return math.comb(n, k)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "ceil": math.ceil,
    "floor": math.floor,
    "round": round,
    "sqrt": math.sqrt,
    "log": math.log,
    "log2": math.log2,
    "log10": math.log10,
    "exp": math.exp,
    "min": min,
    "max": max,
    "sum": lambda *values: sum(values),
    "comb": _comb,
    "norm_cdf": _NORMAL.cdf,
    "norm_ppf": _NORMAL.inv_cdf,
}
OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: _power,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
    ast.Eq: _equal,
    ast.NotEq: lambda left, right: not _equal(left, right),
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def problem_with(expression: str, names: Mapping[str, float] | None = None) -> str:
    """What is wrong with an expression, as a sentence; empty when it holds.

    `names` are further constants, such as `answer`. Powers are limited in size, and so is the expression's length.
    """
    if len(expression) > LONGEST:
        return f"calc is longer than {LONGEST} characters"
    shown = " ".join(expression.split())
    evaluator = SimpleEval(
        operators=OPERATORS, functions=FUNCTIONS, names={"pi": math.pi, "e": math.e, **(names or {})}
    )
    evaluator.nodes = {kind: handler for kind, handler in evaluator.nodes.items() if kind in NODES}
    try:
        tree = ast.parse(shown, mode="eval").body
        _refuse(tree)
        value = evaluator.eval(shown, tree)
        if value is True:
            return ""
        if value is False:
            return f"calc `{shown}` does not hold{_sides(evaluator, tree)}"
        return f"calc `{shown}` gives {value!r}; expected a comparison that holds, such as `2 * 3 == 6`"
    except (InvalidExpression, ArithmeticError, SyntaxError, TypeError, ValueError) as error:
        return f"calc `{shown}` cannot be worked out: {getattr(error, 'msg', error)}"
    except (RecursionError, MemoryError):  # the parser's answer to hundreds of brackets
        return f"calc `{shown}` cannot be worked out: nested too deeply"


def _refuse(tree: ast.expr) -> None:
    """Raise ValueError at whatever is no arithmetic, before anything is worked out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) not in (int, float):
            raise ValueError(f"{node.value!r} is no number")
        if isinstance(node, ast.expr) and not isinstance(node, NODES):
            raise ValueError(f"`{ast.unparse(node)}` is no arithmetic")
        if isinstance(node, ast.operator | ast.unaryop | ast.cmpop) and type(node) not in OPERATORS:
            raise ValueError("only + - * / // % ** and comparisons are worked out")


def _sides(evaluator: SimpleEval, tree: ast.expr) -> str:
    """Both sides of a comparison that failed, so that the author sees by how much."""
    if not isinstance(tree, ast.Compare) or len(tree.ops) != 1:
        return ""
    left, right = (evaluator.eval("", side) for side in (tree.left, tree.comparators[0]))
    return f": the left side is {left!r}, the right {right!r}"
