"""What the app's answers do: to a slash command, and to a submission."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.playground import rules
from bot.playground.delivery import Delivered
from bot.playground.model import Conversation, Json, ResponseUrl, SlackError, View

if TYPE_CHECKING:
    from bot.playground.slack import Slack


def take_command_answer(slack: Slack, user: str, where: Conversation, answer: Delivered) -> None:
    """A command may be answered with a message: JSON, or plain text for the person alone."""
    if not answer.body.strip():
        return
    try:
        said = json.loads(answer.body)
    except ValueError:
        said = {"text": answer.body.decode(errors="replace")}
    try:
        slack.messages.answer(ResponseUrl(user, where.id, slack.clock()), said if isinstance(said, dict) else {})
    except SlackError as refused:
        slack.complain(f"answer to a command: {refused}")


def take_submission_answer(slack: Slack, view: View, answer: Delivered) -> bool:
    """Close, clear, update, push, or show errors, as the answer says; False, with a complaint, if it makes no sense.

    Source: Slack's page on modals.
    """
    try:
        if answer.status != 200:
            raise SlackError(f"HTTP {answer.status}")
        said = json.loads(answer.body) if answer.body.strip() else {}
        if not isinstance(said, dict):
            raise SlackError("the answer is not an object")
        _act(slack, view, said)
    except ValueError:
        slack.complain("answer to a submission: not JSON")
        return False
    except SlackError as refused:
        slack.complain(f"answer to a submission: {refused}")
        return False
    return True


def _act(slack: Slack, view: View, said: Json) -> None:
    stack = slack.views.stack(view.user)
    match said.get("response_action"):
        case None:
            _pop(slack, stack, view)
        case "clear":
            stack.clear()
            slack.touch()
        case "errors":
            _show_errors(slack, view, said.get("errors"))
        case "update":
            slack.views.exchange(view, said.get("view"))
        case "push":
            slack.views.push_answered(stack, said.get("view"))
        case other:
            raise SlackError(f"unknown response_action {other}")


def _pop(slack: Slack, stack: list[View], view: View) -> None:
    """Close this view and whatever lies on it; the one beneath is live again."""
    if view in stack:
        del stack[stack.index(view) :]
    slack.touch()


def _show_errors(slack: Slack, view: View, errors: Any) -> None:
    if problems := rules.errors_problems(errors, view.blocks):
        raise SlackError("response_action errors", problems)
    view.errors = dict(errors)
    slack.touch()
