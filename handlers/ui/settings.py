"""How a person's settings look: seven questions, and the silent leads where there are any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from handlers.ui import digest, kit
from handlers.ui.form import NOTHING
from handlers.ui.kit import Block, Element, View
from handlers.ui.state import Forged, State, number_of, one_of
from handlers.ui.text import N_, Words
from storage.errors import Problem, RuleBroken
from storage.preferences import Chosen
from storage.reminders_rule import Habits, Manner

# The id of any button that opens the settings.
OPEN, SAVE, UNMUTE = digest.SETTINGS, "settings.save", "lead.unmute"
LANGUAGES = {"en-GB": "English", "de-DE": "Deutsch"}
MANNERS = {
    Manner.DAILY: N_("One message a day, timed ones by themselves"),
    Manner.EACH: N_("Each by itself"),
    Manner.ONLY_DAILY: N_("Only one message a day"),
}
# Slack's limit for boxes in one group.
_BOXES = 10
TELL = "tell_assigned"


@dataclass(frozen=True)
class Setting(State):
    """The level the form lies on, and the silent leads it showed."""

    level: int = 1
    muted: tuple[int, ...] = ()


def view(chosen: Chosen, level: int, words: Words) -> View:
    """The form, holding what is chosen."""
    habits, silent = chosen.habits, chosen.muted[:_BOXES]
    days = [kit.option(words.weekday(day), str(day)) for day in range(7)]
    manners = [kit.option(words(text), manner) for manner, text in MANNERS.items()]
    tell = [kit.option(words("Tell me when a lead or task is assigned to me"), TELL)]
    quiet = habits.quiet or (None, None)
    ticked = [str(day) for day in habits.working_days]
    blocks = [
        _block("language", words("Language"), _languages(chosen, words)),
        _block("hour", words("Reminder hour"), _times("hour", habits.hour, words), hint=_zone_hint(habits, words)),
        _block("working_days", words("Working days"), kit.checkboxes("working_days", days, ticked)),
        _block(
            "quiet_from", words("Quiet hours from"), _times("quiet_from", quiet[0], words, none=words("No quiet hours"))
        ),
        _block("quiet_to", words("Quiet hours to"), _times("quiet_to", quiet[1], words, none=words("No quiet hours"))),
        _block("manner", words("How reminders come"), kit.radio("manner", manners, chosen=habits.manner)),
        _block(TELL, words("Assignments"), kit.checkboxes(TELL, tell, [TELL] if chosen.tell_assigned else ())),
    ]
    if silent:
        boxes = [kit.option(f"{line.name}, {line.company}", str(line.id)) for line in silent]
        still = kit.checkboxes("muted", boxes, [str(line.id) for line in silent])
        blocks.append(_block("muted", words("Muted leads"), still, hint=words("Untick a lead to be reminded again.")))
    return kit.modal(
        words("Settings"),
        blocks,
        submit=words("Save"),
        close=words("Cancel"),
        callback_id=SAVE,
        state=Setting(level, tuple(line.id for line in silent)).packed(),
    )


def entered(entries: Mapping[str, Any], zone: str) -> Chosen:
    """What was chosen in the form.  Raises RuleBroken."""
    begins, ends = _time(entries.get("quiet_from")), _time(entries.get("quiet_to"))
    if (begins is None) != (ends is None):
        raise RuleBroken(Problem.of("quiet_to" if ends is None else "quiet_from", "both_or_none"))
    language = entries.get("language")
    habits = Habits(
        zone=zone,
        hour=_time(entries.get("hour")) or time(),
        working_days=frozenset(number_of(day) for day in entries.get("working_days") or ()),
        quiet=(begins, ends) if begins is not None and ends is not None else None,
        manner=one_of(Manner, entries.get("manner") or Manner.DAILY),
    )
    return Chosen(None if language in (None, NOTHING) else language, habits, TELL in (entries.get(TELL) or ()))


def told(chosen: Chosen, words: Words) -> str:
    """When and how reminders come, in a line: also for Home."""
    habits = chosen.habits
    manner = words(MANNERS[habits.manner])
    facts = {"time": words.clock(habits.hour), "days": digest.days(habits.working_days, words), "manner": manner}
    line = words("Reminders at {time}, {days}. {manner}.", **facts)
    if habits.quiet:
        begins, ends = (words.clock(one) for one in habits.quiet)
        line += " " + words("Quiet from {begins} to {ends}.", begins=begins, ends=ends)
    return line


def _block(name: str, label: str, element: Element, hint: str | None = None) -> Block:
    optional = element["type"] == "checkboxes" and name != "working_days"
    return kit.input_block(label, element, block_id=name, optional=optional, hint=hint)


def _languages(chosen: Chosen, words: Words) -> Element:
    options = [kit.option(words("As in Slack"), NOTHING)]
    options += [kit.option(text, locale) for locale, text in LANGUAGES.items()]
    return kit.select("language", options, chosen=chosen.language or NOTHING)


def _times(name: str, held: time | None, words: Words, none: str = "") -> Element:
    """Every half hour; one of which nothing is offered but what it holds, stands among them."""
    offered = sorted(
        {time(minutes // 60, minutes % 60) for minutes in range(0, 24 * 60, 30)} | ({held} if held else set())
    )
    options = [kit.option(none, NOTHING)] if none else []
    options += [kit.option(words.clock(one), one.strftime("%H:%M")) for one in offered]
    return kit.select(name, options, chosen=held.strftime("%H:%M") if held else (NOTHING if none else None))


def _time(value: str | None) -> time | None:
    if value in (None, NOTHING):
        return None
    try:
        return time.fromisoformat(str(value))
    except ValueError as error:
        raise Forged("time") from error


def _zone_hint(habits: Habits, words: Words) -> str:
    return words("In your time zone: {zone}", zone=habits.zone)
