"""What went wrong, as the person reads it to whom it happened: the sentence, the records it speaks of, what can be done."""

from __future__ import annotations

from datetime import datetime

from handlers.slack import CallFailed, Outcome, meaning
from handlers.ui import kit
from handlers.ui.state import Forged
from handlers.ui.text import Words
from storage.errors import Converted, InUse, NotAllowed, NotFound, OutOfRange, TooLate, Unavailable, Unsettled
from storage.records import Line
from storage.rights import Action

# The button of whoever may not change a lead.
ASK = "lead.ask"


def sentence(error: Exception, words: Words, now: datetime) -> str:
    """What went wrong, for the person it happened to."""
    match error:
        case Converted(by=str(name), at=datetime() as at):
            day = words.day_of(at.astimezone(words.zone).date(), now)
            return words("Converted on {day} by {name}. This lead can no longer be changed.", day=day, name=name)
        case Converted():
            return words("This lead came converted from elsewhere. It can no longer be changed.")
        case InUse():
            return words("This account cannot be deleted as long as these belong to it.")
        case NotFound(kind="account" | "contact" | "opportunity", deleted_by=str(name), deleted_at=datetime() as at):
            return words("This record was deleted by {name} on {day}.", name=name, day=words.short_day(at, now))
        case NotFound(deleted_by=str(name), deleted_at=datetime() as at):
            return words("This lead was deleted by {name} on {day}.", name=name, day=words.short_day(at, now))
        case NotFound():
            return words("This record no longer exists.")
        case NotAllowed(action="take", owner=str(name)):
            return words("{name} has already taken this lead.", name=name)
        case NotAllowed(action="hand_over", owner=str(name)):
            return words("Only {name} and admins can hand these leads over.", name=name)
        case NotAllowed(owner=str(name)):
            return words("Only {name} and admins can change this lead.", name=name)
        case NotAllowed():
            return words("Only admins can do this.")
        case Unsettled():
            return words("It is not known yet whether this was saved. Try again: nothing is done twice.")
        case TooLate() | Unavailable():
            return words("That took too long. Nothing was changed. Try again.")
        case Forged() | OutOfRange():
            return words("This button no longer works. Type /lead to start anew.")
        case _ if isinstance(error, CallFailed):
            if meaning(error) is Outcome.MOVED_ON:
                return words("Slack had no patience with us just now. Try again.")
            return words("Slack did not answer as it should. Try again in a moment.")
        case _:
            return words("Something went wrong on our side. Try again, and tell an admin if it happens again.")


def links(error: Exception) -> tuple[Line, ...]:
    """The records that a refusal speaks of."""
    match error:
        case Converted(became=lines) | InUse(users=lines):
            return tuple(lines)
        case _:
            return ()


def buttons(error: Exception, words: Words) -> tuple[kit.Element, ...]:
    """What can be done about it: whoever may not change a lead asks its owner."""
    match error:
        case NotAllowed(action=action, lead_id=int(lead_id), owner_id=str()) if action != Action.TAKE:
            return (kit.button(words("Ask for the change"), ASK, str(lead_id), style="primary"),)
        case _:
            return ()
