"""Indexes for lists by name and of unread leads; what admins set for a workspace; versions of stages."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # With defaults in the database: the version before writes rows without these columns.
    op.add_column("workspace", sa.Column("conversion_opportunity", sa.String, nullable=False, server_default="yes"))
    op.add_column("workspace", sa.Column("reminder_hour", sa.Integer, nullable=False, server_default="9"))
    op.add_column("workspace", sa.Column("working_days", sa.String, nullable=False, server_default="01234"))
    op.add_column("stage", sa.Column("version", sa.Integer, nullable=False, server_default="1"))
    op.create_index("ix_lead_owner_name", "lead", ["workspace_id", "owner_id", "stage_id", "person_key", "id"])
    op.create_index("ix_lead_stage_name", "lead", ["workspace_id", "stage_id", "person_key", "id"])
    op.create_index(
        "ix_lead_unread",
        "lead",
        ["workspace_id", "owner_id", "stage_id", "id"],
        sqlite_where=sa.text("unread = 1"),
        postgresql_where=sa.text("unread"),
    )
