"""What a form about activities can lead back to: a lead, the list of my tasks, what became of a lead, the Home tab."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from handlers.ui.my_tasks import Mine
from handlers.ui.record import Shown
from handlers.ui.records import Pointed
from handlers.ui.state import State


@dataclass(frozen=True)
class Tab(State):
    """The Home tab: it lies beneath every modal and is published, not updated."""

    tab: Literal["home"]
    level: int = 0


Modal = Shown | Mine | Pointed
Origin = Modal | Tab
