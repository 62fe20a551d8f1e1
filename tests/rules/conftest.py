"""A workspace with people, and units of storage run as a handler would have them run."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from storage import member, setup, workspace
from storage.database import Database
from storage.rights import Actor, Role
from tests.conftest import MONDAY, Clock

TEAM, OTHER_TEAM = "T1", "T2"


class Store:
    """A database with its deadline a minute away: no test of a rule is about time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, unit: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return self._database.read(unit, time.monotonic() + 60, *args, **kwargs)

    def write(self, unit: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return self._database.write(unit, time.monotonic() + 60, *args, **kwargs)

    def decides(self, **changes: Any) -> None:
        """An admin decides this for everyone."""
        wanted = replace(self.read(workspace.settings, TEAM), **changes)
        self.write(setup.change_settings, Actor(TEAM, "U1", Role.ADMIN), wanted, now=MONDAY)


@pytest.fixture
def store(database: Database, clock: Clock) -> Store:
    store = Store(database)
    store.write(workspace.ensure, TEAM, "Gumball Sales", "gumball", now=clock())
    store.write(workspace.ensure, OTHER_TEAM, "Initech", "initech", now=clock())
    people = (
        member.Profile("U1", "Anna Weber", TEAM, is_admin=True, locale="en-GB", timezone="Europe/Berlin"),
        member.Profile("U2", "Max Berger", TEAM, locale="de-DE", timezone="Europe/Berlin"),
        member.Profile("U3", "Gerd Gast", TEAM, is_guest=True),
        member.Profile("U4", "Dora Davor", TEAM, deactivated=True),
        member.Profile("U5", "Fritz Fremd", "T9"),
        member.Profile("U6", "Botti", TEAM, is_bot=True),
    )
    for profile in people:
        store.write(member.describe, TEAM, profile, now=clock())
    store.write(member.describe, OTHER_TEAM, member.Profile("U9", "Ines Other", OTHER_TEAM), now=clock())
    return store


@pytest.fixture
def anna() -> Actor:
    return Actor(TEAM, "U1", Role.ADMIN, "en-GB", "Europe/Berlin", "Anna Weber")


@pytest.fixture
def max_() -> Actor:
    return Actor(TEAM, "U2", Role.MEMBER, "de-DE", "Europe/Berlin", "Max Berger")


@pytest.fixture
def stranger() -> Actor:
    """A member of another workspace."""
    return Actor(OTHER_TEAM, "U9", Role.ADMIN)
