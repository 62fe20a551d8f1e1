"""What a person reads on a surface: a modal, a Home, a message, block by block, as Slack shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.playground import Conversation, Message, Seat, Slack, View
from bot.playground.elements import offered
from bot.playground.inputs import TEXT_INPUTS, has_state, plain
from bot.playground.mrkdwn import Names, shown
from bot.playground.rules import elements_of

Json = dict[str, Any]
_TEXTS = frozenset({"section", "context", "rich_text"})


@dataclass(frozen=True)
class Surface:
    """Something with blocks in front of a person.  `key` is what a Seat calls it."""

    key: str | tuple[str, str]
    names: Names
    blocks: list[Json] = field(default_factory=list)
    state: dict[str, dict[str, Json]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    title: str = ""
    text: str = ""
    buttons: tuple[str, ...] = ()

    def read(self) -> str:
        """The whole text, a block a line; blocks that hold several lines keep them."""
        lines = [self.title, self.text if not self.blocks else "", *(self.block(block) for block in self.blocks)]
        lines.append(" ".join(f"[{button}]" for button in self.buttons))
        return "\n".join(line for line in lines if line)

    def block(self, block: Json) -> str:
        """One block as it is read, with what its elements hold."""
        elements = [self.element(block, element) for element in elements_of(block)]
        match block["type"]:
            case "divider":
                return "----"
            case "input":
                return self._input(block, elements[0])
            case "rich_text":
                return self.shown(block)
            case "context":
                return " ".join(self.shown(one) for one in block["elements"])
        texts = [block["text"]] if "text" in block else []
        return " ".join([*(self.shown(one) for one in [*texts, *block.get("fields", [])]), *elements])

    def element(self, block: Json, element: Json) -> str:
        """A button's words, a menu's chosen option, all radio buttons and boxes, what an input holds."""
        if element["type"] == "button":
            return f"[{self.shown(element['text'])}]"
        if element["type"] == "overflow":
            return "[…]"
        value = self.value(block, element)
        if element["type"] in ("radio_buttons", "checkboxes"):
            chosen = value if isinstance(value, list) else [value]
            return " ".join(self._box(option, option["value"] in chosen) for option in element["options"])
        text = self.value_shown(block, element) or self.placeholder(element)
        return text if element["type"] in TEXT_INPUTS else f"[{text} ▾]"

    def value(self, block: Json, element: Json) -> Any:
        """The plain value an element holds."""
        if not has_state(element):
            return None
        return plain(self.state[block["block_id"]][element["action_id"]])

    def value_shown(self, block: Json, element: Json) -> str:
        """What an element holds, in words; empty when nothing."""
        held = self.state[block["block_id"]][element["action_id"]]
        value = plain(held)
        if value is None or value == []:
            return ""
        if "selected_option" in held:
            return self.shown(held["selected_option"]["text"])
        if "selected_options" in held:
            return ", ".join(self.shown(option["text"]) for option in held["selected_options"])
        if element["type"] == "conversations_select":
            return f"#{self.names.channels.get(value, value)}"
        return self.names.users.get(value, value) if element["type"] == "users_select" else str(value)

    def options(self, element: Json) -> list[tuple[str, str]]:
        """Text and value of everything an element offers by itself."""
        return [(self.shown(option["text"]), option["value"]) for option in offered(element)]

    def label(self, block: Json, element: Json) -> str:
        """What a person calls this element: its label, else its placeholder, else the text it stands beside."""
        if block["type"] == "input":
            return self.shown(block["label"])
        return self.placeholder(element) or (self.shown(block["text"]) if "text" in block else "")

    def placeholder(self, element: Json) -> str:
        return self.shown(element["placeholder"]) if "placeholder" in element else ""

    def neighbourhood(self, block: Json) -> str:
        """What stands beside an element: its block, and for a row of buttons the texts right above it."""
        at = self.blocks.index(block)
        texts = [self.block(block)]
        while block["type"] == "actions" and at > 0 and self.blocks[at - 1]["type"] in _TEXTS:
            at -= 1
            texts.insert(0, self.block(self.blocks[at]))
        return "\n".join(texts)

    def error_at(self, label: str) -> str | None:
        """The error under the input of this label."""
        for block in self.blocks:
            if block["type"] == "input" and self.shown(block["label"]) == label:
                return self.errors.get(block["block_id"])
        return None

    def shown(self, text_object: Json) -> str:
        return shown(text_object, self.names)

    def _input(self, block: Json, element: str) -> str:
        label = self.shown(block["label"]) + (" (optional)" if block["optional"] else "")
        hint = f"\n{self.shown(block['hint'])}" if "hint" in block else ""
        error = self.errors.get(block["block_id"])
        return f"{label}: {element}{hint}" + (f"\n⚠ {error}" if error else "")

    def _box(self, option: Json, ticked: bool) -> str:
        description = f" – {self.shown(option['description'])}" if "description" in option else ""
        return f"({'x' if ticked else ' '}) {self.shown(option['text'])}{description}"


def of_view(view: View, slack: Slack) -> Surface:
    """A modal with its title and the buttons at its foot, or a Home, which has neither."""
    about = view.body if view.is_modal else {}
    title = shown(about["title"]) if about else ""
    buttons = tuple(shown(about[name]) for name in ("close", "submit") if about.get(name))
    return Surface(view.id, slack.names(), view.blocks, view.state, view.errors, title=title, buttons=buttons)


def of_message(where: Conversation, message: Message, seat: Seat) -> Surface:
    """A message; its text is read only where it has no blocks."""
    messages = seat.slack.messages
    text = "".join(span.text for span in messages.spans_of(message))
    state = messages.state_for(message, seat.user)
    return Surface((where.id, message.ts), seat.slack.names(), message.blocks or [], state, text=text)
