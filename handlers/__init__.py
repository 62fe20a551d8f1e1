"""What a person can do, a file a capability.  CAPABILITIES is in the order in which Slack's requests are matched."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from handlers import (
    change_owner,
    convert_lead,
    create_lead,
    delete_lead,
    edit_description,
    edit_lead,
    edit_records,
    find_lead,
    get_help,
    know_members,
    view_lead,
    view_records,
)
from handlers.routes import Routes

# find_lead comes last: it answers whatever else was typed after /lead.
CAPABILITIES = (
    know_members,
    view_lead,
    edit_lead,
    edit_description,
    change_owner,
    delete_lead,
    convert_lead,
    view_records,
    edit_records,
    create_lead,
    get_help,
    find_lead,
)


def register_all(app: AsyncApp) -> Routes:
    """Let the app listen to everything a person can do; where each thing is answered."""
    routes = Routes(app)
    for capability in CAPABILITIES:
        capability.register(routes)
    return routes
