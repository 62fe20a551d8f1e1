"""What was done or is asked, said above what is on screen, or beneath it."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.ui import kit
from handlers.ui.kit import Block


@dataclass(frozen=True)
class Banner:
    """What was done, said in the first block of the record, with what can be done about it.

    `beneath`: what is asked of who pressed something at the end, and would not see the beginning.  `tells` are fields
    whose change by others it speaks of.
    """

    text: str
    buttons: tuple[kit.Element, ...] = ()
    beneath: bool = False
    tells: tuple[str, ...] = ()


def placed(banner: Banner | None, view: list[Block]) -> list[Block]:
    """The blocks of a view with the banner's where it belongs: above them, or beneath, before the last one."""
    if banner and banner.beneath:
        return [*view[:-1], *blocks(banner), view[-1]]
    return [*blocks(banner), *view]


def blocks(banner: Banner | None) -> list[Block]:
    """The banner's blocks; none without one."""
    if banner is None:
        return []
    return [kit.context(banner.text), *([kit.actions(*banner.buttons)] if banner.buttons else [])]
