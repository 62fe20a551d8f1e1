"""The first steps of admins with the bot, and leads that are samples."""

import sqlalchemy as sa
from alembic import op

from storage.base import Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Who works here already is past the first steps.
_PAST = """
INSERT INTO first_step (workspace_id, step, user_id, hidden, at)
SELECT workspace.id, step.name, '', false, workspace.created_at
FROM workspace CROSS JOIN (SELECT 'import' AS name UNION ALL SELECT 'setup' UNION ALL SELECT 'team') AS step
WHERE EXISTS (SELECT 1 FROM lead WHERE lead.workspace_id = workspace.id)
"""


def upgrade() -> None:
    op.create_table(
        "first_step",
        sa.Column("workspace_id", sa.String, sa.ForeignKey("workspace.id"), primary_key=True),
        sa.Column("step", sa.String, primary_key=True),
        sa.Column("user_id", sa.String, primary_key=True),
        sa.Column("hidden", sa.Boolean, nullable=False),
        sa.Column("at", Instant, nullable=False),
    )
    op.execute(_PAST)
    # With a default in the database: the version before writes rows without this column.
    op.add_column("lead", sa.Column("sample", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_index(
        "uq_lead_sample",
        "lead",
        ["workspace_id", "created_by"],
        unique=True,
        sqlite_where=sa.text("sample = 1"),
        postgresql_where=sa.text("sample"),
    )
