"""A surface with elements on it, a view or a message, in front of one person: finding, using, telling the app of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.playground import inputs, payloads, rules
from bot.playground.model import Conversation, Json, Message, NeedsConfirm, NotOnScreen, State, View
from bot.playground.mrkdwn import shown

if TYPE_CHECKING:
    from bot.playground.slack import Slack

Surface = str | tuple[str, str]
"""A view's id (a modal's or the Home's), or a message's channel and ts."""

_TOLD = (
    "type",
    "action_id",
    "text",
    "value",
    "url",
    "style",
    "placeholder",
    "initial_option",
    "initial_options",
    "initial_date",
    "initial_time",
    "initial_date_time",
    "initial_user",
    "initial_conversation",
)


@dataclass(frozen=True)
class Place:
    """Where a person acts; `shown_in` is the view, or the conversation and the message."""

    slack: Slack
    user: str
    surface: Surface
    shown_in: View | tuple[Conversation, Message]

    @property
    def blocks(self) -> list[Json]:
        return self.shown_in.blocks if isinstance(self.shown_in, View) else self.shown_in[1].blocks or []

    @property
    def state(self) -> State:
        if isinstance(self.shown_in, View):
            return self.shown_in.state
        return self.slack.messages.state_for(self.shown_in[1], self.user)

    def find(self, block_id: str, action_id: str) -> tuple[Json, Json]:
        """The block and element with these ids.  Raises NotOnScreen."""
        for block in self.blocks:
            for element in rules.elements_of(block):
                if (block["block_id"], element["action_id"]) == (block_id, action_id):
                    return block, element
        raise NotOnScreen(f"no element {action_id} in a block {block_id}")

    def use(self, block: Json, element: Json, value: Any) -> Json:
        """Keep what the person did as state; the action as block_actions tells it."""
        action = {name: element[name] for name in _TOLD if name in element}
        action |= {"block_id": block["block_id"], "action_ts": self.slack.new_ts()}
        if element["type"] == "overflow":
            items = {option["value"]: option for option in element["options"]}
            if value not in items:
                raise NotOnScreen(f"the menu does not offer {value!r}; it offers {', '.join(items)}")
            return action | {"selected_option": items[value]}
        if not inputs.has_state(element):
            return action
        return action | self._hold(block["block_id"], element, value)

    def about(self) -> Json:
        """How a payload tells of this place."""
        if isinstance(self.shown_in, View):
            return payloads.in_view(self.slack, self.shown_in)
        return payloads.in_message(self.slack, *self.shown_in)

    def block_actions(self, action: Json) -> Json:
        """The payload of one action.  A message's state stands beside it, and it may be answered by response_url."""
        person = self.slack.people[self.user]
        payload = payloads.interaction(self.slack, "block_actions", person) | self.about() | {"actions": [action]}
        if isinstance(self.shown_in, View):
            view_id = self.shown_in.id if self.shown_in.is_modal else None
            return payload | {"trigger_id": self.slack.triggers.issue(self.user, view_id)}
        where, message = self.shown_in
        return payload | {
            "trigger_id": self.slack.triggers.issue(self.user),
            "response_url": self.slack.messages.new_response_url(self.user, where.id, message.ts),
            "state": {"values": {block_id: dict(held) for block_id, held in self.state.items()}},
        }

    def _hold(self, block_id: str, element: Json, value: Any) -> Json:
        _check_choice(self.slack, self.user, element, value)
        found = None
        if element["type"] == "external_select":
            found = self.slack.offers.get((self.user, self.surface, block_id, element["action_id"]), [])
        held = inputs.chosen(element, self._as_typed(element, value), found)
        self.state.setdefault(block_id, {})[element["action_id"]] = held
        if isinstance(self.shown_in, View):
            self.shown_in.errors.pop(block_id, None)
        self.slack.touch()
        return held

    def _as_typed(self, element: Json, value: Any) -> Any:
        """Where asked for, edges are trimmed and line ends made one kind, as some clients do."""
        if element["type"] not in inputs.TEXT_INPUTS or not self.slack.trims_texts or not isinstance(value, str):
            return value
        return value.replace("\r\n", "\n").strip()


def question(element: Json) -> NeedsConfirm | None:
    """What the element asks before it acts."""
    if (asked := element.get("confirm")) is None:
        return None
    title, text, confirm, deny = (shown(asked[name]) for name in ("title", "text", "confirm", "deny"))
    return NeedsConfirm(title, text, confirm, deny, asked.get("style"))


def choosable(slack: Slack, user: str, element: Json) -> list[Conversation]:
    """The conversations a conversations_select offers this person, by its filter."""
    wanted = element.get("filter", {})
    kinds = {"public": "channel", "private": "private", "im": "im"}
    include = {kinds.get(name) for name in wanted.get("include", kinds)}
    shared = wanted.get("exclude_external_shared_channels", False)
    bots = wanted.get("exclude_bot_users", False)
    return [
        one
        for one in slack.conversations.values()
        if user in one.members and one.kind in include and not one.is_archived
        if not (shared and one.is_ext_shared) and not (bots and one.im_with == user)
    ]


def _check_choice(slack: Slack, user: str, element: Json, value: Any) -> None:
    if value is None:
        return
    if element["type"] == "users_select":
        person = slack.people.get(value)
        if person is None or person.deleted:
            raise NotOnScreen(f"nobody called {value} can be chosen")
    if element["type"] == "conversations_select" and value not in {one.id for one in choosable(slack, user, element)}:
        raise NotOnScreen(f"{value} is not offered")
