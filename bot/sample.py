"""The team and the leads of the playground: invented people, enough of them to find, edit and collide over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from bot import manifest
from bot.playground import AppSpec, Command, Deliver, Person, Shortcut, Slack, Team
from bot.worker import Worker
from storage import lead_changes, member, workspace
from storage.fields import Value
from storage.rights import Actor, Role

TEAM = Team("T0PLAY", "Gumball Sales", "gumball")
PEOPLE = (
    Person("U0ANNA", "anna", "Anna Weber", locale="en-GB", tz="Europe/Berlin", is_admin=True),
    Person("U0MAX", "max", "Max Berger", locale="en-US", tz="America/New_York"),
    Person("U0HEIDI", "heidi", "Heidi Klein", locale="de-DE", tz="Europe/Berlin"),
    Person("U0GERD", "gerd", "Gerd Gast", locale="de-DE", tz="Europe/Berlin", is_restricted=True),
)
TOKEN, SIGNING_SECRET = "xoxb-playground", "playground"
_FEATURES = manifest.for_socket_mode()["features"]
COMMANDS = tuple(
    Command(one["command"], one["description"], one.get("usage_hint", "")) for one in _FEATURES["slash_commands"]
)
SHORTCUTS = tuple(Shortcut(one["callback_id"], one["name"], one["type"]) for one in _FEATURES["shortcuts"])

LEADS: tuple[Mapping[str, Value], ...] = (
    {"salutation": "Ms.", "first_name": "Barbara", "last_name": "Gumball", "company": "Gumball AG",
     "title": "Head of Purchasing", "email": "b.gumball@gumball.example", "phone": "+49 89 123456",
     "mobile": "+49 151 234567", "website": "gumball.example", "source": "Web", "industry": "Retail", "rating": "Hot",
     "employees": 120, "street": "Hauptstraße 1", "postal_code": "80331", "city": "München", "country": "Germany",
     "owner": "U0ANNA", "description": "Wants machines for 40 shops.\nAsked for a quote by the end of the month."},
    {"first_name": "Jürgen", "last_name": "Müller", "company": "Schraubenwelt GmbH", "title": "Geschäftsführer",
     "email": "j.mueller@schraubenwelt.example", "phone": "0711 998877", "industry": "Manufacturing", "rating": "Warm",
     "owner": "U0HEIDI"},
    {"first_name": "Zoë", "last_name": "O'Hara", "company": "Acme Inc.", "email": "zoe@acme.example",
     "phone": "+1 212 555 0134", "source": "Partner Referral", "rating": "Cold", "owner": "U0MAX"},
    {"first_name": "山田", "last_name": "太郎", "company": "山田商事", "email": "taro@yamada.example", "owner": "U0ANNA"},
    {"last_name": "Bergmann", "company": "Bergmann & Söhne KG", "phone": "0151 2345678", "source": "Phone Inquiry"},
    {"first_name": "Sofía", "last_name": "García", "company": "Viñedos del Sol", "email": "sofia@vinedos.example",
     "do_not_call": True, "phone": "+34 91 123 4567", "owner": "U0ANNA"},
)  # fmt: skip


def sample_slack(deliver: Deliver, clock: Callable[[], datetime]) -> Slack:
    """A Slack with the sample team in it and the bot installed."""
    app = AppSpec(
        "A0PLAY", "Leads", "U0LEADS", "B0LEADS", TOKEN, SIGNING_SECRET, commands=COMMANDS, shortcuts=SHORTCUTS
    )
    return Slack(team=TEAM, people=list(PEOPLE), app=app, deliver=deliver, clock=clock)


async def fill(worker: Worker, now: datetime) -> None:
    """The sample leads, at the first start of all: who has deleted one does not meet it again."""
    if await worker.read(member.who_is, TEAM.id, PEOPLE[0].id, now=now):
        return
    await worker.write(workspace.ensure, TEAM.id, TEAM.name, TEAM.domain, now=now)
    for person in PEOPLE:
        profile = member.Profile(
            person.id,
            person.real_name,
            TEAM.id,
            is_admin=person.is_admin,
            is_guest=person.is_restricted,
            locale=person.locale,
            timezone=person.tz,
        )
        await worker.write(member.describe, TEAM.id, profile, now=now)
    actor = Actor(TEAM.id, "U0ANNA", Role.ADMIN)
    for number, values in enumerate(LEADS):
        await worker.write(lead_changes.create, actor, dict(values), key=f"sample-{number}", now=now)
