"""Views: the stack of modals on each person's screen, their Home, and the triggers that may open one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.playground import rules
from bot.playground.inputs import carried
from bot.playground.model import Json, SlackError, Trigger, View

if TYPE_CHECKING:
    from bot.playground.slack import Slack

DEEPEST = 3
TRIGGER_SECONDS = 3.0
_TRIGGERS_KEPT = 2000


def _missing(name: str) -> SlackError:
    return SlackError("invalid_arguments", [f"[ERROR] missing required field: {name} [json-pointer:/{name}]"])


class Triggers:
    """trigger_ids: good for three seconds and one modal."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._issued: dict[str, Trigger] = {}

    def issue(self, user: str, view_id: str | None = None) -> str:
        number = self._slack.count()
        trigger_id = f"{number}.{number + 7919}.{number:032x}"
        self._issued[trigger_id] = Trigger(user, self._slack.clock(), view_id)
        if len(self._issued) > _TRIGGERS_KEPT:
            del self._issued[next(iter(self._issued))]
        return trigger_id

    def look(self, trigger_id: Any) -> Trigger:
        """The trigger behind this id, unused and young.  Raises SlackError naming why not."""
        if trigger_id is None:
            raise _missing("trigger_id")
        trigger = self._issued.get(str(trigger_id))
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if (self._slack.clock() - trigger.at).total_seconds() > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        return trigger


class Views:
    """What stands on screens.  Every change checks first and acts after, so that a refusal changes nothing."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}

    def stack(self, user: str) -> list[View]:
        """This person's modals, the live one last."""
        return self.stacks.setdefault(user, [])

    def open(self, trigger_id: Any, body: Any) -> View:
        """Show a first modal.  One opened from inside a modal is shown, yet complained of: real clients may not."""
        trigger = self._look_for(trigger_id, body)
        self._check_external_id(body)
        trigger.used = True
        stack = self.stack(trigger.user)
        if any(view.id == trigger.view_id for view in stack):
            self._slack.complain("views.open from inside a modal does not work in every client: push or update instead")
        view = self._new(trigger.user, body)
        stack[:] = [view]
        self._slack.touch()
        return view

    def push(self, trigger_id: Any, body: Any) -> View:
        """Put a modal on top of the one the trigger came from."""
        trigger = self._look_for(trigger_id, body)
        if trigger.view_id is None:
            raise SlackError("not_found")
        view = self.push_answered(self.stack(trigger.user), body)
        trigger.used = True
        return view

    def push_answered(self, stack: list[View], body: Any) -> View:
        """Put a modal on top as a submission's answer asks.  Raises SlackError push_limit_reached above three."""
        self._check(body, "modal")
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= DEEPEST:
            raise SlackError("push_limit_reached")
        self._check_external_id(body)
        view = self._new(stack[-1].user, body, above=stack[-1])
        stack.append(view)
        self._slack.touch()
        return view

    def update(self, view_id: Any, external_id: Any, body: Any, hash_: Any) -> View:
        """Exchange a modal in place; what was typed stays where block_id and action_id stay."""
        self._check(body, "modal")
        if not view_id and not external_id:
            raise _missing("view_id")
        view = self.find(view_id) if view_id else self._find_external(str(external_id))
        if view is None or not view.is_modal:
            raise SlackError("not_found")
        if hash_ and hash_ != view.hash:
            raise SlackError("hash_conflict")
        self.exchange(view, body)
        return view

    def exchange(self, view: View, body: Any) -> None:
        """Give a view another content.  Raises SlackError when Slack would refuse that content."""
        self._check(body, "modal" if view.is_modal else "home")
        self._check_external_id(body, but=view)
        filled = self._slack.filled(body)
        view.state = carried(filled["blocks"], view.state, view.blocks)
        view.body = filled
        view.hash = self._new_hash()
        view.errors = {}
        self._slack.touch()

    def publish(self, user: Any, body: Any, hash_: Any) -> View:
        """Show a Home.  Input survives as in a modal."""
        self._check(body, "home")
        if (person := self._slack.people.get(str(user))) is None or person.is_bot:
            raise SlackError("user_not_found")
        home = self.homes.get(person.id)
        if hash_ and (home is None or hash_ != home.hash):
            raise SlackError("hash_conflict")
        if home is None:
            self._check_external_id(body)
            home = self.homes[person.id] = self._new(person.id, body)
            self._slack.touch()
        else:
            self.exchange(home, body)
        return home

    def find(self, view_id: Any) -> View | None:
        """A view that stands on somebody's screen."""
        return next((view for view in self._all() if view.id == view_id), None)

    def take_down(self, view: View) -> list[View]:
        """Remove a modal, with the whole stack when it says clear_on_close; those removed, top first."""
        stack = self.stack(view.user)
        cut = 0 if view.body["clear_on_close"] else stack.index(view)
        gone = stack[cut:][::-1]
        del stack[cut:]
        self._slack.touch()
        return gone

    def payload(self, view: View) -> Json:
        """The view as answers and payloads carry it."""
        body = view.body
        # A Home has no title; Slack tells one all the same.
        title = body.get("title", {"type": "plain_text", "text": "View Title", "emoji": True})
        about = {"title": title, "submit": body.get("submit"), "close": body.get("close")}
        return {
            "id": view.id,
            "team_id": self._slack.team.id,
            "type": body["type"],
            "blocks": body["blocks"],
            "private_metadata": body["private_metadata"],
            "callback_id": body["callback_id"],
            "state": {"values": {block_id: dict(held) for block_id, held in view.state.items()}},
            "hash": view.hash,
            **about,
            "clear_on_close": body["clear_on_close"],
            "notify_on_close": body["notify_on_close"],
            "previous_view_id": view.previous_id,
            "root_view_id": view.root_id,
            "app_id": self._slack.app.id,
            "external_id": body["external_id"],
            "app_installed_team_id": self._slack.team.id,
            "bot_id": self._slack.app.bot_id,
        }

    def _look_for(self, trigger_id: Any, body: Any) -> Trigger:
        """The trigger for a modal; a view Slack would refuse does not use it up."""
        self._check(body, "modal")
        return self._slack.triggers.look(trigger_id)

    def _check(self, body: Any, surface: str) -> None:
        if body is None:
            raise _missing("view")
        if problems := rules.view_problems(body, surface):
            raise SlackError("invalid_arguments", problems)
        if rules.view_too_large(body):
            raise SlackError("view_too_large")

    def _check_external_id(self, body: Json, but: View | None = None) -> None:
        external_id = body.get("external_id")
        if external_id and self._find_external(external_id) not in (None, but):
            raise SlackError("duplicate_external_id")

    def _find_external(self, external_id: str) -> View | None:
        return next((view for view in self._all() if view.body["external_id"] == external_id), None)

    def _all(self) -> list[View]:
        return [view for stack in self.stacks.values() for view in stack] + list(self.homes.values())

    def _new(self, user: str, body: Json, above: View | None = None) -> View:
        filled = self._slack.filled(body)
        view_id = self._slack.new_id("V")
        return View(
            id=view_id,
            user=user,
            body=filled,
            hash=self._new_hash(),
            root_id=above.root_id if above else view_id,
            previous_id=above.id if above else None,
            state=carried(filled["blocks"], {}, []),
        )

    def _new_hash(self) -> str:
        return f"{int(self._slack.clock().timestamp())}.{self._slack.count():08x}"
