"""All tables, for what must know every one of them: migrations and the test that compares them with the models."""

from storage import audit, events, lead, member, operations, recent, task, workspace
from storage.base import Base

metadata = Base.metadata
TABLES = (audit.Audit, events.ReceivedEvent, lead.Lead, member.Member, member.Preference, operations.Operation,
          recent.Viewed, task.Activity, workspace.StageRow, workspace.Workspace)  # fmt: skip
