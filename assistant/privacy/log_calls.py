"""What a call of a logger says by itself, read in its source, without what it was given to say.

`logger.debug(f"Received '{text}' from {sender}")` says « Received '…' from … ». Libraries put messages of visitors into
such calls, at any level; their source holds none. Pure but for reading source files.
"""

import ast
import linecache
from functools import lru_cache

HOLE = "…"
_METHODS = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log"})
_PERCENT = ("%s", "%r", "%d", "%i", "%f", "%x")


@lru_cache(maxsize=512)
def _calls(path: str) -> tuple[ast.Call, ...]:
    """The calls in a source file that may be those of a logger; none if it cannot be read."""
    try:
        tree = ast.parse("".join(linecache.getlines(path)))
    except (SyntaxError, ValueError, RecursionError):
        return ()
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return tuple(node for node in nodes if isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS)


def _literal(node: ast.expr | None) -> str:
    """The text that an expression holds in itself, with HOLE for all the rest."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = node.value
        for directive in _PERCENT:
            text = text.replace(directive, HOLE)
        return text
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else HOLE for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _literal(node.left) + _literal(node.right)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return _literal(node.left)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return _literal(node.func.value)
    return HOLE


@lru_cache(maxsize=4096)
def said_at(path: str, line: int) -> str:
    """What the logger's call on a line of a source file says; HOLE if no such call can be read there."""
    around = [node for node in _calls(path) if node.lineno <= line <= (node.end_lineno or node.lineno)]
    if not around:
        return HOLE
    call = max(around, key=lambda node: node.lineno)
    arguments = call.args[1:] if isinstance(call.func, ast.Attribute) and call.func.attr == "log" else call.args
    named = [keyword.value for keyword in call.keywords if keyword.arg == "msg"]
    return _literal(next(iter([*arguments, *named]), None))
