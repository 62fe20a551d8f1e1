"""What tells a sample from a lead, wherever one is shown, with the button that removes it."""

from __future__ import annotations

from handlers.ui import kit
from handlers.ui.kit import Block, Element
from handlers.ui.text import Words
from storage.lead_records import LeadLine

TRY, REMOVE = "sample.try", "sample.remove"


def try_button(words: Words) -> Element:
    return kit.button(words("Try with a sample"), TRY)


def mark(lead_id: int, words: Words) -> Block:
    """Above a sample's record: that it is one."""
    told = words("Invented, to try things out with.")
    return kit.section(kit.mrkdwn(kit.bold(words("Sample")), f" · {told}"), accessory=_remove_button(lead_id, words))


def row(line: LeadLine, words: Words) -> Block:
    """The reader's sample, on Home."""
    about = kit.mrkdwn(kit.bold(words("Sample")), f" · {line.name}, {line.company}")
    return kit.section(about, words("Invented, to try things out with."), accessory=_remove_button(line.id, words))


def _remove_button(lead_id: int, words: Words) -> Element:
    question = kit.question(
        words("Remove sample"),
        words(
            "Remove the sample with its tasks and activities? "
            "If it was converted, the account, contact and opportunity made of it go too."
        ),
        yes=words("Remove sample"),
        no=words("Keep"),
    )
    return kit.button(words("Remove sample"), REMOVE, str(lead_id), asks=question)
