"""The key paths of Slack's payloads and the types of their values, as the samples in its SDKs have them; written down by us.

Sources: slackapi/bolt-python tests/scenario_tests and slackapi/java-slack-sdk json-logs/samples/app-backend.
"""

from __future__ import annotations


def under(path: str, **kinds: str) -> dict[str, str]:
    return {f"{path}.{name}": kind for name, kind in kinds.items()}


_VIEW = {
    "view": "dict",
    **under("view", id="str", team_id="str", type="str", blocks="list", private_metadata="str", callback_id="str"),
    **under("view", hash="str", state="dict", title="dict", close="dict", submit="dict", external_id="str"),
    **under("view", clear_on_close="bool", notify_on_close="bool", previous_view_id="str?", root_view_id="str"),
    **under("view", app_id="str", app_installed_team_id="str", bot_id="str"),
}
_INTERACTION = {
    "type": "str",
    "token": "str",
    "api_app_id": "str",
    "team": "dict",
    **under("team", id="str", domain="str"),
    "user": "dict",
    **under("user", id="str", username="str", name="str", team_id="str"),
    # null outside of an organisation; older samples have neither.
    "enterprise": "dict?",
    "is_enterprise_install": "bool",
}
COMMAND = dict.fromkeys(
    ("token", "api_app_id", "team_id", "team_domain", "channel_id", "channel_name", "user_id", "user_name", "command",
     "text", "response_url", "trigger_id", "is_enterprise_install"),
    "str",
)  # fmt: skip
VIEW_SUBMISSION = {**_INTERACTION, **_VIEW, "trigger_id": "str", "response_urls": "list"}
# One sample of the two has the empty response_urls of a submission instead of is_cleared.
VIEW_CLOSED = {**_INTERACTION, **_VIEW, "is_cleared": "bool"}
_IN_VIEW = {"container": "dict", **under("container", type="str", view_id="str"), **_VIEW}
BLOCK_SUGGESTION = {**_INTERACTION, **_IN_VIEW, "action_id": "str", "block_id": "str", "value": "str"}
ACTIONS_IN_VIEW = {**_INTERACTION, **_IN_VIEW, "trigger_id": "str", "actions": "list"}
ACTIONS_IN_EPHEMERAL = {
    **_INTERACTION,
    "container": "dict",
    **under("container", type="str", message_ts="str", channel_id="str", is_ephemeral="bool"),
    "channel": "dict",
    **under("channel", id="str", name="str"),
    "trigger_id": "str",
    "response_url": "str",
    "actions": "list",
    # Later than the sample of bolt-python; java-slack-sdk's has it.
    "state": "dict",
}
SHORTCUT = {**_INTERACTION, "action_ts": "str", "callback_id": "str", "trigger_id": "str"}
# What is below these differs with what an app draws.
OPEN = ("view.state", "view.title", "view.close", "view.submit", "state")
