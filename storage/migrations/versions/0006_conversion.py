"""Accounts, contacts and opportunities, and the conversion of a lead into them."""

import sqlalchemy as sa
from alembic import op

from storage.base import BigId, Instant, Money

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        *_common("account"),
        sa.Column("name", sa.String, nullable=False),
        *_texts("phone", "website", "industry", "rating"),
        sa.Column("revenue", Money, nullable=True),
        sa.Column("employees", sa.Integer, nullable=True),
        *_texts("street", "city", "state", "postal_code", "country"),
        sa.Column("company_key", sa.String, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_account_company", "account", ["workspace_id", "company_key", "id"])
    op.create_table(
        "contact",
        *_common("contact"),
        sa.Column("account_id", BigId, nullable=False),
        *_texts("salutation", "first_name"),
        sa.Column("last_name", sa.String, nullable=False),
        *_texts("title", "email", "phone", "mobile", "street", "city", "state", "postal_code", "country", "source"),
        *_texts("description"),
        sa.Column("do_not_call", sa.Boolean, nullable=False),
        sa.Column("email_opt_out", sa.Boolean, nullable=False),
        *_texts("email_key"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_contact_account_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_contact_account", "contact", ["workspace_id", "account_id", "id"])
    op.create_index("ix_contact_email", "contact", ["workspace_id", "email_key", "id"])
    op.create_table(
        "opportunity",
        *_common("opportunity"),
        sa.Column("account_id", BigId, nullable=False),
        sa.Column("contact_id", BigId, nullable=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("close_date", sa.Date, nullable=False),
        sa.Column("amount", Money, nullable=True),
        sa.Column("probability", sa.Integer, nullable=True),
        *_texts("next_step", "source"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_opportunity_account_id"),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name="fk_opportunity_contact_id", ondelete="SET NULL"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_opportunity_account", "opportunity", ["workspace_id", "account_id", "id"])
    op.create_index("ix_opportunity_contact", "opportunity", ["workspace_id", "contact_id", "id"])
    for table in ("account", "contact", "opportunity"):
        _create_search_index(table)
    _widen_lead()
    op.create_table(
        "conversion",
        sa.Column("lead_id", BigId, nullable=False),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("by_id", sa.String, nullable=False),
        sa.Column("lead_version", sa.Integer, nullable=False),
        *(
            sa.Column(f"{kind}_{what}", column, nullable=True)
            for kind in ("account", "contact", "opportunity")
            for what, column in (("id", BigId), ("before", sa.Integer), ("version", sa.Integer))
        ),
        sa.Column("owner_id", sa.String, nullable=False),
        sa.Column("kept", sa.String, nullable=False),
        sa.Column("tasks", sa.String, nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name="fk_conversion_lead_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name="fk_conversion_workspace_id"),
        sa.PrimaryKeyConstraint("lead_id", name="pk_conversion"),
    )


def _common(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", BigId, nullable=False),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("owner_id", sa.String, nullable=True),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("created_by", sa.String, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        sa.Column("updated_by", sa.String, nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=f"fk_{table}_workspace_id"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    ]


def _texts(*names: str) -> list[sa.schema.SchemaItem]:
    return [sa.Column(name, sa.String, nullable=True) for name in names]


def _widen_lead() -> None:
    """SQLite takes a reference with a new column only in the column's own definition."""
    op.add_column("lead", sa.Column("converted_at", Instant, nullable=True))
    op.add_column("lead", sa.Column("converted_by", sa.String, nullable=True))
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    for table, gone in (("account", ""), ("contact", " ON DELETE SET NULL"), ("opportunity", " ON DELETE SET NULL")):
        op.execute(
            f"ALTER TABLE lead ADD COLUMN {table}_id {kind} CONSTRAINT fk_lead_{table}_id REFERENCES {table} (id){gone}"
        )
        op.create_index(f"ix_lead_{table}", "lead", ["workspace_id", f"{table}_id"])


def _create_search_index(table: str) -> None:
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
