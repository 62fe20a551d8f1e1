"""What is to be said of a lead is found by the lead."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_WHERE = sa.text("lead_id IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_outbox_lead", "outbox", ["workspace_id", "lead_id", "id"], sqlite_where=_WHERE, postgresql_where=_WHERE
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_lead", "outbox")
