"""Alembic's way in: it runs on the connection it is handed, never on one of its own."""

from alembic import context

from storage.models import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=connection.dialect.name == "sqlite")
context.run_migrations()
