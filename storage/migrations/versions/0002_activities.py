"""Tasks and logged activities; a lead's changes by when they were made, for its timeline."""

import sqlalchemy as sa
from alembic import op

from storage.base import BigId, Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_OPEN = "kind = 'task' AND happened_at IS NULL AND deleted_at IS NULL"
_DONE = "kind = 'task' AND happened_at IS NOT NULL AND deleted_at IS NULL"
_LOGGED = "kind <> 'task' AND happened_at IS NOT NULL AND deleted_at IS NULL"


def upgrade() -> None:
    op.create_table(
        "activity",
        sa.Column("id", BigId, nullable=False),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("lead_id", BigId, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("topic", sa.String, nullable=True),
        sa.Column("subject", sa.String, nullable=True),
        sa.Column("due_on", sa.Date, nullable=True),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("priority", sa.String, nullable=False),
        sa.Column("assignee_id", sa.String, nullable=True),
        sa.Column("given_by", sa.String, nullable=True),
        sa.Column("comments", sa.String, nullable=True),
        sa.Column("remind", sa.String, nullable=False),
        sa.Column("remind_on", sa.Date, nullable=True),
        sa.Column("remind_at", sa.Time, nullable=True),
        sa.Column("repeats", sa.String, nullable=False),
        sa.Column("anchor_day", sa.Integer, nullable=True),
        sa.Column("series_on", sa.Date, nullable=True),
        sa.Column("follows_id", BigId, nullable=True),
        sa.Column("result", sa.String, nullable=True),
        sa.Column("tell_when_done", sa.Boolean, nullable=False),
        sa.Column("happened_at", Instant, nullable=True),
        sa.Column("completed_by", sa.String, nullable=True),
        sa.Column("author", sa.String, nullable=True),
        sa.Column("channel", sa.String, nullable=True),
        sa.Column("link", sa.String, nullable=True),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("created_by", sa.String, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        sa.Column("updated_by", sa.String, nullable=False),
        sa.Column("deleted_at", Instant, nullable=True),
        sa.Column("deleted_by", sa.String, nullable=True),
        sa.ForeignKeyConstraint(["follows_id"], ["activity.id"], name="fk_activity_follows_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name="fk_activity_lead_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name="fk_activity_workspace_id"),
        sa.PrimaryKeyConstraint("id", name="pk_activity"),
        sqlite_autoincrement=True,
    )
    _partial("open", _OPEN, "lead_id", "due_on", "id", "kind", "deleted_at", "happened_at")
    _partial("done", _DONE, "lead_id", "happened_at", "id", "kind", "deleted_at")
    _partial("logged", _LOGGED, "lead_id", "happened_at", "id", "kind", "deleted_at")
    _partial("mine", _OPEN, "assignee_id", "due_on", "id")
    _partial("given", _OPEN, "given_by", "due_on", "id")
    _partial("completed", _DONE, "assignee_id", "happened_at", "id")
    op.create_index("ix_activity_follows", "activity", ["follows_id"], unique=False)
    op.create_index("ix_activity_lead", "activity", ["lead_id"], unique=False)
    op.create_index("ix_audit_at", "audit", ["workspace_id", "kind", "record_id", "at", "version"], unique=False)


def _partial(name: str, condition: str, *columns: str) -> None:
    where = sa.text(condition)
    op.create_index(
        f"ix_activity_{name}",
        "activity",
        ["workspace_id", *columns],
        unique=False,
        sqlite_where=where,
        postgresql_where=where,
    )
