"""What a person can do, a file a capability.  CAPABILITIES is in the order in which Slack's requests are matched."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from handlers import (
    answer_reminder,
    change_owner,
    choose_lead,
    create_lead,
    delete_lead,
    edit_description,
    edit_lead,
    find_lead,
    get_help,
    keep_message,
    know_members,
    list_my_tasks,
    log_activity,
    plan_task,
    settings,
    view_activity,
    view_lead,
    work_task,
)

# find_lead comes last: it answers whatever else was typed after /lead.
CAPABILITIES = (
    know_members,
    view_lead,
    edit_lead,
    edit_description,
    change_owner,
    delete_lead,
    create_lead,
    view_activity,
    plan_task,
    work_task,
    log_activity,
    list_my_tasks,
    choose_lead,
    keep_message,
    answer_reminder,
    settings,
    get_help,
    find_lead,
)


def register_all(app: AsyncApp) -> None:
    """Let the app listen to everything a person can do."""
    for capability in CAPABILITIES:
        capability.register(app)
