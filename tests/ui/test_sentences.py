"""Every sentence of the rooms that know no Qt has its place in the window's language."""

from __future__ import annotations

import ast
import inspect
import itertools
import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from cnnstudio import errors
from cnnstudio.paths import resource
from cnnstudio.ui.sentences import TEMPLATES

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("imaging", "engine", "runtime")
SAMPLE = "9"
"""Stands for whatever is put into a sentence."""

RAISED = {name for name, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.CnnStudioError)}
SENTENCE = re.compile(r"[A-Z“0-9].* .*[.…]", re.DOTALL)


def code() -> list[Path]:
    """What speaks English to people and knows no Qt."""
    folder = ROOT / "cnnstudio"
    rooms = [path for room in ROOMS for path in sorted((folder / room).rglob("*.py"))]
    return [*rooms, *(folder / name for name in ("cards.py", "jobs.py", "ui/favourites.py", "ui/saving.py"))]


class Sentences(ast.NodeVisitor):
    """Collects a module's texts for people: what is raised or told as progress, names of devices, and all sentences.

    Attributes:
        found: (line, text), with :data:`SAMPLE` for what is put in.
    """

    def __init__(self, path: Path) -> None:
        self.found: list[tuple[int, str]] = []
        tree = ast.parse(path.read_text("utf-8"))
        self._calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        self._known = [_assigned(tree)]
        self.visit(tree)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        known = _assigned(node)
        parameters = [argument.arg for argument in node.args.args if argument.arg not in ("self", "cls")]
        for call in self._calls:
            if getattr(call.func, "attr", getattr(call.func, "id", "")) == node.name:
                for parameter, value in zip(parameters, call.args, strict=False):
                    if isinstance(value, ast.Constant | ast.JoinedStr):
                        known.setdefault(parameter, []).append(value)
        self._known.append(known)
        self.generic_visit(node)
        self._known.pop()

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # what a constant of its own says is for developers
            self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        if isinstance(node.exc, ast.Call) and getattr(node.exc.func, "id", "") in RAISED:
            texts = list(self._texts(node.exc.args[0]))
            calls = isinstance(node.exc.args[0], ast.Call) and not texts  # of a function that makes the sentence
            assert texts or calls, f"line {node.lineno}: what does this say?"
            self._take(node.lineno, texts)

    def visit_Call(self, node: ast.Call) -> None:
        of = node.func.value if isinstance(node.func, ast.Attribute) else None
        if of is not None and ast.unparse(of).endswith("progress") and ast.unparse(node.func).endswith(".set"):
            for text in node.args[1:2]:
                self._take(node.lineno, list(self._texts(text)))
        elif of is not None and ast.unparse(of) == "_log":
            return
        if getattr(node.func, "id", "") == "Device":
            self._take(node.lineno, [name for name in self._texts(node.args[1]) if not name.isupper()])
        texts = [text for text in self._texts(node) if SENTENCE.fullmatch(text)]
        self._take(node.lineno, texts)
        if not texts:
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        self._take(node.lineno, [text for text in self._texts(node) if SENTENCE.fullmatch(text)])

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self._take(node.lineno, [text for text in self._texts(node) if SENTENCE.fullmatch(text)])

    def _take(self, line: int, texts: list[str]) -> None:
        self.found += [(line, text) for text in texts]

    def _texts(self, node: ast.expr) -> Iterator[str]:
        """All that an expression may say; nothing where that cannot be seen from here."""
        match node:
            case ast.Constant(value=str(text)):
                yield text
            case ast.IfExp(body=one, orelse=other):
                yield from self._texts(one)
                yield from self._texts(other)
            case ast.Name(id=name):
                values = next((known[name] for known in reversed(self._known) if name in known), [])
                yield from itertools.chain(*map(self._texts, values))
            case ast.Dict(values=values):
                yield from itertools.chain(*map(self._texts, values))
            case ast.BoolOp(values=values):
                yield from itertools.chain(*map(self._texts, values))
            case ast.JoinedStr(values=parts):
                inside = [p.value if isinstance(p, ast.FormattedValue) else p for p in parts]
                yield from map("".join, itertools.product(*(list(self._texts(part)) or [SAMPLE] for part in inside)))
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format")):
                yield re.sub(r"\{\w*\}", SAMPLE, text)


def _assigned(scope: ast.AST) -> dict[str, list[ast.expr]]:
    """What is given to each name in a function or module, the values of dictionaries gone through there, and texts of
    other modules that it takes from them."""
    known: dict[str, list[ast.expr]] = {}
    for node in ast.walk(scope):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                known.setdefault(name, []).append(value)
            case ast.For(
                target=ast.Tuple(elts=[_, ast.Name(id=name)]), iter=ast.Call(func=ast.Attribute(value, attr="items"))
            ):
                known.setdefault(name, []).append(value)
            case ast.ImportFrom(module=str(module), names=names) if module.startswith("cnnstudio."):
                for alias in names:
                    if isinstance(text := getattr(import_module(module), alias.name, None), str):
                        known.setdefault(alias.asname or alias.name, []).append(ast.Constant(text))
    return known


def pattern(template: str) -> str:
    return ".+".join(re.escape(part) for part in template.split("{}"))


def texts_for_people() -> set[str]:
    """All that those rooms may say."""
    return {text for path in code() for _, text in Sentences(path).found}


def card_words() -> set[str]:
    """Names and descriptions of the models that come with the program; abbreviations stay as they are."""
    cards = [json.loads(path.read_text("utf-8")) for path in resource("weights").glob("*.json")]
    return {card[key] for card in cards for key in ("name", "description") if not card[key].isupper()}


def test_every_sentence_is_known() -> None:
    unknown = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in code()
        for line, text in Sentences(path).found
        if not any(re.fullmatch(pattern(template), text, re.DOTALL) for template in TEMPLATES)
    ]
    assert not unknown, "\n".join(unknown)


def test_words_of_the_models_are_known() -> None:
    assert card_words() <= set(TEMPLATES)


def test_no_sentence_is_left_that_nobody_says() -> None:
    said = texts_for_people() | card_words()
    unsaid = [t for t in TEMPLATES if not any(re.fullmatch(pattern(t), text, re.DOTALL) for text in said)]
    assert not unsaid, "\n".join(unsaid)
