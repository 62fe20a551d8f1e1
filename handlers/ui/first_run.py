"""What an admin reads above Home while there are first steps to take."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.ui import kit, lead_list, setup
from handlers.ui.kit import Block, Element, Mrkdwn
from handlers.ui.text import Words
from storage.first_run import Step

HIDE, TELL_TEAM = "first.hide", "team.tell"
# Shortcuts are called as the manifest has them, whoever reads.
FIND_SHORTCUT, LOG_SHORTCUT = "Find a lead", "Log to a lead"


def blocks(steps: Sequence[Step], words: Words) -> list[Block]:
    """The steps that are left, each with its button and one that hides it; nothing when none is."""
    if not steps:
        return []
    found = [kit.header(words("Leads is ready"))]
    if len(steps) == len(Step):
        found.append(kit.section(words("Three steps, about ten minutes.")))
    for step in steps:
        title, told, button = _step(step, words)
        hide = kit.button(words("Hide"), HIDE, step, says=words("Hide: {what}", what=title))
        found += [kit.section(kit.mrkdwn(kit.bold(title), " ", told)), kit.actions(button, hide)]
    type_it = words(
        "Type {command} in any conversation. In a thread Slack offers no commands: use the shortcut {shortcut}."
    )
    found += [
        kit.section(kit.filled(type_it, command=kit.code("/lead"), shortcut=kit.bold(FIND_SHORTCUT))),
        kit.context(words("Your data stays in the database of this installation. Nobody is messaged before you do.")),
        kit.divider(),
    ]
    return found


def _step(step: Step, words: Words) -> tuple[str, Mrkdwn | str, Element]:
    """What it is, what it does, and the button that takes it."""
    match step:
        case Step.IMPORT:
            told = words("A CSV file from Salesforce, HubSpot, Zoho or a spreadsheet. First you see what would happen.")
            return words("1. Bring your leads."), told, lead_list.import_button(words)
        case Step.SETUP:
            told = words("and who may edit. The usual ones are in place, in English or German.")
            return words("2. Check the stages"), told, kit.button(words("Setup"), setup.OPEN)
        case Step.TEAM:
            told = words("Posts one message, in a channel you choose, after you have seen it.")
            return words("3. Tell your team."), told, kit.button(words("Tell your team"), TELL_TEAM)
