"""Events that have come, so that a repeated one acts once."""

import sqlalchemy as sa
from alembic import op

from storage.base import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "received_event",
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("event_id", sa.String, nullable=False),
        sa.Column("done", sa.Boolean, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name="fk_received_event_workspace_id"),
        sa.PrimaryKeyConstraint("workspace_id", "event_id", name="pk_received_event"),
    )
    op.create_index("ix_received_event_at", "received_event", ["at"], unique=False)
