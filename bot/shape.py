"""Whether a request has the shape of one of Slack's, as far as everything behind the door relies on it.

Only what is relied on stands here, so that Slack may add what it likes.  Source: Slack's reference of interaction payloads.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, InstanceOf, Tag, ValidationError

# Not pydantic's own: that refuses all of a form for half a surrogate pair in one of its texts.
_Text = InstanceOf[str]
# Of Slack's ids, and of nothing that a database could not store.
_Id = Annotated[str, Field(pattern=r"^[!-~]+$")]
# In seconds since 1970: before the year 10000, of which no datetime tells.
_Seconds = Annotated[int, Field(ge=0, lt=253_402_300_800)]


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True)


class _Named(_Shape):
    id: _Id


class _Option(_Shape):
    value: _Text


class _Entry(_Shape):
    """What an input holds."""

    type: _Text
    value: _Text | None = None
    selected_option: _Option | None = None
    selected_options: list[_Option] | None = None
    selected_user: _Text | None = None
    selected_conversation: _Text | None = None
    selected_date: _Text | None = None
    selected_time: _Text | None = None


class _State(_Shape):
    values: dict[_Text, dict[_Text, _Entry]]


class _Block(_Shape):
    type: _Text
    block_id: _Text = ""


class _Element(_Shape):
    action_id: _Text
    options: list[_Option] | None = None


class _Input(_Block):
    block_id: _Text
    element: _Element


def _sort(block: Any) -> str:
    return "input" if isinstance(block, dict) and block.get("type") == "input" else "block"


class _View(_Named):
    type: _Text
    blocks: list[Annotated[Annotated[_Input, Tag("input")] | Annotated[_Block, Tag("block")], Discriminator(_sort)]]
    callback_id: _Text = ""
    private_metadata: _Text = ""
    hash: _Text | None = None
    previous_view_id: _Text | None = None
    state: _State | None = None


class _Container(_Shape):
    """Where a button stands; of those in messages it tells which."""

    channel_id: _Id | None = None
    message_ts: _Id | None = None


class _Anything(_Shape):
    """What nobody listens to: as much of it as is looked at before that is known."""

    type: _Text | None = None
    user: _Named | None = None
    response_url: _Text | None = None
    view: _View | None = None
    container: _Container | None = None


class _Interaction(_Anything):
    user: _Named


class _Triggered(_Interaction):
    trigger_id: _Text


class _Shortcut(_Triggered):
    callback_id: _Text


class _Action(_Shape):
    action_id: _Text
    value: _Text | None = None
    selected_option: _Option | None = None


class _Pressed(_Triggered):
    actions: Annotated[list[_Action], Field(min_length=1)]


class _Submitted(_Triggered):
    view: _View


class _Closed(_Interaction):
    view: _View


class _Asked(_Interaction):
    """A menu asks as somebody types."""

    action_id: _Text
    block_id: _Text
    value: _Text


class _Profile(_Shape):
    name: _Text | None = None


class _Message(_Shape):
    user: _Text | None = None
    username: _Text | None = None
    thread_ts: _Text | None = None
    bot_profile: _Profile | None = None
    attachments: list[dict[_Text, Any]] | None = None


class _Channel(_Named):
    name: _Text | None = None


class _Team(_Shape):
    domain: _Text


class _OnMessage(_Shortcut):
    message: _Message
    message_ts: _Text
    channel: _Channel
    team: _Team


class _Command(_Shape):
    command: _Text
    trigger_id: _Text
    user_id: _Id
    team_id: _Id
    text: _Text | None = None
    response_url: _Text | None = None


class _Happening(_Shape):
    type: _Text
    user: _Id | _Named | None = None


class _Event(_Shape):
    type: Literal["event_callback"]
    event: _Happening
    event_id: _Id
    event_time: _Seconds


_INTERACTIONS: dict[str, type[_Shape]] = {
    "block_actions": _Pressed,
    "block_suggestion": _Asked,
    "view_submission": _Submitted,
    "view_closed": _Closed,
    "shortcut": _Shortcut,
    "message_action": _OnMessage,
}


def sound(body: Any) -> bool:
    """Whether it can be dispatched.  What a text says is the form's to judge, what a state holds the capability's."""
    if not isinstance(body, dict):
        return False
    try:
        _meant(body).model_validate(body)
    except ValidationError:
        return False
    return True


def _meant(body: dict[str, Any]) -> type[_Shape]:
    """The shape of the kind that it says it is."""
    kind = body.get("type")
    if "event" in body or kind == "event_callback":
        return _Event
    if "command" in body and kind is None:
        return _Command
    # Where something could be opened, somebody must be there to see it.
    return _INTERACTIONS.get(str(kind), _Interaction if "trigger_id" in body else _Anything)
