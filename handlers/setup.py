"""An admin sets the bot up for everyone: the stages of the path and the rules.  `/lead setup`"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from slack_bolt.async_app import AsyncAck
from sqlalchemy.orm import Session

from handlers.homes import Homes
from handlers.noting import noted
from handlers.routes import Routes, words_are
from handlers.show import Show
from handlers.slack import Body, Database, Now
from handlers.ui import form
from handlers.ui import setup as screen
from handlers.ui.kit import View
from handlers.ui.setup import Setting, StageForm
from handlers.ui.state import number_of, one_of, picked
from handlers.ui.text import Words
from storage import bulk, first_run, rights, setup, workspace
from storage.errors import RuleBroken, TooLate, Unavailable
from storage.first_run import Step
from storage.path import Kind, Path, Stage
from storage.rights import Actor
from storage.workspace import EditPolicy, Opportunities, Settings

Change = Callable[..., Path]


def decided(session: Session, actor: Actor) -> tuple[Path, Settings]:
    """All that Setup shows.  Raises NotAllowed."""
    rights.demand_set_up(actor)
    return workspace.path_of(session, actor.workspace), workspace.settings(session, actor.workspace)


def to_retire(session: Session, actor: Actor, stage_id: int) -> tuple[Path, int]:
    """The path, and how many leads stand on the stage."""
    return decided(session, actor)[0], setup.in_use(session, actor, stage_id)


class SetupScreen:
    """Setup in front of one admin."""

    def __init__(self, actor: Actor, db: Database, show: Show, words: Words) -> None:
        self._actor, self._db, self._show, self._words = actor, db, show, words

    async def drawn(self, level: int, banner: str = "") -> View:
        path, settings = await self._db.read(decided, self._actor)
        return screen.view(path, settings, Setting(level), self._words, banner)

    async def change(self, unit: Change, stage_id: int, **how: Any) -> None:
        """Change a stage and draw Setup anew; a rule in the way is told there."""
        banner = ""
        try:
            await self._db.write(unit, self._actor, stage_id, **how)
        except RuleBroken as broken:
            banner = form.sentence(broken.problems[0], self._words)
        await self._show.update(await self.drawn(self._show.level, banner))

    async def move_leads(self, stage_id: int, to: Stage, now: Now) -> str:
        """Move the leads that stand on a retired stage, slice by slice; what is to be told of it.  What was moved stays so."""
        done, whole = 0, True
        try:
            while moved := await self._db.write(bulk.move_stage, self._actor, stage_id, to.id, now=now()):
                done += moved
        except (TooLate, Unavailable):
            whole = False
        words = self._words
        told = words.count("{n} lead went to {stage}.", "{n} leads went to {stage}.", done, stage=words.stage(to))
        rest = words("Something came between: choose Move its leads for the rest.")
        return told if whole else f"{told} {rest}"


async def open_setup(
    ack: AsyncAck, actor: Actor, db: Database, show: Show, words: Words, homes: Homes, now: Now
) -> None:
    """Having looked at it is the first step that Home asks of an admin."""
    await ack()
    await show.open_when_ready(SetupScreen(actor, db, show, words).drawn(show.next_level))
    if await noted(db.write(first_run.done, actor, Step.SETUP, now=now())):
        await homes.draw()


async def add_stage(ack: AsyncAck, show: Show, words: Words) -> None:
    await ack()
    await show.open(screen.stage_form(None, StageForm(0, level=show.next_level, key=uuid4().hex), words))


async def use_menu(ack: AsyncAck, action: Body, actor: Actor, db: Database, show: Show, words: Words, now: Now) -> None:
    """What the menu of a stage offers."""
    await ack()
    verb, stage_id, place = screen.chosen(picked(action))
    page = SetupScreen(actor, db, show, words)
    match verb:
        case screen.UP | screen.DOWN:
            await page.change(setup.move, stage_id, place=place, up=verb == screen.UP, now=now())
        case screen.BEGIN:
            await page.change(setup.make_default, stage_id, now=now())
        case screen.RESTORE:
            await page.change(setup.restore, stage_id, now=now())
        case screen.EDIT_STAGE:
            path, _ = await db.read(decided, actor)
            stage = path.stage(stage_id)
            await show.open(screen.stage_form(stage, StageForm(stage_id, stage.version, show.next_level), words))
        case _:
            await ask_replacement(stage_id, actor, db, show, words, now)


async def ask_replacement(stage_id: int, actor: Actor, db: Database, show: Show, words: Words, now: Now) -> None:
    """Retire a stage, at once where no lead stands there; of one that is retired its leads are moved."""
    path, standing = await db.read(to_retire, actor, stage_id)
    page, stage = SetupScreen(actor, db, show, words), path.stage(stage_id)
    if not standing and stage.retired:
        told = words("No lead stands on {stage}.", stage=words.stage(stage))
        return await show.update(await page.drawn(show.level, told))
    if not standing:
        return await page.change(setup.retire, stage_id, replacement=None, now=now())
    state = StageForm(stage_id, level=show.next_level)
    return await show.open(screen.retire_form(stage, path, standing, state, words))


async def save_stage(view: View, actor: Actor, db: Database, show: Show, words: Words, now: Now) -> None:
    state, entries = StageForm.of(view), form.entered(view)
    name, guidance = entries.get(screen.NAME) or "", entries.get(screen.GUIDANCE) or ""
    try:
        if state.stage:
            path, _ = await db.read(decided, actor)
            # A name in the reader's language that was left as it is, is no new name.
            kept = name.strip() == words.stage(path.stage(state.stage))
            new = None if kept else name
            await db.write(setup.edit, actor, state.stage, new, guidance, seen=state.version, now=now())
        else:
            kind = one_of(Kind, entries.get(screen.KIND) or Kind.OPEN)
            await db.write(setup.add, actor, name, kind, guidance, key=state.key, now=now())
    except RuleBroken as broken:
        return await show.errors(form.errors(broken.problems, view, words))
    beneath = state.level - 1
    return await show.returned(await SetupScreen(actor, db, show, words).drawn(beneath, words("Saved.")), beneath)


async def retire(view: View, actor: Actor, db: Database, show: Show, words: Words, now: Now) -> None:
    """The stage is retired at once, so that no more leads come to stand there; then those that do are moved."""
    state = StageForm.of(view)
    beneath = state.level - 1
    to = number_of(form.entered(view).get(screen.REPLACEMENT))
    page = SetupScreen(actor, db, show, words)
    try:
        path = await db.write(setup.retire, actor, state.stage, to, now=now())
    except RuleBroken as broken:
        return await show.errors(form.errors(broken.problems, view, words))
    await show.returned(await page.drawn(beneath, words("Moving leads …")), beneath)
    told = await page.move_leads(state.stage, path.stage(to), now)
    return await show.under(await page.drawn(beneath, told))


async def open_settings(ack: AsyncAck, actor: Actor, db: Database, show: Show, words: Words) -> None:
    await ack()
    _, settings = await db.read(decided, actor)
    await show.open(screen.settings_form(settings, Setting(show.next_level), words))


async def save_settings(view: View, actor: Actor, db: Database, show: Show, words: Words, now: Now) -> None:
    state, wanted = Setting.of(view), _settings(form.entered(view))
    try:
        await db.write(setup.change_settings, actor, wanted, now=now())
    except RuleBroken as broken:
        return await show.errors(form.errors(broken.problems, view, words))
    beneath = state.level - 1
    return await show.returned(await SetupScreen(actor, db, show, words).drawn(beneath, words("Saved.")), beneath)


def _settings(entries: Body) -> Settings:
    return Settings(
        one_of(EditPolicy, entries[screen.POLICY]),
        one_of(Opportunities, entries[screen.OPPORTUNITY]),
        number_of(entries[screen.HOUR]),
        frozenset(number_of(day) for day in entries[screen.DAYS]),
    )


def register(app: Routes) -> None:
    app.command("/lead", matchers=[words_are("setup", "einrichtung")])(open_setup)
    app.action(screen.OPEN)(open_setup)
    app.action(screen.MENU)(use_menu)
    app.action(screen.ADD)(add_stage)
    app.action(screen.CHANGE)(open_settings)
    app.view(screen.SAVE_STAGE)(save_stage)
    app.view(screen.RETIRE)(retire)
    app.view(screen.SAVE_SETTINGS)(save_settings)
