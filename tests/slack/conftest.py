"""A stand-in for each test, and the app that answers it."""

from __future__ import annotations

import pytest

from bot.playground import Slack
from tests.conftest import Clock
from tests.slack.standin import App, a_slack


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
def slack(clock: Clock, app: App) -> Slack:
    return a_slack(clock, app)
