"""Scripts, read once into functions and then run: statements, conditions, assignments and expressions.

statement  = "if" "(" expression ")" statement [ "else" statement ] | "{" { statement } "}"
           | [ "var" | "let" | "const" ] target "=" expression ";" | expression ";"
expression = the operators ? : || && === == < + * ! - . [] of JavaScript, on texts, numbers, lists and objects
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from picturerail.errors import BadRequest
from picturerail.media.upload.eval.tokens import Token, tokens_of
from picturerail.media.upload.eval.values import OPERATIONS, EvalValue, number, text_of, truthy

MAX_DEPTH = 40
CONSTANTS: dict[str, EvalValue] = {"true": True, "false": False, "null": None, "undefined": None}
DECLARATIONS = ("var", "let", "const")
# Operators that take two sides, the loosest first.
LEVELS = (("||",), ("&&",), ("===", "!==", "==", "!="), ("<=", ">=", "<", ">"), ("+", "-"), ("*", "/", "%"))

Scope = dict[str, EvalValue]
Evaluate = Callable[[Scope], EvalValue]


@dataclass(frozen=True)
class Expression:
    """A part of a script: what it is worth, and how to store into it when it is a place."""

    value: Evaluate
    store: Callable[[Scope, EvalValue], None] | None = None


def run(script: str, scope: Mapping[str, EvalValue]) -> Scope:
    """Run a script; the names that it sees and sets afterwards. BadRequest when it cannot be read."""
    names = dict(scope)
    for statement in _Reader(tokens_of(script)).program():
        statement(names)
    return names


class _Reader:
    """Reads tokens from left to right into functions."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def program(self) -> list[Evaluate]:
        statements = []
        while self._next.kind != "end":
            statements.append(self._statement())
        return statements

    # ---- statements
    def _statement(self) -> Evaluate:
        self._deeper()
        found = self._read_statement()
        self._depth -= 1
        return found

    def _read_statement(self) -> Evaluate:
        if self._takes(";"):
            return lambda _: None
        if self._takes("{"):
            return self._block()
        if self._takes("if"):
            return self._if()
        for word in DECLARATIONS:
            if self._takes(word):
                break
        target = self._expression()
        if not self._takes("="):
            self._takes(";")
            return target.value
        if target.store is None:
            raise self._complaint("nothing can be assigned here")
        store, value = target.store, self._expression().value
        self._takes(";")
        return lambda scope: store(scope, value(scope))

    def _block(self) -> Evaluate:
        statements = []
        while not self._takes("}"):
            statements.append(self._statement())

        def all_of_them(scope: Scope) -> None:
            for statement in statements:
                statement(scope)

        return all_of_them

    def _if(self) -> Evaluate:
        self._expect("(")
        condition = self._expression().value
        self._expect(")")
        then = self._statement()
        otherwise = self._statement() if self._takes("else") else lambda _: None
        return lambda scope: then(scope) if truthy(condition(scope)) else otherwise(scope)

    # ---- expressions
    def _expression(self) -> Expression:
        self._deeper()
        node = self._binary(0)
        if self._takes("?"):
            condition, then = node.value, self._expression().value
            self._expect(":")
            otherwise = self._expression().value
            node = Expression(lambda scope: then(scope) if truthy(condition(scope)) else otherwise(scope))
        self._depth -= 1
        return node

    def _binary(self, level: int) -> Expression:
        if level == len(LEVELS):
            return self._unary()
        node = self._binary(level + 1)
        while operator := next((each for each in LEVELS[level] if self._takes(each)), None):
            node = Expression(_joined(operator, node.value, self._binary(level + 1).value))
        return node

    def _unary(self) -> Expression:
        self._deeper()
        if self._takes("!"):
            inner = self._unary().value
            node = Expression(lambda scope: not truthy(inner(scope)))
        elif self._takes("-"):
            inner = self._unary().value
            node = Expression(lambda scope: -number(inner(scope)))
        else:
            node = self._member()
        self._depth -= 1
        return node

    def _member(self) -> Expression:
        node = self._primary()
        while True:
            if self._takes("."):
                node = _place(node.value, _constant(self._take("name").text))
            elif self._takes("["):
                node = _place(node.value, self._expression().value)
                self._expect("]")
            else:
                return node

    def _primary(self) -> Expression:
        token = self._next
        if self._takes("("):
            node = Expression(self._expression().value)
            self._expect(")")
            return node
        if self._takes("["):
            return self._list()
        if self._takes("{"):
            return self._object()
        self._at += 1
        match token.kind:
            case "number":
                return Expression(_constant(float(token.text) if "." in token.text else int(token.text)))
            case "text":
                return Expression(_constant(token.text))
            case "name":
                return (
                    Expression(_constant(CONSTANTS[token.text]))
                    if token.text in CONSTANTS
                    else _name(token.text)
                )
        self._at -= 1
        raise self._complaint("a value is missing")

    def _list(self) -> Expression:
        items: list[Evaluate] = []
        while not self._takes("]"):
            items.append(self._expression().value)
            if not self._takes(","):
                self._expect("]")
                break
        return Expression(lambda scope: [item(scope) for item in items])

    def _object(self) -> Expression:
        pairs: list[tuple[str, Evaluate]] = []
        while not self._takes("}"):
            key = self._take("text") if self._next.kind == "text" else self._take("name")
            self._expect(":")
            pairs.append((key.text, self._expression().value))
            if not self._takes(","):
                self._expect("}")
                break
        return Expression(lambda scope: {key: value(scope) for key, value in pairs})

    # ---- tokens
    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _takes(self, text: str) -> bool:
        taken = self._next.text == text and self._next.kind in ("operator", "name")
        self._at += taken
        return taken

    def _take(self, kind: str) -> Token:
        if self._next.kind != kind:
            raise self._complaint(f"a {kind} is missing")
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, text: str) -> None:
        if not self._takes(text):
            raise self._complaint(f"{text} is missing")

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._complaint("it is nested too deeply")

    def _complaint(self, reason: str) -> BadRequest:
        return BadRequest(f"Invalid eval: {reason} at position {self._next.position + 1}.")


def _constant(value: EvalValue) -> Evaluate:
    return lambda _: value


def _name(name: str) -> Expression:
    def value(scope: Scope) -> EvalValue:
        if name not in scope:
            raise BadRequest(f"Invalid eval: {name[:50]} is not defined.")
        return scope[name]

    return Expression(value, lambda scope, given: scope.__setitem__(name, given))


def _place(holder: Evaluate, key: Evaluate) -> Expression:
    """`holder.key` or `holder[key]`."""

    def value(scope: Scope) -> EvalValue:
        held = holder(scope)
        if isinstance(held, dict):
            return held.get(text_of(key(scope)))
        if isinstance(held, list | str):
            return _item(held, key(scope))
        raise BadRequest("Invalid eval: only objects, lists and texts have parts.")

    def store(scope: Scope, given: EvalValue) -> None:
        held = holder(scope)
        if not isinstance(held, dict):
            raise BadRequest("Invalid eval: only parts of objects can be set.")
        held[text_of(key(scope))] = given

    return Expression(value, store)


def _item(held: Any, key: EvalValue) -> EvalValue:  # noqa: ANN401
    if key == "length":
        return len(held)
    return held[key] if isinstance(key, int) and 0 <= key < len(held) else None


def _joined(operator: str, left: Evaluate, right: Evaluate) -> Evaluate:
    if operator == "&&":
        return lambda scope: right(scope) if truthy(found := left(scope)) else found
    if operator == "||":
        return lambda scope: found if truthy(found := left(scope)) else right(scope)
    operation = OPERATIONS[operator]
    return lambda scope: operation(left(scope), right(scope))
