"""`calc` expressions: arithmetic that must hold, evaluated without Python's own `eval`."""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from statistics import NormalDist
from typing import Any

from simpleeval import DEFAULT_OPERATORS, InvalidExpression, SimpleEval

RELATIVE = 1e-9
LONGEST = 500
_NORMAL = NormalDist()


def _equal(left: Any, right: Any) -> bool:
    if isinstance(left, int | float) and isinstance(right, int | float):
        return math.isclose(left, right, rel_tol=RELATIVE, abs_tol=1e-12)
    return bool(left == right)


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
    "comb": lambda n, k: math.comb(min(n, 1000), k),
    "norm_cdf": _NORMAL.cdf,
    "norm_ppf": _NORMAL.inv_cdf,
}
OPERATORS = {**DEFAULT_OPERATORS, ast.Eq: _equal, ast.NotEq: lambda a, b: not _equal(a, b), ast.Sub: operator.sub}


def problem_with(expression: str, names: Mapping[str, float] | None = None) -> str:
    """What is wrong with an expression, as a sentence; empty when it holds.

    `names` are further constants, such as `answer`. Powers are limited in size, and so is the expression's length.
    """
    if len(expression) > LONGEST:
        return f"calc is longer than {LONGEST} characters"
    evaluator = SimpleEval(
        operators=OPERATORS, functions=FUNCTIONS, names={"pi": math.pi, "e": math.e, **(names or {})}
    )
    try:
        value = evaluator.eval(expression)
    except (InvalidExpression, ArithmeticError, SyntaxError, TypeError, ValueError, RecursionError) as error:
        return f"calc `{expression}` cannot be worked out: {str(error).splitlines()[0] if str(error) else error!r}"
    if value is True:
        return ""
    if value is False:
        return f"calc `{expression}` does not hold{_sides(evaluator, expression)}"
    return f"calc `{expression}` gives {value!r}; expected a comparison that holds, such as `2 * 3 == 6`"


def _sides(evaluator: SimpleEval, expression: str) -> str:
    """Both sides of a comparison that failed, so that the author sees by how much."""
    tree = ast.parse(expression.strip(), mode="eval").body
    if not isinstance(tree, ast.Compare) or len(tree.ops) != 1:
        return ""
    left, right = (evaluator.eval(ast.unparse(side)) for side in (tree.left, tree.comparators[0]))
    return f": the left side is {left!r}, the right {right!r}"
