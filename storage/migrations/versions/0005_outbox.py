"""What is said unasked, at which pace; how each person wants to be reminded."""

import sqlalchemy as sa
from alembic import op

from storage.base import BigId, Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", BigId, nullable=False),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("user_id", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("task_id", BigId, nullable=True),
        sa.Column("lead_id", BigId, nullable=True),
        sa.Column("given_by", sa.String, nullable=True),
        sa.Column("note", sa.String, nullable=True),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("local_on", sa.Date, nullable=True),
        sa.Column("local_at", sa.Time, nullable=True),
        sa.Column("zone", sa.String, nullable=True),
        sa.Column("snoozed", sa.Boolean, nullable=False),
        sa.Column("due_at", Instant, nullable=False),
        sa.Column("not_before", Instant, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("doubts", sa.Integer, nullable=False),
        sa.Column("lease", sa.String, nullable=True),
        sa.Column("shape", sa.String, nullable=True),
        sa.Column("channel", sa.String, nullable=True),
        sa.Column("ts", sa.String, nullable=True),
        sa.Column("error", sa.String, nullable=True),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("settled_at", Instant, nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name="fk_outbox_workspace_id"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sqlite_autoincrement=True,
    )
    pending = "state = 'pending'"
    _partial("ix_outbox_pending", pending, "workspace_id", "not_before", "id")
    _partial("ix_outbox_stale", "state = 'stale'", "workspace_id", "not_before", "id")
    _partial("ix_outbox_due", pending, "workspace_id", "due_at")
    _partial("ix_outbox_person", pending, "workspace_id", "user_id", "not_before")
    _partial("uq_outbox_task", f"{pending} AND task_id IS NOT NULL", "workspace_id", "task_id", "kind", unique=True)
    op.create_index("ix_outbox_task", "outbox", ["workspace_id", "task_id", "id"])
    op.create_index("ix_outbox_post", "outbox", ["workspace_id", "channel", "ts"])
    op.create_index("ix_outbox_settled", "outbox", ["settled_at"])
    op.create_table(
        "pace",
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("next_at", Instant, nullable=False),
        sa.Column("parked_at", Instant, nullable=True),
        sa.Column("error", sa.String, nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name="fk_pace_workspace_id"),
        sa.PrimaryKeyConstraint("workspace_id", "who", name="pk_pace"),
    )
    op.create_table(
        "muted_lead",
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("user_id", sa.String, nullable=False),
        sa.Column("lead_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name="fk_muted_lead_workspace_id"),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name="fk_muted_lead_lead_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("workspace_id", "user_id", "lead_id", name="pk_muted_lead"),
    )
    op.create_index("ix_muted_lead_lead", "muted_lead", ["lead_id"])
    for name, kind in (
        ("reminder_hour", sa.Time),
        ("working_days", sa.String),
        ("quiet_from", sa.Time),
        ("quiet_to", sa.Time),
        ("manner", sa.String),
        ("introduced_at", Instant),
    ):
        op.add_column("preference", sa.Column(name, kind, nullable=True))
    # With a default in the database: the version before writes rows without it.
    op.add_column("preference", sa.Column("tell_assigned", sa.Boolean, nullable=False, server_default=sa.true()))


def _partial(name: str, condition: str, *columns: str, unique: bool = False) -> None:
    where = sa.text(condition)
    op.create_index(name, "outbox", list(columns), unique=unique, sqlite_where=where, postgresql_where=where)
