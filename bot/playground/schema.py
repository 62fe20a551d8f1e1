"""Small checks from which the rules of Block Kit are put together.

A check takes a value, the JSON pointer of its place, and the list of problems to add to.  The wording of a problem
follows what Slack's Web API answers, e.g. `must be less than 25 characters [json-pointer:/view/title/text]`.
Lengths are code points: Slack's own validator counts with mb_strlen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Problems = list[str]
Check = Callable[[Any, str, Problems], None]


def problem(problems: Problems, at: str, text: str) -> None:
    problems.append(f"[ERROR] {text} [json-pointer:{at}]")


def string(longest: int, shortest: int = 1) -> Check:
    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, str):
            problem(problems, at, "must provide a string")
        elif len(value) > longest:
            problem(problems, at, f"must be less than {longest + 1} characters")
        elif len(value) < shortest:
            problem(problems, at, f"must be more than {shortest - 1} characters")

    return check


def boolean(value: Any, at: str, problems: Problems) -> None:
    if not isinstance(value, bool):
        problem(problems, at, "must provide a boolean")


def integer(lowest: int, highest: int) -> Check:
    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            problem(problems, at, "must provide an integer")
        elif not lowest <= value <= highest:
            problem(problems, at, f"must be between {lowest} and {highest}")

    return check


def one_of(*allowed: str) -> Check:
    def check(value: Any, at: str, problems: Problems) -> None:
        if value not in allowed:
            problem(problems, at, f"must be a valid enum value: {', '.join(allowed)}")

    return check


def matching(test: Callable[[str], bool], expected: str) -> Check:
    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, str) or not test(value):
            problem(problems, at, f"must be {expected}")

    return check


def list_of(item: Check, longest: int, shortest: int = 1) -> Check:
    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, list):
            problem(problems, at, "must provide an array")
            return
        if len(value) > longest:
            problem(problems, at, f"no more than {longest} items allowed")
        if len(value) < shortest:
            problem(problems, at, f"no less than {shortest} items allowed")
        for index, entry in enumerate(value):
            item(entry, f"{at}/{index}", problems)

    return check


def shape(required: Mapping[str, Check], optional: Mapping[str, Check], *further: Check, typed: bool = True) -> Check:
    """An object with these fields and no others, beside its `type` where it has one.

    `further` checks look at it as a whole once its fields are sound.
    """
    fields = {**required, **optional, **({"type": _anything} if typed else {})}

    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problem(problems, at, "must provide an object")
            return
        before = len(problems)
        for name in required:
            if name not in value:
                problem(problems, at, f"missing required field: {name}")
        for name, entry in value.items():
            if (field := fields.get(name)) is not None:
                field(entry, f"{at}/{name}", problems)
            else:
                problem(problems, at, f"invalid additional property: {name}")
        if len(problems) == before:
            for look in further:
                look(value, at, problems)

    return check


def _anything(_value: Any, _at: str, _problems: Problems) -> None:
    """A type is checked by who chose the shape by it."""


def by_type(kinds: Mapping[str, Check], allowed: Sequence[str] | None = None, what: str = "type") -> Check:
    """An object whose `type` chooses its check; `allowed` narrows the kinds to what may stand in this place."""
    here = {kind: kinds[kind] for kind in (allowed if allowed is not None else kinds)}

    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problem(problems, at, "must provide an object")
        elif "type" not in value:
            problem(problems, at, "missing required field: type")
        elif isinstance(value["type"], str) and (found := here.get(value["type"])) is not None:
            found(value, at, problems)
        else:
            problem(problems, f"{at}/type", f"unsupported {what}: {value['type']}")

    return check


def text(longest: int, *types: str) -> Check:
    """A text object of one of these types.  Only plain_text takes emoji, only mrkdwn takes verbatim."""
    letters = string(longest)
    plain = shape({"text": letters}, {"emoji": boolean})
    marked = shape({"text": letters}, {"verbatim": boolean})
    return by_type({"plain_text": plain, "mrkdwn": marked}, types or ("plain_text", "mrkdwn"))
