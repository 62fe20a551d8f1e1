"""What a form about activities can lead back to: a lead, the list of my tasks, what became of a lead."""

from __future__ import annotations

from handlers.ui.my_tasks import Mine
from handlers.ui.record import Shown
from handlers.ui.records import Pointed

Origin = Shown | Mine | Pointed
