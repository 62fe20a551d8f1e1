"""What a person can do, a file a capability.  CAPABILITIES is in the order in which Slack's requests are matched."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from handlers import (
    advance_status,
    answer_reminder,
    ask_for_change,
    change_owner,
    choose_lead,
    convert_lead,
    create_lead,
    delete_lead,
    edit_description,
    edit_lead,
    edit_records,
    explain_import,
    find_lead,
    get_help,
    hand_over_leads,
    keep_message,
    know_members,
    list_leads,
    list_my_tasks,
    log_activity,
    open_home,
    plan_task,
    settings,
    setup,
    share_lead,
    tell_team,
    try_sample,
    view_activity,
    view_lead,
    view_records,
    work_task,
)
from handlers.routes import Routes

# find_lead comes last: it answers whatever else was typed after /lead.
CAPABILITIES = (
    know_members,
    view_lead,
    edit_lead,
    edit_description,
    advance_status,
    convert_lead,
    change_owner,
    ask_for_change,
    share_lead,
    delete_lead,
    view_records,
    edit_records,
    create_lead,
    list_leads,
    hand_over_leads,
    explain_import,
    setup,
    view_activity,
    plan_task,
    work_task,
    log_activity,
    list_my_tasks,
    choose_lead,
    keep_message,
    open_home,
    tell_team,
    try_sample,
    answer_reminder,
    settings,
    get_help,
    find_lead,
)


def register_all(app: AsyncApp) -> Routes:
    """Let the app listen to everything a person can do; where each thing is answered."""
    routes = Routes(app)
    for capability in CAPABILITIES:
        capability.register(routes)
    return routes
