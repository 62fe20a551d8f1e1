"""What was done, said above what is on screen."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.ui import kit
from handlers.ui.kit import Block


@dataclass(frozen=True)
class Banner:
    """What was done, said in the first block of the record, with what can be done about it."""

    text: str
    buttons: tuple[kit.Element, ...] = ()


def blocks(banner: Banner | None) -> list[Block]:
    """The banner as it stands above everything else."""
    if banner is None:
        return []
    return [kit.context(banner.text), *([kit.actions(*banner.buttons)] if banner.buttons else [])]
