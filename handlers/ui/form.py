"""Forms: a record's fields as inputs, and a submission as plain values again.

A block's id is its field's name; `#n` behind it marks an input that was redrawn and must drop what was typed.  An
action's id is the field's name as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from handlers.ui import kit
from handlers.ui.kit import Block, Element, View
from handlers.ui.state import Forged, number_of
from handlers.ui.text import N_, Words
from storage.errors import Problem
from storage.fields import Field, Kind, Value, Values
from storage.path import Kind as StageKind
from storage.path import Path

# The option that empties a select: once something is chosen, not every client of Slack can take it back.
NOTHING = "-"
OPT_OUTS = "opt_outs"
FLAGS = ("do_not_call", "email_opt_out")
# What finds the record that a field names.
SEARCH_RECORD = "record.search"
_NUMBERS = frozenset({Kind.MONEY, Kind.COUNT, Kind.PERCENT})


def inputs(
    fields: Iterable[Field],
    held: Mapping[str, Any],
    words: Words,
    path: Path,
    *,
    named: Mapping[int, str] | None = None,
) -> list[Block]:
    """An input a field, holding these values; the two opt-outs share one, where the first of them stands.

    `named` are the names of the records that fields of kind RECORD hold, by id.
    """
    blocks: list[Block] = []
    for field in fields:
        if field.kind is Kind.RECORD:
            blocks.append(_record(field, held.get(field.name), named or {}, words))
        elif field.name == FLAGS[0]:
            blocks.append(_opt_outs(held, words))
        elif field.name not in FLAGS:
            blocks.append(_input(field, held.get(field.name), words, path))
    return blocks


def focused(blocks: list[Block]) -> list[Block]:
    """The blocks, the first text input of them ready to be typed into."""
    for at, block in enumerate(blocks):
        if block["type"] == "input" and block["element"]["type"] == "plain_text_input":
            return [*blocks[:at], {**block, "element": {**block["element"], "focus_on_load": True}}, *blocks[at + 1 :]]
    return blocks


class Entries(dict[str, Any]):
    """What a person has entered, by field.  Asking for a field that has no input raises Forged."""

    def __missing__(self, field: str) -> Any:
        raise Forged(field)


def entered(view: View | None) -> Entries:
    """What a person has entered, by field: text, an option's value, a list of them, a user's id, a date; None for nothing.

    Raises Forged where there are no inputs.
    """
    state = view and view.get("state")
    if not state:
        raise Forged("state")
    found = Entries()
    for block_id, elements in state["values"].items():
        for element in elements.values():
            found[field_of(block_id)] = _entry(element)
    return found


def day_of(entry: str) -> date:
    """The day that was chosen.  Raises Forged."""
    try:
        return date.fromisoformat(entry)
    except ValueError as error:
        raise Forged("day") from error


def time_of(entry: str) -> time:
    """The time of day that was chosen.  Raises Forged."""
    try:
        return time.fromisoformat(entry)
    except ValueError as error:
        raise Forged("time") from error


def field_of(block_id: str) -> str:
    """The field an input is for."""
    return block_id.split("#", 1)[0]


def values(entries: Mapping[str, Any], fields: Mapping[str, Field], words: Words) -> tuple[Values, list[Problem]]:
    """The entries as storage takes them, and what is no value at all in the person's notation."""
    found: Values = {}
    problems: list[Problem] = []
    for name, entry in entries.items():
        if name == OPT_OUTS:
            found.update({flag: flag in (entry or ()) for flag in FLAGS})
            continue
        field = fields.get(name)
        if field is None:
            continue
        if field.kind in _NUMBERS and (entry or "").strip():
            number = _number(field, entry, words)
            if number is None:
                problems.append(Problem.of(name, "number" if field.kind is Kind.MONEY else "whole_number"))
            found[name] = number
        elif field.kind in {Kind.STAGE, Kind.RECORD}:
            found[name] = number_of(entry) if entry else None
        elif field.kind in {Kind.DAY, Kind.TIME}:
            found[name] = (day_of if field.kind is Kind.DAY else time_of)(entry) if entry else None
        else:
            found[name] = None if entry in (None, "", NOTHING) else entry
    return found, problems


def errors(problems: Iterable[Problem], view: View, words: Words) -> dict[str, str]:
    """A sentence for each problem, at its input; a problem whose field has no input here stands at the first one."""
    places = {field_of(block["block_id"]): block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    places.update({flag: places[OPT_OUTS] for flag in FLAGS if OPT_OUTS in places})
    first = next(iter(places.values()))
    return {places.get(problem.field, first): sentence(problem, words) for problem in problems}


def first_input(view: View) -> str | None:
    """The id of the view's first input block, where a refusal without a field of its own is told."""
    return next((block["block_id"] for block in view["blocks"] if block["type"] == "input"), None)


def long_texts(view: View) -> list[str]:
    """What has been written into the view's large inputs, in their order."""
    held = view["state"]["values"] if view.get("state") else {}
    large = [block for block in view["blocks"] if block["type"] == "input" and block["element"].get("multiline")]
    typed = [held.get(block["block_id"], {}).get(block["element"]["action_id"], {}).get("value") for block in large]
    return [text for text in typed if text]


def sentence(problem: Problem, words: Words) -> str:
    """What is wrong, and what to do about it.  Raises KeyError for a rule that no form's input can break."""
    facts = dict(problem.facts)
    if problem.rule in _COMPUTED:
        return _COMPUTED[problem.rule](words, facts)
    said = _OF_FIELD.get((problem.rule, problem.field)) or _SENTENCES[problem.rule]
    return words(said, **facts)


def _too_long(words: Words, facts: Mapping[str, Any]) -> str:
    return words.count(
        "{n} character too long: at most {most}.",
        "{n} characters too long: at most {most}.",
        facts["over"],
        most=words.number(facts["most"]),
    )


def _no_number(words: Words, facts: Mapping[str, Any]) -> str:
    return words("Enter a number such as {example}.", example=words.money(Decimal("1234.56")))


def _no_whole_number(words: Words, facts: Mapping[str, Any]) -> str:
    return words("Enter a whole number such as {example}.", example=words.number(1234))


def _deleted(words: Words, facts: Mapping[str, Any]) -> str:
    if facts["name"]:
        return words("This record was deleted by {name}. Choose another or create one.", **facts)
    return words("This record was deleted. Choose another or create one.")


_COMPUTED: dict[str, Callable[[Words, Mapping[str, Any]], str]] = {
    "too_long": _too_long,
    "number": _no_number,
    "whole_number": _no_whole_number,
    "deleted": _deleted,
}
# Where a rule is told of one field in words of its own.
_OF_FIELD = {
    ("required", "last_name"): N_("Enter a last name."),
    ("required", "company"): N_("Enter a company."),
    **dict.fromkeys(
        (("required", "account"), ("required", "contact"), ("required", "opportunity")),
        N_("Choose one of the options."),
    ),
    ("guest", "assignee"): N_("{name} is a guest and cannot be given tasks. Choose a member."),
    ("bot", "assignee"): N_("{name} is an app and cannot be given tasks. Choose a member."),
    ("stranger", "assignee"): N_("{name} belongs to another company and cannot be given tasks. Choose a member."),
}
_SENTENCES = {
    "required": N_("Fill in this field."),
    "choice": N_("Choose one of the options."),
    "email": N_("Enter an email address such as name@example.com."),
    "url": N_("Enter a web address such as example.com."),
    "both_or_none": N_("Choose both times, or neither."),
    "negative": N_("Enter a number that is not negative."),
    "too_large": N_("This number is too large."),
    "no_subject": N_("Choose a subject or write one."),
    "nothing_said": N_("Write what there is to keep."),
    "series_without_due": N_("A task that repeats needs a due date."),
    "day": N_("Choose a date between 1900 and 2200."),
    "future": N_("This lies in the future. What is still to come is a task."),
    "guest": N_("{name} is a guest and cannot be given leads. Choose a member."),
    "bot": N_("{name} is an app and cannot be given leads. Choose a member."),
    "stranger": N_("{name} belongs to another company and cannot be given leads. Choose a member."),
    "deactivated": N_("{name} has left the workspace. Choose a member."),
    "unknown_member": N_("Slack does not tell who this is just now. Choose again in a moment."),
    "moved": N_("This record belongs to {name} by now. Choose another or create one."),
    "retired": N_("This status is no longer offered. Choose another."),
    "convert_instead": N_("This status is set by converting the lead."),
    "taken": N_("There is a stage with this name already."),
    "too_many": N_("There are {most} stages, the most that can be shown. Retire one first."),
    "changed_meanwhile": N_("{name} changed this stage meanwhile. Close this form and open it again."),
    "last_open": N_("This is the last open stage. Add another one first."),
    "last_converted": N_("This is the last converted stage. Add another one first."),
    "replacement": N_("Leads stand on this stage. Choose where they go."),
    "gone": N_("This stage can no longer be chosen."),
    "same_owner": N_("The leads belong to this person already. Choose somebody else."),
}


def picker(field: Field, held: Any, words: Words, path: Path) -> Element:
    """The select for a stage or a picklist, with what it holds among its options even when the list no longer has it."""
    if field.kind is Kind.STAGE:
        stages = path.of(StageKind.OPEN, StageKind.LOST)
        offered = [kit.option(words.stage(stage), str(stage.id)) for stage in stages]
        chosen = str(held) if held else None
        if chosen and chosen not in {str(stage.id) for stage in stages}:
            offered.insert(0, kit.option(_gone(words.stage(path.stage(int(chosen))), words), chosen))
        return kit.select(field.name, offered, chosen=chosen)
    offered = [] if field.required else [kit.option(words("None"), NOTHING)]
    if held and held not in _offered(field, held, words):
        offered.append(kit.option(_gone(words.choice(held), words), held))
    offered += [kit.option(words.choice(value), value) for value in _offered(field, held, words)]
    return kit.select(field.name, offered, chosen=held)


def _offered(field: Field, held: Any, words: Words) -> list[str]:
    """The list's values.  German has one word for Ms. and Mrs.: the one that is held stands for both, else Ms."""
    if field.name != "salutation" or words.language == "en":
        return list(field.choices)
    other = "Ms." if held == "Mrs." else "Mrs."
    return [value for value in field.choices if value != other]


def _gone(text: str, words: Words) -> str:
    return words("{value} (no longer offered)", value=text)


def _input(field: Field, held: Any, words: Words, path: Path) -> Block:
    element: Element
    if field.kind in {Kind.CHOICE, Kind.STAGE}:
        element = picker(field, held, words, path)
    elif field.kind is Kind.MEMBER:
        element = kit.people(field.name, held)
    elif field.kind is Kind.DAY:
        element = kit.date_input(field.name, held)
    else:
        element = kit.text_input(field.name, words.value(field, held), multiline=field.kind is Kind.LINES)
    return kit.input_block(words.label(field.name), element, block_id=field.name, optional=not field.required)


def _record(field: Field, held: Any, named: Mapping[int, str], words: Words) -> Block:
    chosen = kit.option(named.get(held, words("Choose again")), str(held)) if held else None
    element = kit.type_ahead(SEARCH_RECORD, words("Find by name"), chosen=chosen)
    return kit.input_block(words.label(field.name), element, block_id=field.name, optional=not field.required)


def _opt_outs(held: Mapping[str, Any], words: Words) -> Block:
    options = [kit.option(words.label(flag), flag) for flag in FLAGS]
    boxes = kit.checkboxes(OPT_OUTS, options, [flag for flag in FLAGS if held.get(flag)])
    return kit.input_block(words("Contact preferences"), boxes, block_id=OPT_OUTS)


def _entry(element: Mapping[str, Any]) -> Any:
    match element["type"]:
        case "static_select" | "radio_buttons" | "external_select":
            chosen = element.get("selected_option")
            return chosen["value"] if chosen else None
        case "checkboxes":
            return [option["value"] for option in element.get("selected_options") or ()]
        case "users_select":
            return element.get("selected_user")
        case "conversations_select":
            return element.get("selected_conversation")
        case "datepicker":
            return element.get("selected_date")
        case "timepicker":
            return element.get("selected_time")
        case _:
            return element.get("value")


def _number(field: Field, text: str, words: Words) -> Value:
    number = words.parsed(text)
    if number is None:
        return None
    if field.kind is not Kind.MONEY:
        return int(number) if number == number.to_integral_value() else None
    exponent = number.normalize().as_tuple().exponent
    return number if isinstance(exponent, int) and exponent >= -2 else None
