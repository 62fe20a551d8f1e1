"""The sentences of the code and their German: `python -m tests.words` brings the catalogue up to date.

New sentences are added empty, for somebody to translate; sentences that are no longer said are dropped.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
GERMAN = ROOT / "handlers/locale/de/LC_MESSAGES/leadbot.po"
# What a sentence stands in: words("…"), self._words("…"), N_("…"), words.count("one", "many", n), words.within("where", "…").
KEYWORDS = {"words": None, "_words": None, "self": None, "N_": None, "count": (1, 2), "within": ((1, "c"), 2)}
_HEAD = """# German sentences of leadbot.
msgid ""
msgstr ""
"Project-Id-Version: leadbot\\n"
"Language: de\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""


def said() -> Catalog:
    """Every sentence the code can say."""
    catalogue = Catalog()
    for folder in ("handlers", "bot"):
        found = extract_from_dir(ROOT / folder, [("**.py", "python")], keywords=KEYWORDS)
        for _, _, message, _, context in found:
            catalogue.add(message, context=context)
    return catalogue


def translated() -> Catalog:
    """The German catalogue."""
    with GERMAN.open("rb") as source:
        return read_po(source, locale="de")


def key(message: Message) -> str:
    """What a sentence is found by: itself, or its singular, and where it stands if it has another German there."""
    said = message.id if isinstance(message.id, str) else message.id[0]
    return f"{message.context}: {said}" if message.context else said


def update() -> list[str]:
    """Write the catalogue with exactly what is said; the sentences that have no German yet."""
    german = {key(message): message for message in translated() if message.id}
    fresh = Catalog(locale="de", charset="utf-8")
    missing = []
    for message in sorted((m for m in said() if m.id), key=key):
        known = german.get(key(message))
        if known is None or not known.string:
            missing.append(key(message))
        fresh.add(message.id, known.string if known else None, flags=message.flags, context=message.context)
    written = BytesIO()
    write_po(written, fresh, width=120, sort_output=True, omit_header=True)
    GERMAN.write_bytes(_HEAD.encode() + b"\n" + written.getvalue().lstrip())
    return missing


if __name__ == "__main__":
    for sentence in update():
        print(f"needs German: {sentence}")  # noqa: T201
