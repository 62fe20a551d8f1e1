"""A person's language: sentences, names of fields and choices, dates and numbers as they write them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from datetime import time as clock_time
from decimal import Decimal, InvalidOperation
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError, dates, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from storage.fields import Field, Kind, Value
from storage.path import Stage

LANGUAGES = ("en", "de")
_CATALOGUES = Path(__file__).parent.parent / "locale"


def N_(message: str) -> str:  # noqa: N802
    """Mark a sentence in a table for translation; whoever shows it translates it."""
    return message


LABELS = {
    "salutation": N_("Salutation"),
    "first_name": N_("First Name"),
    "last_name": N_("Last Name"),
    "company": N_("Company"),
    "title": N_("Title"),
    "email": N_("Email"),
    "phone": N_("Phone"),
    "mobile": N_("Mobile"),
    "website": N_("Website"),
    "status": N_("Status"),
    "source": N_("Lead Source"),
    "industry": N_("Industry"),
    "rating": N_("Rating"),
    "revenue": N_("Annual Revenue"),
    "employees": N_("Employees"),
    "street": N_("Street"),
    "city": N_("City"),
    "state": N_("State/Province"),
    "postal_code": N_("Postal Code"),
    "country": N_("Country"),
    "description": N_("Description"),
    "do_not_call": N_("Do not call"),
    "email_opt_out": N_("No emails"),
    "owner": N_("Owner"),
    "name": N_("Name"),
    "address": N_("Address"),
    "lead": N_("Lead"),
    "account": N_("Account"),
    "contact": N_("Contact"),
    "opportunity": N_("Opportunity"),
    "stage": N_("Stage"),
    "close_date": N_("Close date"),
    "amount": N_("Amount"),
    "probability": N_("Probability (%)"),
    "next_step": N_("Next step"),
    "subject": N_("Subject in your own words"),
    "topic": N_("Subject"),
    "due": N_("Due Date"),
    "priority": N_("Priority"),
    "assignee": N_("Assigned to"),
    "comments": N_("Comments"),
    "remind": N_("Reminder"),
    "remind_on": N_("Remind on"),
    "remind_at": N_("At"),
    "repeats": N_("Repeats"),
    "result": N_("Result"),
    "external_id": N_("ID in the other system"),
    "tell_when_done": N_("Tell me when it is done"),
}
# The words of a picklist that come with the bot, where the German is another one: shown in the reader's language.
CHOICES = (
    N_("Mr."), N_("Ms."), N_("Mrs."), N_("Dr."), N_("Prof."), N_("Mx."),
    N_("Hot"), N_("Warm"), N_("Cold"),
    N_("Web"), N_("Phone Inquiry"), N_("Partner Referral"), N_("Purchased List"), N_("Other"),
    N_("Agriculture"), N_("Apparel"), N_("Banking"), N_("Biotechnology"), N_("Chemicals"), N_("Communications"),
    N_("Construction"), N_("Consulting"), N_("Education"), N_("Electronics"), N_("Energy"), N_("Engineering"),
    N_("Entertainment"), N_("Environmental"), N_("Finance"), N_("Food & Beverage"), N_("Government"), N_("Healthcare"),
    N_("Hospitality"), N_("Insurance"), N_("Machinery"), N_("Manufacturing"), N_("Media"), N_("Not For Profit"),
    N_("Recreation"), N_("Retail"), N_("Shipping"), N_("Technology"), N_("Telecommunications"), N_("Transportation"),
    N_("Utilities"),
    N_("Prospecting"), N_("Qualification"), N_("Needs Analysis"), N_("Value Proposition"), N_("Id. Decision Makers"),
    N_("Perception Analysis"), N_("Proposal/Price Quote"), N_("Negotiation/Review"), N_("Closed Won"), N_("Closed Lost"),
    N_("Call"), N_("Email"), N_("Send Letter"), N_("Send Quote"), N_("Rescheduled"),
    N_("Not Started"), N_("In Progress"), N_("Completed"), N_("Waiting on someone else"), N_("Deferred"),
    N_("High"), N_("Normal"), N_("Low"), N_("Reached"), N_("Left a message"), N_("Not reached"),
)  # fmt: skip
_STAGES = {
    "open_not_contacted": N_("Open - Not Contacted"),
    "working_contacted": N_("Working - Contacted"),
    "closed_not_converted": N_("Closed - Not Converted"),
    "closed_converted": N_("Closed - Converted"),
}


@cache
def _catalogue(language: str) -> NullTranslations:
    path = _CATALOGUES / language / "LC_MESSAGES" / "leadbot.po"
    if not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


@cache
def _locale(slack_locale: str) -> Locale:
    """Babel's locale for Slack's, in a language the bot speaks: others get English with dates as in Britain."""
    try:
        locale = Locale.parse(slack_locale, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en", "GB")
    return locale if locale.language in LANGUAGES else Locale("en", "GB")


@cache
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


class Words:
    """Everything a person reads, in their language: `words("Saved.")`; dates and numbers as they are used to.

    `locale` and `timezone` are as Slack gives them ("de-DE", "Europe/Berlin"); what is unknown is English and UTC.
    """

    def __init__(self, locale: str, timezone: str) -> None:
        self.locale = _locale(locale)
        self.language = self.locale.language
        self.zone = _zone(timezone)
        self._translate: Callable[[str], str] = _catalogue(self.language).gettext
        self._told_within: Callable[[str, str], str] = _catalogue(self.language).pgettext
        self._choose = _catalogue(self.language).ngettext

    def __call__(self, message: str, **facts: Any) -> str:
        """The sentence in the person's language, its {facts} filled in."""
        sentence = self._translate(message)
        for name, value in facts.items():
            # "24. Nov." at the end of a sentence ends it: no second full stop.
            if str(value).endswith("."):
                sentence = sentence.replace(f"{{{name}}}.", f"{{{name}}}")
        return sentence.format(**facts) if facts else sentence

    def within(self, where: str, message: str) -> str:
        """The words in the person's language, where they are others there: a title "Reschedule" names what is moved."""
        return self._told_within(where, message)

    def count(self, one: str, many: str, n: int, **facts: Any) -> str:
        """The sentence for n things; {n} is written as a number."""
        return self._choose(one, many, n).format(n=self.number(n), **facts)

    def number(self, value: int | Decimal) -> str:
        return numbers.format_decimal(value, locale=self.locale)

    def money(self, value: Decimal) -> str:
        return numbers.format_decimal(value, format="#,##0.##", locale=self.locale)

    def parsed(self, text: str) -> Decimal | None:
        """The number a person wrote in their notation; None when it is none."""
        compact = "".join(text.split()).replace("\u2009", "").replace("'", "").replace("’", "")
        try:
            number = numbers.parse_decimal(compact, locale=self.locale, strict=True)
        except (numbers.NumberFormatError, InvalidOperation):
            return None
        return number if number.is_finite() else None

    def day(self, on: date) -> str:
        """A day as in "Fri, 20 Nov"."""
        return self._dated(on, "MMMEd", "EEE, d MMM")

    def day_of(self, on: date, now: datetime) -> str:
        """A day as in "Fri, 20 Nov", with its year when that is another than now."""
        if on.year == now.astimezone(self.zone).year:
            return self.day(on)
        return self._dated(on, "yMMMEd", "EEE, d MMM y")

    def _dated(self, on: date, skeleton: str, british: str) -> str:
        """By the locale's own pattern; in the English of most countries that one lacks the comma after the weekday."""
        if self.language == "en" and self.locale.territory != "US":
            return dates.format_date(on, british, locale=self.locale)
        return dates.format_skeleton(skeleton, on, locale=self.locale)

    def today(self, now: datetime) -> str:
        """The reader's day as in "Monday, 23 November"."""
        here = now.astimezone(self.zone)
        weekday = dates.format_date(here, "EEEE", locale=self.locale)
        return f"{weekday}, {dates.format_skeleton('MMMMd', here, locale=self.locale)}"

    def weekday_of(self, on: date) -> str:
        """A day as in "Tue"."""
        return dates.format_date(on, "EEE", locale=self.locale)

    def month(self, at: datetime) -> str:
        """The month of an instant as in "November 2026"."""
        return dates.format_skeleton("yMMMM", at.astimezone(self.zone), locale=self.locale)

    def full_day(self, on: date) -> str:
        """A day with its year as in "31 Dec 2026"."""
        return dates.format_skeleton("yMMMd", on, locale=self.locale)

    def short_day(self, at: datetime, now: datetime | None = None) -> str:
        """The day of an instant as in "20 Nov 2025", without its year when that is the year of now."""
        here = at.astimezone(self.zone)
        same_year = now is not None and here.year == now.astimezone(self.zone).year
        return dates.format_skeleton("MMMd" if same_year else "yMMMd", here, locale=self.locale)

    def time(self, at: datetime) -> str:
        """The time of day of an instant, in the person's zone."""
        return dates.format_time(at, "short", tzinfo=self.zone, locale=self.locale)

    def clock(self, at: clock_time) -> str:
        """A time of day that is meant in everyone's own zone."""
        return dates.format_time(at, "short", locale=self.locale)

    def weekday(self, day: int, *, short: bool = False) -> str:
        """The name of a weekday, 0 for Monday."""
        names = dates.get_day_names("abbreviated" if short else "wide", locale=self.locale, context="stand-alone")
        return str(names[day])

    def moment(self, at: datetime, now: datetime) -> str:
        """When something happened: the time alone on the same day, else the day with it."""
        here, today = at.astimezone(self.zone), now.astimezone(self.zone)
        if here.date() == today.date():
            return self.time(at)
        return self("{day}, {time}", day=self.short_day(at, now), time=self.time(at))

    def ago(self, at: datetime, now: datetime) -> str:
        """When something happened, within a sentence: "at 17:20", "yesterday at 17:20", "on 20 Nov at 17:20"."""
        days = (now.astimezone(self.zone).date() - at.astimezone(self.zone).date()).days
        if days == 0:
            return self("at {time}", time=self.time(at))
        if days == 1:
            return self("yesterday at {time}", time=self.time(at))
        return self("on {day} at {time}", day=self.short_day(at, now), time=self.time(at))

    def long_day(self, at: datetime) -> str:
        """The day of an instant as in "Mon, 23 Nov 2026"."""
        return dates.format_skeleton("yMMMEd", at.astimezone(self.zone), locale=self.locale)

    def moment_with_day(self, at: datetime) -> str:
        """An instant with its weekday, as in "Tue, 24 Nov, 10:42"."""
        return self("{day}, {time}", day=self.day(at.astimezone(self.zone).date()), time=self.time(at))

    def label(self, field: str) -> str:
        return self(LABELS[field])

    def choice(self, value: str) -> str:
        """A picklist's value: translated when it came with the bot, else as it is written."""
        return self._translate(value) if value in CHOICES else value

    def stage(self, stage: Stage) -> str:
        """A stage's name: the reader's until an admin has renamed it."""
        return self(_STAGES[stage.key]) if stage.key in _STAGES else stage.name

    def value(self, field: Field, value: Value) -> str:
        """A field's value as a form shows it and takes it back; "" for none."""
        if value is None:
            return ""
        if isinstance(value, Decimal):
            return self.money(value)
        if isinstance(value, date):
            return self.full_day(value)
        if field.kind in {Kind.COUNT, Kind.PERCENT} and isinstance(value, int):
            return self.number(value)
        return self.choice(str(value)) if field.kind is Kind.CHOICE else str(value)
