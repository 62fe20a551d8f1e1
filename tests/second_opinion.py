"""What another reader of Slack's reference says to a surface: `blockkit`, which knows nothing of our own rules.

Everything the bot draws is built once more out of its components, which refuse what Slack would.
"""

from __future__ import annotations

from typing import Any

import blockkit
from blockkit.core import ComponentValidationError, FieldValidationError

Json = dict[str, Any]

_NAMED = {"plain_text": "Text", "mrkdwn": "Text", "email_text_input": "EmailInput", "url_text_input": "UrlInput"}
_NAMED |= {"datepicker": "DatePicker", "timepicker": "TimePicker", "datetimepicker": "DatetimePicker"}
_NAMED |= {"text": "RichTextEl", "link": "RichLinkEl", "emoji": "RichEmojiEl", "user": "RichUserEl"}
# What has no type of its own, by the key it stands under.
_UNTYPED = {"options": "Option", "initial_option": "Option", "initial_options": "Option", "confirm": "Confirm"}
_UNTYPED |= {"option_groups": "OptionGroup", "filter": "ConversationFilter", "style": "RichStyle"}
_UNTYPED |= {"dispatch_action_config": "DispatchActionConfig"}
_TEXTS = frozenset({"plain_text", "mrkdwn"})


def objections(body: Json) -> set[str]:
    """What is wrong with a view, or with the blocks of a message, as the bot sent it; empty where nothing is."""
    try:
        if body["type"] == "message":
            for block in body["blocks"]:
                made(block).build()
        else:
            made(body).build()
    except (FieldValidationError, ComponentValidationError, TypeError, AttributeError, KeyError) as error:
        return {f"{body['type']} {body.get('callback_id', '')}: {type(error).__name__} {error}"}
    return set()


def made(given: Any, under: str = "") -> Any:
    """The component that stands for what was given under this key; a plain value for itself."""
    if isinstance(given, list):
        return [made(one, under) for one in given]
    if not isinstance(given, dict):
        return given
    kind = given.get("type", "")
    name = (_NAMED.get(kind) or kind.title().replace("_", "")) if kind else _UNTYPED[under]
    about = {key: made(value, key) for key, value in _exempt(given).items() if key != "type" or kind in _TEXTS}
    return getattr(blockkit, name)(**about)


def _exempt(given: Json) -> Json:
    """Without what blockkit refuses and Slack takes; see docs/decisions/0009-a-second-validator.md."""
    left = dict(given)
    if left.get("min_query_length") == 0:
        del left["min_query_length"]
    if left.get("private_metadata") == "":
        del left["private_metadata"]
    if "option_groups" in left:
        left.pop("initial_option", None)
    return left
