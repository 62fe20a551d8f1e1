"""A process that delivers what is due and nothing else, until it is killed.

python -m tests.faults.sender DATABASE_URL API_URL RATE SECONDS_AHEAD
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta

import aiohttp

from bot.background import Background
from bot.delivery import Delivery
from bot.metrics import Metrics
from bot.scheduler import ticking
from bot.web_client import web_client
from bot.worker import Worker
from storage.database import Database

# Seconds.
_LONGEST = 600


async def main(url: str, api: str, rate: float, ahead: float) -> None:
    def clock() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=ahead)

    worker, background = Worker(Database(url)), Background()
    async with aiohttp.ClientSession() as session:
        client = web_client(session, api)
        delivery = Delivery(client, "T1", "xoxb-1", worker, background, clock, Metrics(), rate)
        async with ticking(delivery.tick, clock):
            # Whoever began it kills it long before.
            await asyncio.sleep(_LONGEST)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4])))
