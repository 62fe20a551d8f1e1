"""Erasing one person's data at their request, as an operator at a terminal does it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from time import monotonic
from typing import TextIO

from storage import erasing
from storage.database import Database
from storage.erasing import Traces

# Who the records say has done it.
ERASURE = "erasure"
_PATIENCE = 30.0
_NUMBER = re.compile(r"[Ll]-(\d{1,18})")


def erase(
    database: Database, workspace: str, who: str, *, sure: Callable[[str], bool], now: datetime, out: TextIO
) -> int:
    """Erase what is kept under an e-mail address, or of the lead with a number such as L-1042, once `sure` says so.

    The exit code: 0 when it is gone, 1 when there is nothing of that name or it was not to be.
    Raises NotFound for a workspace that is not here, TooLate and Unavailable.
    """
    number = _NUMBER.fullmatch(who.strip())
    wanted = {"number": int(number[1])} if number else {"email": who.strip()}
    found = database.read(erasing.traces, monotonic() + _PATIENCE, workspace, **wanted)
    if not (found.leads or found.contacts):
        out.write(f"Nothing is kept of {who}.\n")
        return 1
    if not sure(_question(found)):
        out.write("Nothing was erased.\n")
        return 1
    database.write(erasing.erase, monotonic() + _PATIENCE, workspace, found, ERASURE, now=now)
    database.write(erasing.forget_words, monotonic() + _PATIENCE)
    database.vacuum()
    out.write(
        "Erased. Messages already posted stay in Slack until they are deleted there; backups keep what they have.\n"
    )
    return 0


def _question(found: Traces) -> str:
    counts = (len(found.leads), "lead"), (len(found.contacts), "contact"), (len(found.activities), "activity")
    told = ", ".join(f"{count} {noun if count == 1 else _PLURALS[noun]}" for count, noun in counts)
    return f"{', '.join(found.names)}: {told}, with their history. This cannot be undone. Erase?"


_PLURALS = {"lead": "leads", "contact": "contacts", "activity": "activities"}
