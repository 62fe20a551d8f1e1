"""A teammate chooses language, when and how reminders come, and which leads stay silent."""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck

from handlers.routes import Routes, chose, words_are
from handlers.show import Show
from handlers.slack import Database, Now
from handlers.ui import form, kit, record, settings
from handlers.ui.banner import Banner
from handlers.ui.kit import View
from handlers.ui.record import Shown
from handlers.ui.settings import Setting
from handlers.ui.state import number_of
from handlers.ui.text import Words
from storage import lead_records, preferences
from storage.errors import RuleBroken
from storage.rights import Actor


async def open_form(ack: AsyncAck, actor: Actor, db: Database, show: Show, words: Words) -> None:
    await ack()

    async def build() -> View:
        return settings.view(await db.read(preferences.of, actor), show.next_level, words)

    await show.open_when_ready(build())


async def save(view: View, actor: Actor, db: Database, show: Show, words: Words, now: Now) -> None:
    state, entries = Setting.of(view), form.entered(view)
    kept = {number_of(lead_id) for lead_id in entries.get("muted") or ()}
    try:
        chosen = await db.write(
            preferences.choose,
            actor,
            settings.entered(entries, actor.timezone),
            unmute=set(state.muted) - kept,
            now=now(),
        )
    except RuleBroken as broken:
        return await show.errors(form.errors(broken.problems, view, words))
    speaking = Words(chosen.language, actor.timezone) if chosen.language else words
    said = f"{speaking('Saved.')} {settings.told(chosen, speaking)}"
    return await show.exchange(show.notice(said, level=state.level))


async def mute(ack: AsyncAck, surface: View, actor: Actor, db: Database, show: Show, words: Words) -> None:
    """From the record: its tasks remind this person no more."""
    await ack()
    shown = Shown.of(surface)
    newly = await db.write(preferences.mute, actor, shown.lead_id)
    told = words("Tasks of this lead no longer remind you.") if newly else words("Reminders of this lead are muted.")
    back = kit.button(words("Undo") if newly else words("Remind me again"), settings.UNMUTE, str(shown.lead_id))
    lead = await db.read(lead_records.record, actor, shown.lead_id)
    await show.record(lead, shown, banner=Banner(told, (back,)))


async def unmute(
    ack: AsyncAck, action: dict[str, str], surface: View, actor: Actor, db: Database, show: Show, words: Words, now: Now
) -> None:
    await ack()
    lead_id = number_of(action.get("value"))
    await db.write(preferences.unmute, actor, lead_id, now())
    lead = await db.read(lead_records.record, actor, lead_id)
    await show.record(lead, Shown.of(surface), banner=words("Tasks of this lead remind you again."))


def register(app: Routes) -> None:
    app.command("/lead", matchers=[words_are("settings", "einstellungen")])(open_form)
    app.action(settings.OPEN)(open_form)
    app.view(settings.SAVE)(save)
    app.action(record.MORE, matchers=[chose(record.MUTE)])(mute)
    app.action(settings.UNMUTE)(unmute)
