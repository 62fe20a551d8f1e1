"""A person at Slack, for stories: acts only on what is on the screen and sees only what Slack would show.

await anna.types("/lead Gumball")
await anna.clicks("Edit")
await anna.fills("Last Name", "Gumball")
await anna.submits()
anna.sees("Saved.")
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.playground import Conversation, Message, NeedsConfirm, Seat, View
from bot.playground.inputs import TEXT_INPUTS
from bot.playground.mrkdwn import shown
from bot.playground.place import choosable
from bot.playground.rules import elements_of
from tests.reading import Json, Surface, of_message, of_view

Settle = Callable[[], Awaitable[None]]
MENUS = frozenset({"static_select", "radio_buttons", "multi_static_select"})


@dataclass(frozen=True)
class Thing:
    """Something that can be used: an element, or one option of it."""

    surface: Surface
    block: Json
    element: Json
    name: str
    value: Any = None


class Someone:
    """One person.  `settle` waits until the app has done what it does in the background; it follows every act."""

    def __init__(self, seat: Seat, settle: Settle) -> None:
        self.seat = seat
        self._settle = settle
        self._looks_at: str | None = None
        self._searched: tuple[Thing, list[Json]] | None = None

    # --- going somewhere ---

    async def types(self, line: str, channel: str | None = None) -> None:
        """Type a command, or say something, in a channel (`#sales`), else where one is, else in the first channel."""
        where = self._go_to(channel)
        if line.startswith("/"):
            await self._done(self.seat.command(line, where.id))
        else:
            await self.seat.say(where.id, line)
            await self._settle()

    async def opens_home(self) -> None:
        self._looks_at = "home"
        await self._done(self.seat.open_home())

    async def opens_dm(self) -> None:
        """Open the direct message with the app."""
        self._looks_at = self.seat.direct_message.id
        await self._done(self.seat.open_messages())

    def looks_at(self, channel: str) -> None:
        """Turn to a channel, e.g. `#sales`."""
        self._go_to(channel)

    async def shortcut(self, name: str) -> None:
        """Choose a global shortcut by its name."""
        await self._done(self.seat.shortcut(self._shortcut(name, "global")))

    async def on_message(self, message: str, name: str) -> None:
        """Choose a shortcut on a message, named by its ts or by words in it."""
        where, found = self._message(message)
        self._looks_at = where.id
        await self._done(self.seat.message_shortcut(self._shortcut(name, "message"), where.id, found.ts))

    # --- buttons and menus ---

    async def clicks(self, label: str, beside: str | None = None, confirm: bool = False) -> None:
        """Press a button or an item of an overflow menu.  `confirm` agrees to the question it asks."""
        await self._use(self._only(label, beside, self._buttons(), "to click"), confirm=confirm)

    async def chooses(
        self, label: str, option: str | None = None, beside: str | None = None, confirm: bool = False
    ) -> None:
        """Choose an option in the menu of this label; with one word, in the only menu that offers it."""
        menu, wanted = (label, option) if option is not None else (None, label)
        things = [thing for thing in self._options_of(*MENUS, "overflow") if menu in (None, self._label(thing))]
        await self._use(self._only(wanted, beside, things, f"in {menu}" if menu else "to choose"), confirm=confirm)

    async def ticks(self, option: str, beside: str | None = None) -> None:
        await self._tick(option, beside, ticked=True)

    async def unticks(self, option: str, beside: str | None = None) -> None:
        await self._tick(option, beside, ticked=False)

    # --- inputs ---

    async def fills(self, label: str, text: str) -> None:
        await self._use(self._labelled(label, *TEXT_INPUTS), text)

    async def picks_person(self, label: str, name: str) -> None:
        """Choose a person by real name."""
        thing = self._labelled(label, "users_select")
        people = [one.id for one in self.seat.slack.people.values() if one.real_name == name and not one.deleted]
        await self._use(thing, _single(people, f"person called {name}"))

    async def picks_channel(self, label: str, name: str) -> None:
        """Choose a conversation by name, e.g. `#sales`."""
        thing = self._labelled(label, "conversations_select")
        channels = choosable(self.seat.slack, self.seat.user, thing.element)
        await self._use(thing, _single([one.id for one in channels if f"#{one.name}" == name], f"channel {name}"))

    def channels(self, label: str) -> list[str]:
        """The names of the conversations offered in the input of this label."""
        thing = self._labelled(label, "conversations_select")
        return [f"#{one.name}" for one in choosable(self.seat.slack, self.seat.user, thing.element) if one.name]

    async def picks_date(self, label: str, day: date | str) -> None:
        await self._use(self._labelled(label, "datepicker"), str(day))

    async def picks_time(self, label: str, time: str | None) -> None:
        """Choose a time; None takes it away."""
        await self._use(self._labelled(label, "timepicker"), time)

    async def searches(self, label: str, typed: str) -> list[str]:
        """Type into a menu that asks the app; the texts it offers then."""
        thing = self._labelled(label, "external_select")
        key = (thing.surface.key, thing.block["block_id"], thing.element["action_id"])
        found = await self.seat.options(*key, typed)
        await self._settle()
        flat = [one for group in found for one in group.get("options", [group])]
        self._searched = (thing, flat)
        return [shown(option["text"], thing.surface.names) for option in flat]

    async def picks(self, text: str) -> None:
        """Choose one of the texts the last search offered."""
        assert self._searched is not None, "nothing was searched"
        thing, found = self._searched
        values = [one["value"] for one in found if shown(one["text"], thing.surface.names) == text]
        offers = ", ".join(shown(one["text"], thing.surface.names) for one in found)
        await self._use(thing, _single(values, f"{text!r} among: {offers}"))

    # --- modals ---

    async def submits(self) -> None:
        """Press the submit button of the modal on top."""
        view = self._modal()
        assert view.body["submit"] is not None, f"There is no submit button.\n{self.screen()}"
        await self._done(self.seat.submit(view.id))

    async def closes(self) -> None:
        await self._done(self.seat.close(self._modal().id))

    def modals(self) -> int:
        """How many modals lie on each other."""
        return len(self.seat.modals)

    def title(self) -> str:
        """The title of the modal on top."""
        return shown(self._modal().body["title"])

    # --- seeing ---

    def screen(self) -> str:
        """All text of what is on top: the live modal, else the Home or the latest message looked at."""
        return self._top().read()

    def sees(self, text: str) -> None:
        assert text in self.screen(), f"{self._name} does not see {text!r}.{self._all()}"

    def does_not_see(self, text: str) -> None:
        assert text not in self.screen(), f"{self._name} sees {text!r}.{self._all()}"

    def sees_error(self, label: str, text: str) -> None:
        """An error stands under the input of this label."""
        said = self._top().error_at(label)
        assert said is not None, f"No error at {label!r}.{self._all()}"
        assert text in said, f"The error at {label!r} is {said!r}, not {text!r}."

    def sees_notice(self, text: str) -> None:
        """Slack itself said so."""
        said = [notice.text for notice in self.seat.notices]
        assert any(text in one for one in said), f"Slack said {said}, not {text!r}."

    def value_of(self, label: str) -> str:
        """What the element of this label holds, as it reads; empty when nothing."""
        thing = self._labelled(label)
        return thing.surface.value_shown(thing.block, thing.element)

    def choices(self, label: str) -> list[str]:
        """The texts of the options offered under this label."""
        thing = self._labelled(label, *MENUS, "checkboxes", "overflow")
        return [text for text, _ in thing.surface.options(thing.element)]

    def buttons(self) -> list[str]:
        """The labels of all that can be clicked on top, overflow items included."""
        return [thing.name for thing in self._buttons() if thing.surface.key == self._top().key]

    def messages(self) -> list[str]:
        """The messages of the conversation looked at, oldest first, as they read."""
        where = self._conversation()
        return [of_message(where, one, self.seat).read() for one in where.visible_to(self.seat.user)]

    def lock_screen(self) -> list[str]:
        """What notifications of the app's direct messages say, oldest first."""
        slack, where = self.seat.slack, self.seat.direct_message
        return ["".join(span.text for span in slack.messages.spans_of(one)) for one in where.messages]

    # --- whatever is there ---

    def usable(self) -> list[Thing]:
        """Every element in view, the surface on top first."""
        return list(self._elements())

    async def uses(self, thing: Thing, value: Any = None) -> None:
        """Press it, or give it this plain value, and agree to what it asks."""
        await self._use(thing, value, confirm="confirm" in thing.element)

    async def suggestions(self, thing: Thing, typed: str) -> list[str]:
        """The values of what the app offers to somebody who types this into a menu that asks it."""
        found = await self.seat.options(thing.surface.key, thing.block["block_id"], thing.element["action_id"], typed)
        await self._settle()
        return [option["value"] for one in found for option in one.get("options", [one])]

    # --- how ---

    @property
    def _name(self) -> str:
        return self.seat.person.real_name

    async def _done(self, act: Awaitable[None]) -> None:
        await act
        await self._settle()

    async def _use(self, thing: Thing, value: Any = None, *, confirm: bool = False) -> None:
        given = thing.value if value is None else value
        if thing.element["type"] == "multi_static_select" and not isinstance(given, list):
            given = [*thing.surface.value(thing.block, thing.element), given]
        key = (thing.surface.key, thing.block["block_id"], thing.element["action_id"])
        assert not confirm or "confirm" in thing.element, f"{thing.name!r} asks nothing."
        try:
            await self._done(self.seat.press(*key, given, confirmed=confirm))
        except NeedsConfirm as question:
            raise AssertionError(f"{thing.name!r} asks first: {question}") from question

    async def _tick(self, option: str, beside: str | None, *, ticked: bool) -> None:
        thing = self._only(option, beside, list(self._options_of("checkboxes")), "to tick")
        before = thing.surface.value(thing.block, thing.element)
        assert (thing.value in before) != ticked, f"{option!r} is {'already' if ticked else 'not'} ticked.{self._all()}"
        after = [*before, thing.value] if ticked else [one for one in before if one != thing.value]
        await self._use(thing, after)

    def _only(self, name: str, beside: str | None, things: Iterator[Thing] | list[Thing], what: str) -> Thing:
        """The one thing of this name; with `beside` also in older messages, without it only on top."""
        here = list(things)
        top = self._top().key
        named = [thing for thing in here if thing.name == name]
        if beside is not None:
            found = [thing for thing in named if beside in thing.surface.neighbourhood(thing.block)]
        else:
            found = [thing for thing in named if thing.surface.key == top]
        names = ", ".join(dict.fromkeys(thing.name for thing in here if beside is not None or thing.surface.key == top))
        place = f" beside {beside!r}" if beside is not None else ""
        assert found, f"There is no {name!r}{place} {what}; there is: {names}.{self._all()}"
        assert len(found) == 1, f"There are {len(found)} {name!r}{place} {what}: say beside what.{self._all()}"
        return found[0]

    def _labelled(self, label: str, *kinds: str) -> Thing:
        things = [thing for thing in self._elements() if not kinds or thing.element["type"] in kinds]
        here = [thing for thing in things if thing.surface.key == self._top().key]
        found = [thing for thing in here if self._label(thing) == label]
        labels = ", ".join(self._label(thing) for thing in here)
        assert found, f"There is no {label!r} here; there is: {labels}.{self._all()}"
        assert len(found) == 1, f"There are {len(found)} {label!r}.{self._all()}"
        return found[0]

    def _label(self, thing: Thing) -> str:
        return thing.surface.label(thing.block, thing.element)

    def _elements(self) -> Iterator[Thing]:
        for surface in self._surfaces():
            for block in surface.blocks:
                for element in elements_of(block):
                    yield Thing(surface, block, element, surface.label(block, element))

    def _buttons(self) -> Iterator[Thing]:
        for thing in self._elements():
            if thing.element["type"] == "button":
                name = thing.surface.shown(thing.element["text"])
                yield Thing(thing.surface, thing.block, thing.element, name)
        yield from self._options_of("overflow")

    def _options_of(self, *kinds: str) -> Iterator[Thing]:
        for thing in self._elements():
            if thing.element["type"] in kinds:
                for text, value in thing.surface.options(thing.element):
                    yield Thing(thing.surface, thing.block, thing.element, text, value)

    def _modal(self) -> View:
        assert self.seat.modals, f"No modal is open.{self._all()}"
        return self.seat.modals[-1]

    def _top(self) -> Surface:
        return next(self._surfaces())

    def _surfaces(self) -> Iterator[Surface]:
        """What is in view: the live modal alone, else the Home, else the messages, the latest changed first."""
        if self.seat.modals:
            yield of_view(self.seat.modals[-1], self.seat.slack)
        elif self._looks_at == "home":
            home = self.seat.home
            yield of_view(home, self.seat.slack) if home is not None else Surface("home", self.seat.slack.names())
        else:
            where = self._conversation()
            visible = sorted(where.visible_to(self.seat.user), key=lambda one: one.revision, reverse=True)
            yield from (of_message(where, one, self.seat) for one in visible)
            if not visible:
                yield Surface((where.id, ""), self.seat.slack.names())

    def _go_to(self, channel: str | None) -> Conversation:
        if channel is not None:
            found = [one for one in self.seat.conversations() if f"#{one.name}" == channel]
            self._looks_at = _single([one.id for one in found], f"channel {channel}")
        if self._looks_at in (None, "home"):
            rooms = [one.id for one in self.seat.conversations() if one.kind == "channel"]
            self._looks_at = rooms[0] if rooms else self.seat.direct_message.id
        return self._conversation()

    def _conversation(self) -> Conversation:
        known = self.seat.slack.conversations
        return known.get(self._looks_at or "", self.seat.direct_message)

    def _message(self, called: str) -> tuple[Conversation, Message]:
        seen = [(where, one) for where in self.seat.conversations() for one in where.visible_to(self.seat.user)]
        found = [(where, one) for where, one in seen if called == one.ts or called in one.text]
        assert found, f"No message {called!r}; there are: {[one.text for _, one in seen]}"
        return found[-1]

    def _shortcut(self, name: str, kind: str) -> str:
        known = [one for one in self.seat.slack.app.shortcuts if (one.name, one.type) == (name, kind)]
        return _single([one.callback_id for one in known], f"shortcut {name}")

    def _all(self) -> str:
        """Everything a failed look should tell."""
        said = "".join(f"\n! {notice.text}" for notice in self.seat.notices)
        complaints = "".join(f"\n? {one}" for one in self.seat.slack.complaints)
        return f"\n{self.screen()}{said}{complaints}"


def _single(found: list[str], what: str) -> str:
    assert len(found) == 1, f"There is not one {what}, but {len(found)}."
    return found[0]
