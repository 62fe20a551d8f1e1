"""Slack is late with its answer to a sentence: the sentence is sent again."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from handlers.respond import TRIES, respond

PATIENCE = aiohttp.ClientTimeout(total=0.2)


class Late:
    """Takes every sentence, and withholds its answer to the first `silent` of them."""

    def __init__(self, silent: int) -> None:
        self.silent, self.told, self.ended = silent, list[str](), asyncio.Event()

    async def take(self, request: web.Request) -> web.Response:
        self.told.append((await request.json())["text"])
        if len(self.told) <= self.silent:
            await self.ended.wait()
        return web.Response()

    async def hears(self, sentence: str) -> None:
        app = web.Application()
        app.router.add_post("/", self.take)
        async with TestServer(app) as server, aiohttp.ClientSession() as session:
            try:
                await respond(session, str(server.make_url("/")), sentence, within=PATIENCE)
            finally:
                self.ended.set()


async def test_a_sentence_whose_answer_is_late_is_said_again() -> None:
    slack = Late(silent=1)
    await slack.hears("Saved.")
    assert slack.told == ["Saved.", "Saved."]


async def test_one_that_is_never_answered_fails_after_the_last_try() -> None:
    slack = Late(silent=TRIES)
    with pytest.raises(TimeoutError):
        await slack.hears("Saved.")
    assert len(slack.told) == TRIES
