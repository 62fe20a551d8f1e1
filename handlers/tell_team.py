"""An admin tells the team of the bot: one message, in a channel they choose, after they have read it.  *Tell your team*"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from slack_bolt.async_app import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from handlers import posting
from handlers.desk import Desk
from handlers.homes import Homes
from handlers.noting import noted
from handlers.posting import Answer, Posted
from handlers.routes import Routes
from handlers.ui import banner as banners
from handlers.ui import first_run as screen
from handlers.ui import form, kit
from handlers.ui.banner import Banner
from handlers.ui.first_run import FIND_SHORTCUT
from handlers.ui.kit import Block, Mrkdwn, View
from handlers.ui.state import State
from handlers.ui.text import Words
from storage import first_run, rights
from storage.errors import Problem, RuleBroken
from storage.first_run import MESSAGE, Step

SAVE, WAITING, CHANNEL = "team.tell.save", "team.tell.waiting", "channel"


@dataclass(frozen=True)
class Telling(State):
    """A form that tells the team; `key` makes one message of a submission that comes twice."""

    key: str
    level: int = 1


def form_view(message: str, state: Telling, words: Words, banner: Banner | None = None) -> View:
    """Where to, and what: the message as it will be posted."""
    text = kit.text_input(MESSAGE.name, message, multiline=True)
    hint = words("Posted as it stands here, with your name below it. Nobody is mentioned.")
    return kit.modal(
        words("Tell your team"),
        [
            *banners.blocks(banner),
            kit.input_block(words("Channel"), kit.own_channels(CHANNEL), block_id=CHANNEL, optional=False),
            kit.input_block(words("Message"), text, block_id=MESSAGE.name, optional=False, hint=hint),
        ],
        submit=words("Post"),
        close=words("Cancel"),
        callback_id=SAVE,
        state=state.packed(),
    )


def proposed(words: Words) -> str:
    """What the team may be told, to be edited before it is posted."""
    return "\n".join(
        (
            words("Leads is here: look up a lead, log a call, plan the next step."),
            words("Type /lead in any conversation; in a thread use the shortcut {shortcut}.", shortcut=FIND_SHORTCUT),
            words("Your tasks of the day: Home tab of the app Leads."),
        )
    )


def blocks(message: str, by: str, words: Words) -> list[Block]:
    """The message as the channel sees it, word for word."""
    return [kit.paragraph(message), kit.context(words("Posted by {name}", name=by))]


async def open_form(ack: AsyncAck, desk: Desk) -> None:
    await ack()
    rights.demand_set_up(desk.actor)
    state = Telling(uuid4().hex, desk.show.next_level)
    await desk.show.open(form_view(proposed(desk.words), state, desk.words))


async def tell(view: View, desk: Desk, client: AsyncWebClient, homes: Homes) -> None:
    """The form gives its place to a word of waiting first: Slack is asked about the channel anew."""
    state, entries, words = Telling.of(view), form.entered(view), desk.words
    channel = entries.get(CHANNEL)
    try:
        if not channel:
            raise RuleBroken(Problem.of(CHANNEL, "required"))
        message = await desk.write(first_run.to_tell, entries.get(MESSAGE.name) or "", key=state.key, now=desk.now())
    except RuleBroken as broken:
        return await desk.show.errors(form.errors(broken.problems, view, words))
    if message is None:
        twice = words("This message has been posted already, or is just being posted.")
        return await desk.show.exchange(desk.show.notice(twice, level=state.level))
    waiting = kit.modal(
        words("Tell your team"), [kit.section(words("Posting …"))], close=words("Close"), callback_id=WAITING
    )
    await desk.show.exchange(waiting)
    answer = await posting.post(client, channel, message, blocks(message, desk.actor.name, words))
    if answer.posted is not Posted.DONE:
        told = refusal(answer, words)
        again = form_view(message, Telling(uuid4().hex, state.level), words, Banner(told))
        return await desk.show.conclude(again, told, at=view["id"])
    await noted(desk.write(first_run.done, Step.TEAM, now=desk.now()))
    told = kit.filled(words("Posted to {channel}."), channel=answer.where)
    await desk.show.conclude(desk.show.notice(told, level=state.level), told, at=view["id"])
    return await homes.draw()


def refusal(answer: Answer, words: Words) -> Mrkdwn:
    """Why nothing was posted, or that nobody knows."""
    told = {
        Posted.SHARED: words("{channel} is shared with others. Choose a channel of your own workspace alone."),
        Posted.NOT_THERE: words("I am not in {channel}. Type /invite @Leads there, then post again."),
        Posted.UNKNOWN: words("Slack did not say whether it was posted. Look into {channel} before you post again."),
    }
    nothing = words("Slack did not let me write to {channel}. Nothing was posted.")
    return kit.filled(told.get(answer.posted, nothing), channel=answer.where)


def register(app: Routes) -> None:
    app.action(screen.TELL_TEAM)(open_form)
    app.view(SAVE)(tell)
