"""A teammate reads the timeline of a lead, or of what leads became: filtered, page by page."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncAck

from handlers.back import Back
from handlers.routes import Routes
from handlers.show import Show
from handlers.slack import Body
from handlers.ui import timeline
from handlers.ui.kit import View
from handlers.ui.record import Shown
from handlers.ui.records import Pointed
from handlers.ui.state import picked
from storage.timeline import PAGE, Which
from storage.upcoming import MANY, Place


async def open_face(ack: AsyncAck, surface: View, show: Show, back: Back) -> None:
    await ack()
    await _turn(surface, show, back, which=Which.ALL.value, before="", after="", first=1, tasks="", first_task=1)


async def filter_entries(ack: AsyncAck, action: Body, surface: View, show: Show, back: Back) -> None:
    await ack()
    which = picked(action) or Which.ALL.value
    await _turn(surface, show, back, which=which, before="", after="", first=1)


async def open_tasks(ack: AsyncAck, action: Body, surface: View, show: Show, back: Back) -> None:
    """All of them, a page at a time."""
    await ack()
    step = {timeline.NEXT_OPEN: MANY, timeline.PREVIOUS_OPEN: -MANY}.get(action["action_id"], 0)
    first = max(1, _shown(surface, back).first_task + step)
    await _turn(surface, show, back, tasks=action.get("value") or Place().packed(), first_task=first)


async def older(ack: AsyncAck, action: Body, surface: View, show: Show, back: Back) -> None:
    await ack()
    first = _shown(surface, back).first + PAGE
    await _turn(surface, show, back, before=action.get("value") or "", after="", first=first)


async def newer(ack: AsyncAck, action: Body, surface: View, show: Show, back: Back) -> None:
    await ack()
    first = max(1, _shown(surface, back).first - PAGE)
    await _turn(surface, show, back, after=action.get("value") or "", before="", first=first)


async def _turn(surface: View, show: Show, back: Back, **to: Any) -> None:
    shown = replace(_shown(surface, back), face=timeline.FACE, **to)
    redrawn = partial(back.redrawn, shown)
    await show.update(await redrawn(), again=redrawn)


def _shown(surface: View, back: Back) -> Shown | Pointed:
    """The record on screen: a lead, or what leads became."""
    origin = back.origin(surface)
    return origin if isinstance(origin, Pointed) else Shown.of(surface)


def register(routes: Routes) -> None:
    routes.action(timeline.SHOW)(open_face)
    routes.action(timeline.FILTER)(filter_entries)
    for action_id in (timeline.ALL_OPEN, timeline.NEXT_OPEN, timeline.PREVIOUS_OPEN):
        routes.action(action_id)(open_tasks)
    routes.action(timeline.OLDER)(older)
    routes.action(timeline.NEWER)(newer)
