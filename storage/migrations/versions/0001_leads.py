"""Workspaces, members, stages, leads, their audit, operation keys, recently viewed, and the search index."""

import sqlalchemy as sa
from alembic import op

from storage.base import BigId, Instant, Money

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "workspace",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("domain", sa.String, nullable=False),
        sa.Column("edit_policy", sa.String, nullable=False),
        sa.Column("next_number", sa.Integer, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workspace"),
    )
    op.create_table(
        "audit",
        sa.Column("id", BigId, nullable=False),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("record_id", BigId, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("field", sa.String, nullable=False),
        sa.Column("old", sa.String, nullable=True),
        sa.Column("new", sa.String, nullable=True),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name="fk_audit_workspace_id"),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_record", "audit", ["workspace_id", "kind", "record_id", "version"], unique=False)
    op.create_table(
        "member",
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("user_id", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("home_workspace", sa.String, nullable=False),
        sa.Column("is_admin", sa.Boolean, nullable=False),
        sa.Column("is_guest", sa.Boolean, nullable=False),
        sa.Column("is_bot", sa.Boolean, nullable=False),
        sa.Column("deactivated", sa.Boolean, nullable=False),
        sa.Column("locale", sa.String, nullable=False),
        sa.Column("timezone", sa.String, nullable=False),
        sa.Column("described_at", Instant, nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name="fk_member_workspace_id"),
        sa.PrimaryKeyConstraint("workspace_id", "user_id", name="pk_member"),
    )
    op.create_table(
        "operation",
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("user_id", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("record_id", BigId, nullable=True),
        sa.Column("at", Instant, nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name="fk_operation_workspace_id"),
        sa.PrimaryKeyConstraint("workspace_id", "user_id", "key", name="pk_operation"),
    )
    op.create_index("ix_operation_at", "operation", ["at"], unique=False)
    op.create_table(
        "preference",
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("user_id", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name="fk_preference_workspace_id"),
        sa.PrimaryKeyConstraint("workspace_id", "user_id", name="pk_preference"),
    )
    op.create_table(
        "stage",
        sa.Column("id", BigId, nullable=False),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("guidance", sa.String, nullable=False),
        sa.Column("is_default", sa.Boolean, nullable=False),
        sa.Column("retired", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name="fk_stage_workspace_id"),
        sa.PrimaryKeyConstraint("id", name="pk_stage"),
        sa.UniqueConstraint("workspace_id", "position", name="uq_stage_workspace_id_position"),
    )
    op.create_table(
        "lead",
        sa.Column("id", BigId, nullable=False),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("external_id", sa.String, nullable=True),
        sa.Column("salutation", sa.String, nullable=True),
        sa.Column("first_name", sa.String, nullable=True),
        sa.Column("last_name", sa.String, nullable=False),
        sa.Column("company", sa.String, nullable=False),
        sa.Column("title", sa.String, nullable=True),
        sa.Column("email", sa.String, nullable=True),
        sa.Column("phone", sa.String, nullable=True),
        sa.Column("mobile", sa.String, nullable=True),
        sa.Column("website", sa.String, nullable=True),
        sa.Column("stage_id", BigId, nullable=False),
        sa.Column("source", sa.String, nullable=True),
        sa.Column("industry", sa.String, nullable=True),
        sa.Column("rating", sa.String, nullable=True),
        sa.Column("revenue", Money, nullable=True),
        sa.Column("employees", sa.Integer, nullable=True),
        sa.Column("street", sa.String, nullable=True),
        sa.Column("city", sa.String, nullable=True),
        sa.Column("state", sa.String, nullable=True),
        sa.Column("postal_code", sa.String, nullable=True),
        sa.Column("country", sa.String, nullable=True),
        sa.Column("description", sa.String, nullable=True),
        sa.Column("do_not_call", sa.Boolean, nullable=False),
        sa.Column("email_opt_out", sa.Boolean, nullable=False),
        sa.Column("owner_id", sa.String, nullable=True),
        sa.Column("unread", sa.Boolean, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("created_by", sa.String, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        sa.Column("updated_by", sa.String, nullable=False),
        sa.Column("email_key", sa.String, nullable=True),
        sa.Column("company_key", sa.String, nullable=False),
        sa.Column("person_key", sa.String, nullable=False),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name="fk_lead_stage_id"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name="fk_lead_workspace_id"),
        sa.PrimaryKeyConstraint("id", name="pk_lead"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_lead_email", "lead", ["workspace_id", "email_key"], unique=False)
    op.create_index("ix_lead_external", "lead", ["workspace_id", "external_id"], unique=False)
    op.create_index("ix_lead_owner_stage", "lead", ["workspace_id", "owner_id", "stage_id", "id"], unique=False)
    op.create_index("ix_lead_person", "lead", ["workspace_id", "company_key", "person_key"], unique=False)
    op.create_index("ix_lead_stage", "lead", ["workspace_id", "stage_id", "id"], unique=False)
    op.create_index("uq_lead_number", "lead", ["workspace_id", "number"], unique=True)
    op.create_table(
        "viewed",
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("user_id", sa.String, nullable=False),
        sa.Column("lead_id", BigId, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name="fk_viewed_lead_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name="fk_viewed_workspace_id"),
        sa.PrimaryKeyConstraint("workspace_id", "user_id", "lead_id", name="pk_viewed"),
    )
    op.create_index("ix_viewed_at", "viewed", ["workspace_id", "user_id", "at"], unique=False)

    create_search_index("lead")


def create_search_index(table: str) -> None:
    """The terms a record is found by (storage.search), in the database's own full-text index."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE VIRTUAL TABLE {table}_search USING fts5(terms, detail = 'none', prefix = '2 3 4 5')")
        return
    op.create_table(
        f"{table}_search",
        sa.Column("id", sa.BigInteger, sa.ForeignKey(f"{table}.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("terms", sa.dialects.postgresql.TSVECTOR, nullable=False),
    )
    op.create_index(f"ix_{table}_search_terms", f"{table}_search", ["terms"], postgresql_using="gin")
