"""All tables, for what must know every one of them: migrations and the test that compares them with the models."""

from storage import audit, events, lead, member, operations, outbox, recent, reminders, task, workspace
from storage.base import Base

metadata = Base.metadata
TABLES = (audit.Audit, events.ReceivedEvent, lead.Lead, member.Member, member.Preference, operations.Operation,
          outbox.Outbox, outbox.Pace, recent.Viewed, reminders.MutedLead, task.Activity, workspace.StageRow,
          workspace.Workspace)  # fmt: skip
