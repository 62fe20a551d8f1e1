"""A teammate looks through their tasks over all leads: `/lead tasks`, or the button My tasks."""

from __future__ import annotations

from dataclasses import replace

from slack_bolt.async_app import AsyncAck

from handlers.back import Back
from handlers.routes import Routes, words_are
from handlers.show import Show
from handlers.slack import Body
from handlers.ui import my_tasks
from handlers.ui.kit import View
from handlers.ui.my_tasks import Mine
from handlers.ui.state import picked
from storage.my_tasks import Which


async def open_list(ack: AsyncAck, show: Show, back: Back) -> None:
    await ack()
    await show.open_when_ready(back.list(Mine(Which.MINE, show.next_level)))


async def choose(ack: AsyncAck, action: Body, surface: View, show: Show, back: Back) -> None:
    await ack()
    which = picked(action) or Which.MINE.value
    await show.update(await back.list(Mine(which, Mine.of(surface).level)))


async def next_page(ack: AsyncAck, surface: View, show: Show, back: Back) -> None:
    await ack()
    state = Mine.of(surface)
    await show.update(await back.list(replace(state, after=state.last, before=None)))


async def previous_page(ack: AsyncAck, surface: View, show: Show, back: Back) -> None:
    await ack()
    state = Mine.of(surface)
    await show.update(await back.list(replace(state, before=state.first, after=None)))


def register(routes: Routes) -> None:
    routes.command("/lead", matchers=[words_are("tasks", "aufgaben")])(open_list)
    routes.action(my_tasks.OPEN)(open_list)
    routes.action(my_tasks.WHICH)(choose)
    routes.action(my_tasks.NEXT)(next_page)
    routes.action(my_tasks.PREVIOUS)(previous_page)
