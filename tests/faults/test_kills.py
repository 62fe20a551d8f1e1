"""Killed at random points under load, the bot comes back each time with everything it had acknowledged."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import aiohttp
import pytest
from sqlalchemy import text

from bot.playground import Delivered, NotOnScreen, Seat, Slack, Team, http_delivery, server
from storage.database import Database
from tests.stories.conftest import APP, PEOPLE, SECRET
from tests.waiting import until

# Seconds of work before a kill.
LONGEST = 1.5
SAVED = ("Saved as", "Gespeichert als")


class Bot:
    """The bot as a program of its own, which can be killed."""

    def __init__(self, database_url: str, api: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._environment = os.environ | {
            "SLACK_BOT_TOKEN": APP.token,
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_APP_TOKEN": "",
            "SLACK_API_URL": f"{api}/api/",
            "DATABASE_URL": database_url,
            "PORT": str(self.port),
            "LOG_LEVEL": "ERROR",
        }
        self.url = f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.subprocess.Process]:
        """Started and ready; killed, if nobody has, when the block ends."""
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "run", env=self._environment)
        try:
            async with aiohttp.ClientSession() as session:

                async def ready() -> bool:
                    try:
                        async with session.get(f"{self.url}/readyz") as answer:
                            return answer.status == 200
                    except aiohttp.ClientError:
                        return False

                await until(ready, 30)
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGKILL)
            await process.wait()


async def creates(seat: Seat, named: list[str], acknowledged: set[str]) -> None:
    """Create one lead after the other; remember those whose form was answered."""
    while True:
        name = f"{seat.user}-{len(named)}"
        named.append(name)
        try:
            await seat.command("/lead new")
            # The form opens after the command has its answer.
            await until(lambda: bool(seat.modals), 2)
            view = seat.modals[-1]
            await seat.enter(view.id, "last_name", "last_name", name)
            await seat.enter(view.id, "company", "company", "Acme")
            await seat.submit(view.id)
            if any(said in str(seat.modals[-1].blocks) for said in SAVED):
                acknowledged.add(name)
            while seat.modals:
                await seat.close(seat.modals[-1].id)
        except (NotOnScreen, IndexError, AssertionError):
            seat.modals.clear()


def kept(database: Database) -> list[str]:
    with database.writer.connect() as connection:
        return [row[0] for row in connection.execute(text("SELECT last_name FROM lead"))]


@pytest.mark.parametrize("kills", [3, pytest.param(100, marks=pytest.mark.long)])
async def test_what_was_acknowledged_is_there_after_every_kill(
    database_url: str, database: Database, kills: int
) -> None:
    chance, acknowledged, named, by_kill = random.Random(kills), set[str](), list[str](), list[int]()
    async with aiohttp.ClientSession() as session:

        async def deliver(kind: str, body: bytes, headers: dict[str, str]) -> Delivered:
            return await http_delivery(f"{bot.url}/slack/events", session)(kind, body, headers)

        team = Team("T1", "Gumball Sales", "gumball")
        slack = Slack(team=team, people=PEOPLE, app=APP, deliver=deliver, clock=lambda: datetime.now(UTC), paced=False)
        async with server.running(slack) as api:
            bot = Bot(database_url, api)
            for _ in range(kills):
                before = len(acknowledged)
                async with bot.running() as process:
                    seats = [slack.as_person(user) for user in ("U1", "U2", "U3")]
                    work = [asyncio.create_task(creates(seat, named, acknowledged)) for seat in seats]
                    await asyncio.sleep(chance.uniform(0.2, LONGEST))
                    process.send_signal(signal.SIGKILL)
                    await process.wait()
                    for task in work:
                        task.cancel()
                    await asyncio.gather(*work, return_exceptions=True)
                    for seat in seats:
                        seat.modals.clear()
                by_kill.append(len(acknowledged) - before)
                there = kept(database)
                assert acknowledged <= set(there), "an acknowledged lead is lost"
                assert len(there) == len(set(there)), "a lead is there twice"
    assert sum(count > 0 for count in by_kill) > kills / 2, by_kill
