"""Files going in and out of a workspace, as an operator at a terminal sees it."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import transfer
from storage.database import Database
from storage.lead import Lead
from tests.conftest import Clock
from tests.rules.conftest import TEAM

DATA = Path(__file__).parents[1] / "data"


@dataclass(frozen=True)
class Said:
    """The exit code of a command and the lines it said."""

    code: int
    lines: tuple[str, ...]

    def about(self, word: str) -> list[str]:
        """The lines with this word."""
        return [line for line in self.lines if word in line]

    def sees(self, *sentences: str) -> None:
        for sentence in sentences:
            assert any(sentence in line for line in self.lines), "\n".join(self.lines)


class Desk:
    """Who imports and exports, and what they find in the database afterwards."""

    def __init__(self, database: Database, folder: Path, clock: Clock) -> None:
        self.database, self.folder, self.clock = database, folder, clock

    def imports(self, content: Path | bytes | str | Sequence[Mapping[str, str]], **options: Any) -> Said:
        """Import a file, or one of this content; rows are written under the headings of all of them."""
        path = content if isinstance(content, Path) else self.folder / "leads.csv"
        if not isinstance(content, Path):
            path.write_bytes(content if isinstance(content, bytes) else _text(content).encode())
        out = io.StringIO(newline="")
        team = options.pop("team", TEAM)
        code = transfer.import_leads(self.database, team, path, now=self.clock(), out=out, **options)
        return Said(code, tuple(out.getvalue().split("\n")[:-1]))

    def exports(self, team: str = TEAM, **options: Any) -> bytes:
        out = io.BytesIO()
        assert transfer.export_leads(self.database, team, out, **options) == 0
        return out.getvalue()

    def leads(self, team: str = TEAM) -> list[Any]:
        """Every lead of the workspace, oldest first."""
        return self.read(
            lambda s: s.execute(select(Lead.__table__).filter_by(workspace_id=team).order_by(Lead.id)).all()
        )

    def read(self, unit: Any) -> Any:
        return self.database.read(unit, time.monotonic() + 5)

    def write(self, unit: Any) -> Any:
        return self.database.write(unit, time.monotonic() + 5)


def _text(content: str | Sequence[Mapping[str, str]]) -> str:
    if isinstance(content, str):
        return content
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(name for row in content for name in row)), restval="")
    writer.writeheader()
    writer.writerows(content)
    return text.getvalue()


def rows_of(content: bytes) -> Iterator[dict[str, str]]:
    """An export, row by row."""
    return csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))


def kept(session: Session, team: str, number: int, /, **values: Any) -> None:
    """Put values into a lead as no rule would allow."""
    lead = session.scalars(select(Lead).filter_by(workspace_id=team, number=number)).one()
    for name, value in values.items():
        setattr(lead, name, value)
