"""When a lead's next task is due, kept on the lead: lists in that order.  Messages that speak of leads and tasks."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_FILL = """
WITH planned AS (
    SELECT lead_id, COALESCE(min(due_on), '9999-12-30') AS next_on FROM activity
    WHERE kind = 'task' AND happened_at IS NULL AND deleted_at IS NULL GROUP BY lead_id
)
UPDATE lead SET next_on = (SELECT planned.next_on FROM planned WHERE planned.lead_id = lead.id)
WHERE id IN (SELECT lead_id FROM planned)
"""


def upgrade() -> None:
    op.add_column("lead", sa.Column("next_on", sa.Date, nullable=False, server_default="9999-12-31"))
    op.execute(_FILL)
    op.add_column("outbox", sa.Column("tasks", sa.Integer, nullable=False, server_default="0"))
    newest = sa.text("id DESC")
    op.create_index("ix_lead_owner_next", "lead", ["workspace_id", "owner_id", "stage_id", "next_on", newest])
    op.create_index("ix_lead_next", "lead", ["workspace_id", "stage_id", "next_on", newest])
