"""What one person does and sees.  Things are named by id here; finding ids from what is on screen is the caller's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from bot.playground import inputs, payloads, rules
from bot.playground.answers import take_command_answer, take_submission_answer
from bot.playground.delivery import Delivered, DeliveryFailed
from bot.playground.model import Conversation, Json, Message, Notice, NotOnScreen, Person, View
from bot.playground.mrkdwn import escape
from bot.playground.place import Place, Surface, question

if TYPE_CHECKING:
    from bot.playground.slack import Slack

TROUBLE = "We had some trouble connecting. Try again?"
MIN_QUERY_LENGTH = 3


class Seat:
    """One person's place in front of Slack.  Every act raises NotOnScreen for what is not there to be used."""

    def __init__(self, slack: Slack, user: str) -> None:
        self.slack, self.user = slack, user

    # --- what is seen ---

    @property
    def person(self) -> Person:
        return self.slack.people[self.user]

    @property
    def modals(self) -> list[View]:
        """The stack of modals; the last is live."""
        return self.slack.views.stack(self.user)

    @property
    def home(self) -> View | None:
        return self.slack.views.homes.get(self.user)

    @property
    def notices(self) -> list[Notice]:
        return self.slack.notices(self.user)

    @property
    def direct_message(self) -> Conversation:
        return self.slack.direct_message(self.user)

    def conversations(self) -> Iterator[Conversation]:
        """What this person is a member of."""
        return (one for one in self.slack.conversations.values() if self.user in one.members)

    # --- commands, shortcuts, the app's Home ---

    async def command(self, line: str, channel: str | None = None) -> None:
        """Type a slash command.  What Slack itself answers (unknown command, no answer in time) becomes a notice."""
        where = self._conversation(channel or self.direct_message.id)
        name, _, text = line.strip().partition(" ")
        if name == "/invite" and text.strip() == f"@{self.slack.app.name}":
            where.members.add(self.slack.app.bot_user_id)
            self.slack.touch()
        elif name not in {command.command for command in self.slack.app.commands}:
            self.slack.notify(self.user, f"{name} is not a valid command.")
        else:
            await self._send_command(where, name, text.strip())

    async def shortcut(self, callback_id: str) -> None:
        """Choose a global shortcut."""
        self._known_shortcut(callback_id, "global")
        await self._tell("interaction", callback_id, payloads.shortcut(self.slack, self.person, callback_id))

    async def message_shortcut(self, callback_id: str, channel: str, ts: str) -> None:
        """Choose a shortcut on a message."""
        self._known_shortcut(callback_id, "message")
        where = self._conversation(channel)
        message = self._message(where, ts)
        payload = payloads.message_action(self.slack, self.person, callback_id, where, message)
        await self._tell("interaction", callback_id, payload)

    async def open_home(self) -> None:
        """Go to the app's Home tab; the app hears app_home_opened."""
        await self._app_home_opened("home", self.home)

    async def open_messages(self) -> None:
        """Go to the app's Messages tab, the direct message with it; everything there counts as read."""
        self.read(self.direct_message.id)
        await self._app_home_opened("messages", None)

    # --- conversations ---

    async def say(self, channel: str, text: str) -> str:
        """Write in a conversation; the message's ts."""
        message = self.slack.messages.post(self._conversation(channel), self.user, escape(text))
        self.read(channel)
        return message.ts

    def read(self, channel: str) -> None:
        """Look at a conversation down to its end."""
        where = self._conversation(channel)
        if seen := where.visible_to(self.user):
            where.read_until[self.user] = seen[-1].ts
            self.slack.touch()

    def dismiss(self, notice_id: str) -> None:
        self.slack.dismiss(self.user, notice_id)

    # --- elements ---

    async def press(
        self, surface: Surface, block_id: str, action_id: str, value: Any = None, *, confirmed: bool = False
    ) -> None:
        """Use an element: a button, a menu, a picker, boxes, a text.

        The app hears block_actions, of an input block only where that says dispatch_action.  Raises NeedsConfirm for
        what asks first, unless `confirmed`.
        """
        place = self._place(surface)
        block, element = place.find(block_id, action_id)
        if (asked := question(element)) is not None and not confirmed:
            raise asked
        action = place.use(block, element, value)
        if block["type"] != "input" or block["dispatch_action"]:
            await self._tell("interaction", action_id, place.block_actions(action))

    async def enter(self, view_id: str, block_id: str, action_id: str, value: Any, *, confirmed: bool = False) -> None:
        """Fill an input; where it dispatches, press enter too."""
        await self.press(view_id, block_id, action_id, value, confirmed=confirmed)

    async def options(self, surface: Surface, block_id: str, action_id: str, typed: str) -> list[Json]:
        """Type into an external select: the options or groups the app answers with.

        Too short a text asks nobody.  An answer Slack would not take becomes a notice and a complaint.
        """
        place = self._place(surface)
        _, element = place.find(block_id, action_id)
        if element["type"] != "external_select":
            raise NotOnScreen(f"{action_id} is a {element['type']}: nothing can be typed into it")
        if len(typed) < element.get("min_query_length", MIN_QUERY_LENGTH):
            return []
        asked = {"action_id": action_id, "block_id": block_id, "value": typed}
        payload = payloads.interaction(self.slack, "block_suggestion", self.person) | place.about() | asked
        answer = await self._tell("options", action_id, payload)
        found = self._taken_options(answer) if answer is not None else []
        flat = [one for group in found for one in group.get("options", [group])]
        self.slack.offers[self.user, surface, block_id, action_id] = flat
        return found

    # --- modals ---

    async def submit(self, view_id: str) -> None:
        """Press a modal's submit button.  What the client itself refuses is never delivered."""
        view = self._live(view_id)
        if view.body["submit"] is None:
            raise NotOnScreen(f"{view.id} has no submit button")
        view.errors = inputs.refusals(view.blocks, view.state)
        self.slack.touch()
        if view.errors:
            return
        view.busy = True
        payload = payloads.view_submission(self.slack, self.person, view)
        try:
            answer = await self.slack.send_form("interaction", view.body["callback_id"] or "view_submission", payload)
            taken = take_submission_answer(self.slack, view, answer)
        except DeliveryFailed:
            taken = False
        finally:
            view.busy = False
            self.slack.touch()
        if not taken:
            self.slack.notify(self.user, TROUBLE)

    async def close(self, view_id: str) -> None:
        """Press a modal's close button; the app hears view_closed of those that ask for it."""
        view = self._live(view_id)
        is_cleared = bool(view.body["clear_on_close"])
        for gone in self.slack.views.take_down(view):
            if gone.body["notify_on_close"]:
                payload = payloads.view_closed(self.slack, self.person, gone, is_cleared=is_cleared)
                await self._tell("interaction", gone.body["callback_id"] or "view_closed", payload)

    # --- how ---

    def _conversation(self, channel: str) -> Conversation:
        where = self.slack.conversations.get(channel)
        if where is None or self.user not in where.members:
            raise NotOnScreen(f"{self.person.real_name} is not in {channel}")
        return where

    def _message(self, where: Conversation, ts: str) -> Message:
        message = self.slack.messages.find(where, ts)
        if message is None or message.ephemeral_to not in (None, self.user):
            raise NotOnScreen(f"no message {ts} in {where.id}")
        return message

    def _live(self, view_id: str) -> View:
        view = self.modals[-1] if self.modals else None
        if view is None or view.id != view_id:
            raise NotOnScreen(f"{view_id} is not the modal on top")
        if view.busy:
            raise NotOnScreen(f"{view_id} is being submitted")
        return view

    def _place(self, surface: Surface) -> Place:
        if not isinstance(surface, str):
            where = self._conversation(surface[0])
            return Place(self.slack, self.user, surface, (where, self._message(where, surface[1])))
        home = self.home
        view = home if home is not None and surface in ("home", home.id) else self._live(surface)
        return Place(self.slack, self.user, view.id, view)

    def _known_shortcut(self, callback_id: str, kind: str) -> None:
        if not any(one.callback_id == callback_id and one.type == kind for one in self.slack.app.shortcuts):
            raise NotOnScreen(f"there is no {kind} shortcut {callback_id}")

    async def _send_command(self, where: Conversation, name: str, text: str) -> None:
        fields = payloads.command(self.slack, self.person, where, name, text)
        error = "http_service_error"
        try:
            answer = await self.slack.send_form("command", name, dict(fields), fields)
            if 200 <= answer.status < 300:
                take_command_answer(self.slack, self.user, where, answer)
                return
        except DeliveryFailed as failed:
            error = "operation_timeout" if str(failed) == "operation_timeout" else "dispatch_failed"
        self.slack.notify(self.user, f'{name} failed with the error "{error}"')

    async def _tell(self, kind: str, what: str, payload: Json) -> Delivered | None:
        """Deliver; what does not come back well is told to the person, and is None."""
        try:
            answer = await self.slack.send_form(kind, what, payload)
            if 200 <= answer.status < 300:
                return answer
        except DeliveryFailed:
            pass
        self.slack.notify(self.user, f"{self.slack.app.name} is not responding ({what}).")
        return None

    def _taken_options(self, answer: Delivered) -> list[Json]:
        try:
            given = json.loads(answer.body)
            problems = rules.options_problems(given)
        except ValueError:
            problems = ["[ERROR] the answer is not JSON"]
        if problems:
            self.slack.complain(f"options: {'; '.join(problems)}")
            self.slack.notify(self.user, "Result load failed")
            return []
        found: list[Json] = given.get("options") or given.get("option_groups") or []
        return found

    async def _app_home_opened(self, tab: str, view: View | None) -> None:
        event: Json = {"type": "app_home_opened", "user": self.user, "channel": self.direct_message.id, "tab": tab}
        if view is not None:
            event["view"] = self.slack.views.payload(view)
        await self.slack.send_event(event)
