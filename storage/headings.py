"""What others call our fields: the headings of Salesforce, HubSpot, Zoho and SuiteCRM exports and of ours, and the words
that stand for the entries of our picklists.

Headings and words are compared folded: without case, accents, blanks and punctuation, so that "PostalCode", "Postal Code"
and "postal_code" are one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from storage import lead, names

# What an import reads beside the fields of a lead.
EXTERNAL_ID, FULL_NAME, CONVERTED, DELETED = "external_id", "full_name", "converted", "deleted"
NUMBER, UNREAD = "number", "unread"
CREATED_AT, CREATED_BY, UPDATED_AT, UPDATED_BY = "created_at", "created_by", "updated_at", "updated_by"

# The columns of our own export, in order.
OURS: dict[str, str] = {
    NUMBER: "Lead Number",
    EXTERNAL_ID: "External Id",
    "salutation": "Salutation",
    "first_name": "First Name",
    "last_name": "Last Name",
    "company": "Company",
    "title": "Title",
    "email": "Email",
    "phone": "Phone",
    "mobile": "Mobile",
    "website": "Website",
    "status": "Status",
    "source": "Lead Source",
    "industry": "Industry",
    "rating": "Rating",
    "revenue": "Annual Revenue",
    "employees": "Employees",
    "street": "Street",
    "city": "City",
    "state": "State",
    "postal_code": "Postal Code",
    "country": "Country",
    "description": "Description",
    "do_not_call": "Do Not Call",
    "email_opt_out": "Email Opt Out",
    "owner": "Owner Id",
    UNREAD: "Unread",
    CREATED_AT: "Created At",
    CREATED_BY: "Created By",
    UPDATED_AT: "Updated At",
    UPDATED_BY: "Updated By",
}
# Others use some of these words for something else, so they count only where all of them stand.
_OURS_ALONE = (NUMBER, UNREAD, CREATED_AT, CREATED_BY, UPDATED_AT, UPDATED_BY)

# Where a file has several columns for one field, the earlier word here goes before the later.
_OTHERS: dict[str, str] = {
    EXTERNAL_ID: "Id | Lead ID | Record ID | Lead Record ID | hs_object_id | Externe ID",
    FULL_NAME: "Full Name | Lead Name | Name | Vollständiger Name",
    CONVERTED: "IsConverted | Converted | Konvertiert",
    DELETED: "IsDeleted | Deleted | Gelöscht",
    "salutation": "Anrede",
    "first_name": "Vorname",
    "last_name": "Surname | Family Name | Nachname | Familienname",
    "company": "Company Name | Company / Account | Account Name | Account | Organization | Associated Company | Firma"
    " | Unternehmen | Firmenname | Unternehmensname",
    "title": "Job Title | Designation | Position | Titel | Berufsbezeichnung",
    "email": "Email Address | Primary Email | Work Email | E-Mail-Adresse",
    "phone": "Phone Number | Office Phone | Phone Work | Work Phone | Business Phone | Telephone | Telefon"
    " | Telefonnummer | Telefon geschäftlich",
    "mobile": "Mobile Phone | Mobile Phone Number | Phone Mobile | Mobile Number | Cell Phone | Mobil | Mobiltelefon"
    " | Mobilnummer | Mobiltelefonnummer | Handy",
    "website": "Website URL | Web Site | Webseite | Internetadresse | Internetseite",
    "status": "Lead Status | hs_lead_status | Leadstatus",
    "source": "Source | Original Source | Leadquelle | Quelle | Herkunft",
    "industry": "Branche",
    "rating": "Lead Rating | Bewertung | Einstufung",
    "revenue": "Revenue | Jahresumsatz | Umsatz",
    "employees": "Number of Employees | No. of Employees | No of Employees | numemployees | Company Size | Mitarbeiter"
    " | Anzahl Mitarbeiter | Anzahl der Mitarbeiter | Mitarbeiterzahl",
    "street": "Street Address | Primary Address Street | Address - Street | Address Line 1 | Address | Straße | Adresse",
    "city": "Primary Address City | Address - City | Town | Ort | Stadt",
    "state": "State/Province | State/Region | Province | Primary Address State | Address - State / Province | Bundesland"
    " | Bundesland/Kanton | Kanton",
    "postal_code": "Zip | Zip Code | Zip/Postal Code | Postcode | Primary Address Postal Code"
    " | Address - Zip / Postal Code | Postleitzahl | PLZ",
    "country": "Country/Region | Primary Address Country | Address - Country / Region | Land",
    "description": "Beschreibung",
    "do_not_call": "Nicht anrufen | Anrufsperre",
    "email_opt_out": "HasOptedOutOfEmail | Opted Out of Email | Unsubscribed from all email | hs_email_optout"
    " | Keine E-Mails | E-Mail-Abmeldung",
    # A name tells more than an id in the report, so names go first.
    "owner": "Lead Owner | Contact Owner | Owner | Owner Name | Assigned to | Assigned User Name | Record Owner | Inhaber"
    " | Lead-Inhaber | Datensatzinhaber | Lead Owner.id | Assigned User | Assigned User ID | hubspot_owner_id",
}

# German for the entries that come with the bot, where it is another word.
_GERMAN: dict[str, dict[str, str]] = {
    "salutation": {"Herr": "Mr.", "Frau": "Ms."},
    "rating": {"Heiß": "Hot", "Kalt": "Cold"},
    "source": {
        "Telefonanfrage": "Phone Inquiry", "Partnerempfehlung": "Partner Referral", "Gekaufte Liste": "Purchased List",
        "Sonstige": "Other", "Sonstiges": "Other", "Andere": "Other",
    },
    "industry": {
        "Landwirtschaft": "Agriculture", "Bekleidung": "Apparel", "Banken": "Banking", "Bankwesen": "Banking",
        "Biotechnologie": "Biotechnology", "Chemie": "Chemicals", "Kommunikation": "Communications",
        "Bau": "Construction", "Bauwesen": "Construction", "Beratung": "Consulting", "Bildung": "Education",
        "Elektronik": "Electronics", "Energie": "Energy", "Ingenieurwesen": "Engineering",
        "Unterhaltung": "Entertainment", "Umwelt": "Environmental", "Finanzen": "Finance",
        "Lebensmittel und Getränke": "Food & Beverage", "Lebensmittel & Getränke": "Food & Beverage",
        "Regierung": "Government", "Behörden": "Government", "Gesundheitswesen": "Healthcare",
        "Gastgewerbe": "Hospitality", "Versicherung": "Insurance", "Versicherungen": "Insurance",
        "Maschinenbau": "Machinery", "Fertigung": "Manufacturing", "Medien": "Media",
        "Gemeinnützig": "Not For Profit", "Freizeit": "Recreation", "Einzelhandel": "Retail", "Versand": "Shipping",
        "Schifffahrt": "Shipping", "Technologie": "Technology", "Telekommunikation": "Telecommunications",
        "Transport": "Transportation", "Versorgung": "Utilities", "Versorger": "Utilities", "Sonstige": "Other",
        "Sonstiges": "Other", "Andere": "Other",
    },
}  # fmt: skip
# The stages that come with the bot, by their keys.
STAGES = {
    "open_not_contacted": "Offen - Nicht kontaktiert",
    "working_contacted": "In Bearbeitung - Kontaktiert",
    "closed_not_converted": "Geschlossen - Nicht konvertiert",
    "closed_converted": "Geschlossen - Konvertiert",
}


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """The text as headings and words are compared; one of nothing but signs stays as it is."""
    return re.sub(r"[\W_]+", "", names.spelt(text)) or text.strip()


_WORDS: dict[str, list[str]] = {
    field: [folded(word) for word in (OURS.get(field), *_OTHERS.get(field, "").split(" | ")) if word]
    for field in (*OURS, FULL_NAME, CONVERTED, DELETED)
}
_CHOICES: dict[str, dict[str, str]] = {
    field.name: {
        **{folded(german): entry for german, entry in _GERMAN.get(field.name, {}).items()},
        **{folded(entry): entry for entry in field.choices},
    }
    for field in lead.FIELDS.values()
    if field.choices
}


@dataclass(frozen=True)
class Columns:
    """Which columns of a file hold what: a field's columns by position, the one to be asked first before the others."""

    headings: tuple[str, ...]
    of: Mapping[str, tuple[int, ...]]
    ours: bool

    @property
    def unused(self) -> tuple[str, ...]:
        """The headings of columns that nothing is read from."""
        used = {position for positions in self.of.values() for position in positions}
        return tuple(heading for n, heading in enumerate(self.headings) if n not in used and heading)

    @property
    def missing(self) -> tuple[str, ...]:
        """The required fields that no column can give."""
        wanted = ["company"] if FULL_NAME in self.of else ["last_name", "company"]
        return tuple(field for field in wanted if field not in self.of)

    def heading(self, field: str) -> str:
        """What the file calls this field."""
        positions = self.of.get(field) or self.of.get(FULL_NAME) or ()
        return self.headings[positions[0]] if positions else OURS.get(field, field)


def columns(headings: Sequence[str]) -> Columns:
    """What the columns under these headings hold.  `ours` tells our own export, whose every cell is taken as it stands."""
    known = [folded(heading) for heading in headings]
    of = {
        field: tuple(n for word in words for n, heading in enumerate(known) if heading == word)
        for field, words in _WORDS.items()
    }
    ours = all(of[field] for field in _OURS_ALONE)
    left_out = {field for field, positions in of.items() if not positions}
    left_out.update(() if ours else _OURS_ALONE)
    # A full name is a help where the names are not told apart, and otherwise says nothing new.
    left_out.update({FULL_NAME} if of["last_name"] else ())
    return Columns(tuple(headings), {field: of[field] for field in of if field not in left_out}, ours)


def choice(field: str, text: str) -> str:
    """The entry of our picklist that the text means, whatever its case, also in German; else the text as it is."""
    return _CHOICES[field].get(folded(text), text)
