"""A Slack on your own machine: its Web API with Slack's rules, several people in one workspace, and a page to see it.

slack = Slack(team=Team(…), people=[Person(…), …], app=AppSpec(…), deliver=…, clock=…)
await slack.as_person("U1").command("/lead Gumball")
server.web_app(slack)  # an ASGI application: Web API, response_urls, the page
"""

from bot.playground import server
from bot.playground.clock import MovableClock
from bot.playground.delivery import Deliver, Delivered, DeliveryFailed, http_delivery
from bot.playground.model import (
    AppSpec,
    Command,
    Conversation,
    LogEntry,
    Message,
    NeedsConfirm,
    Notice,
    NotOnScreen,
    Person,
    Ping,
    Shortcut,
    SlackError,
    Team,
    View,
)
from bot.playground.seat import Seat
from bot.playground.slack import Slack
from bot.playground.sockets import Sockets

__all__ = [
    "AppSpec",
    "Command",
    "Conversation",
    "Deliver",
    "Delivered",
    "DeliveryFailed",
    "LogEntry",
    "Message",
    "MovableClock",
    "NeedsConfirm",
    "NotOnScreen",
    "Notice",
    "Person",
    "Ping",
    "Seat",
    "Shortcut",
    "Slack",
    "SlackError",
    "Sockets",
    "Team",
    "View",
    "http_delivery",
    "server",
]
