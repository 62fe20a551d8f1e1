"""All tables, for what must know every one of them: migrations and the test that compares them with the models."""

from storage import (
    account,
    audit,
    contact,
    conversion_summary,
    events,
    first_run,
    lead,
    member,
    operations,
    opportunity,
    outbox,
    recent,
    reminders,
    task,
    workspace,
)
from storage.base import Base

metadata = Base.metadata
TABLES = (account.Account, audit.Audit, contact.Contact, conversion_summary.ConversionRow, events.ReceivedEvent,
          first_run.FirstStep, lead.Lead,
          member.Member, member.Preference, operations.Operation, opportunity.Opportunity, outbox.Outbox, outbox.Pace,
          recent.Viewed, reminders.MutedLead, task.Activity, workspace.StageRow, workspace.Workspace)  # fmt: skip
