"""A sentence in the view a person is on, where no view of its own can be opened for it."""

from __future__ import annotations

from handlers.ui import kit

# Slack takes as many; the last one gives way to the sentence.
_MOST = 100
_BLOCK = "aloud"
_TAKEN = frozenset(
    ("type", "title", "submit", "close", "private_metadata", "callback_id", "clear_on_close", "notify_on_close")
)


def within(view: kit.View, sentence: str) -> kit.View:
    """The view as Slack told of it, with the sentence on top.

    Every block keeps its ids, so what was typed stays; a sentence said before gives way to the new one.
    """
    only_modals = {"title", "submit", "close", "clear_on_close", "notify_on_close"} if view["type"] == "home" else set()
    kept = {name: view[name] for name in _TAKEN - only_modals if view.get(name)}
    blocks = [block for block in view["blocks"] if block.get("block_id") != _BLOCK]
    return {**kept, "blocks": [kit.section(sentence, block_id=_BLOCK), *blocks[: _MOST - 1]]}
