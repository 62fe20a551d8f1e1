"""Every id is listened to once, and every listener asks only for what it is given."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from pathlib import Path

import pytest
from slack_bolt.kwargs_injection.async_args import AsyncArgs

import handlers
from tests.registered import Listener, registered

# What the middleware of bot.app hands out besides Bolt's own; the second line not to events that no person causes.
OURS = {"db", "now", "workspace", "people"}
OF_A_PERSON = {"actor", "words", "show", "saving", "surface", "back", "homes", "listings", "posted", "desk"}
PERSONAL = {"app_home_opened"}
BOLTS = {name for name in inspect.get_annotations(AsyncArgs) if not name.startswith("_")}
LISTENERS = registered()


def named(listener: Listener) -> str:
    return f"{listener.capability.rpartition('.')[2]}-{listener.kind}-{listener.id}-{listener.function.__name__}"


def test_no_capability_is_forgotten() -> None:
    folder = Path(handlers.__file__).parent
    registers = re.compile(r"^def register\(\w+: Routes\)", re.MULTILINE)
    capabilities = {path.stem for path in folder.glob("*.py") if registers.search(path.read_text())}
    assert capabilities == {one.__name__.rpartition(".")[2] for one in handlers.CAPABILITIES}


def test_an_id_is_listened_to_once_unless_matchers_tell_the_requests_apart() -> None:
    plain = Counter((one.kind, one.id) for one in LISTENERS if not one.matchers)
    assert [key for key, count in plain.items() if count > 1] == []


def test_a_listener_without_matchers_comes_after_those_of_its_id_with_some() -> None:
    """Bolt runs the first that matches: what came after it would never be reached."""
    ended: set[tuple[str, str]] = set()
    for one in LISTENERS:
        assert (one.kind, one.id) not in ended, f"{named(one)} is never reached"
        if not one.matchers:
            ended.add((one.kind, one.id))


@pytest.mark.parametrize("listener", LISTENERS, ids=named)
def test_a_listener_asks_only_for_what_it_is_given(listener: Listener) -> None:
    """Bolt gives None for a name it does not know."""
    given = BOLTS | OURS | (OF_A_PERSON if listener.kind != "event" or listener.id in PERSONAL else set())
    asked = set(inspect.signature(listener.function).parameters)
    assert asked <= given, f"{asked - given} would be None"


@pytest.mark.parametrize("listener", [one for one in LISTENERS if one.kind == "action"], ids=named)
def test_a_buttons_listener_does_not_ask_for_bolts_view(listener: Listener) -> None:
    """It is a submission's alone; the view that a button stands in is `surface`."""
    assert "view" not in inspect.signature(listener.function).parameters


@pytest.mark.parametrize(
    "listener", [one for one in LISTENERS if one.kind in {"action", "command", "shortcut"}], ids=named
)
def test_a_command_button_or_shortcut_can_be_acknowledged_first(listener: Listener) -> None:
    source = inspect.getsource(listener.function)
    body = source[source.index("-> None:") :]
    first = next(line.strip() for line in body.splitlines()[1:] if line.strip() and '"""' not in line)
    assert first == "await ack()"
