"""Setup as admins see it: the stages with what can be done to each, the rules for everyone, and the forms for both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from handlers.ui import hand_over, kit, lead_list
from handlers.ui.kit import Block, Element, View
from handlers.ui.state import Forged, State, number_of
from handlers.ui.text import Words
from storage import setup
from storage.path import Kind, Path, Stage
from storage.workspace import EditPolicy, Opportunities, Settings

VIEW, OPEN = "setup.view", "setup.open"
MENU, ADD, CHANGE = "setup.stage", "setup.stage.add", "setup.settings"
SAVE_STAGE, RETIRE, SAVE_SETTINGS = "setup.stage.save", "setup.stage.retire", "setup.settings.save"
EDIT_STAGE, UP, DOWN, BEGIN, RETIRE_STAGE, RESTORE, EMPTY = "edit", "up", "down", "begin", "retire", "restore", "empty"
NAME, KIND, GUIDANCE, REPLACEMENT = "name", "kind", "guidance", "replacement"
POLICY, OPPORTUNITY, HOUR, DAYS = "edit_policy", "conversion_opportunity", "reminder_hour", "working_days"
_BEGINNING, _MOST_RETIRED = 120, 20
_DAYS = tuple(range(7))


@dataclass(frozen=True)
class Setting(State):
    """Setup on screen."""

    level: int = 1


@dataclass(frozen=True)
class StageForm(State):
    """The stage that is written: 0 for a new one, then with the form's operation key; the version that was seen."""

    stage: int
    version: int = 0
    level: int = 2
    key: str = ""


def chosen(menu_value: str | None) -> tuple[str, int, int]:
    """What is to be done, to which stage, and the place where it was seen (a retired one: 0).  Raises Forged."""
    verb, _, about = (menu_value or "").partition(":")
    if verb not in {EDIT_STAGE, UP, DOWN, BEGIN, RETIRE_STAGE, RESTORE, EMPTY}:
        raise Forged("menu")
    stage, _, place = about.partition(":")
    return verb, number_of(stage), number_of(place)


def view(path: Path, settings: Settings, state: Setting, words: Words, banner: str = "") -> View:
    """All stages in their order, then the rules."""
    retired = [stage for stage in path.stages if stage.retired][:_MOST_RETIRED]
    blocks = [
        *([kit.context(banner)] if banner else []),
        kit.header(words("Stages of a lead")),
        *(_stage(stage, path, words) for kind in Kind for stage in path.of(kind)),
        kit.actions(kit.button(words("Add a stage"), ADD)),
        *([kit.section(kit.bold(words("Retired")))] if retired else []),
        *(_retired(stage, words) for stage in retired),
        kit.divider(),
        kit.header(words("Rules for everyone")),
        kit.section(*_rules(settings, words), accessory=kit.button(words("Change"), CHANGE)),
        kit.divider(),
        kit.section(
            words("A colleague leaves? Give all their open leads and tasks to somebody else."),
            accessory=kit.button(words("Hand over leads"), hand_over.OPEN),
        ),
        kit.actions(kit.button(words("Leads"), lead_list.OPEN)),
    ]
    return kit.modal(
        words("Setup"),
        blocks,
        close=words("Close") if state.level == 1 else words("Back"),
        callback_id=VIEW,
        state=state.packed(),
    )


def stage_form(stage: Stage | None, state: StageForm, words: Words) -> View:
    """Name and guidance of a stage; of a new one also its kind, which never changes."""
    kinds = [kit.option(kind_name(kind, words), kind) for kind in Kind]
    name = kit.text_input(NAME, words.stage(stage) if stage else "", focus=True)
    blocks = [kit.input_block(words("Name"), name, block_id=NAME, optional=False)]
    if stage is None:
        blocks.append(
            kit.input_block(words("Kind"), kit.select(KIND, kinds, chosen=Kind.OPEN), block_id=KIND, optional=False)
        )
    elif stage.key:
        blocks.append(kit.context(words("Renamed, it is shown as written to everyone, in every language.")))
    guidance = kit.text_input(GUIDANCE, stage.guidance if stage else "", multiline=True)
    hint = words("What to do on this stage, shown on every lead that stands there.")
    blocks.append(kit.input_block(words("Guidance"), guidance, block_id=GUIDANCE, hint=hint))
    return kit.modal(
        words("Edit stage") if stage else words("Add a stage"),
        blocks,
        submit=words("Save"),
        close=words("Cancel"),
        callback_id=SAVE_STAGE,
        state=state.packed(),
    )


def retire_form(stage: Stage, path: Path, standing: int, state: StageForm, words: Words) -> View:
    """Where the leads go that stand on the stage."""
    options = [kit.option(words.stage(one), str(one.id)) for one in setup.replacements(path, stage)]
    told = words("Leads on {stage}: {n}", stage=words.stage(stage), n=lead_list.total(standing, words))
    return kit.modal(
        words("Retire stage"),
        [
            kit.section(told, words("They go to the stage you choose. No lead is put on the retired one any more.")),
            kit.input_block(
                words("Replacement"), kit.select(REPLACEMENT, options), block_id=REPLACEMENT, optional=False
            ),
        ],
        submit=words("Retire"),
        close=words("Cancel"),
        callback_id=RETIRE,
        state=state.packed(),
    )


def settings_form(settings: Settings, state: Setting, words: Words) -> View:
    """The rules for everyone."""
    policies = [kit.option(policy_name(policy, words), policy) for policy in EditPolicy]
    choices = [kit.option(opportunity_name(choice, words), choice) for choice in Opportunities]
    hours = [kit.option(words.clock(time(hour)), str(hour)) for hour in range(24)]
    days = [kit.option(words.weekday(day), str(day)) for day in _DAYS]
    ticked = [str(day) for day in settings.working_days]
    inputs: tuple[tuple[str, str, Element], ...] = (
        (words("Who may edit a lead"), POLICY, kit.select(POLICY, policies, chosen=settings.edit_policy)),
        (
            words("Converting creates an opportunity"),
            OPPORTUNITY,
            kit.select(OPPORTUNITY, choices, chosen=settings.conversion_opportunity),
        ),
        (words("Reminder hour"), HOUR, kit.select(HOUR, hours, chosen=str(settings.reminder_hour))),
        (words("Working days"), DAYS, kit.checkboxes(DAYS, days, ticked)),
    )
    return kit.modal(
        words("Rules for everyone"),
        [kit.input_block(label, element, block_id=name, optional=False) for label, name, element in inputs],
        submit=words("Save"),
        close=words("Cancel"),
        callback_id=SAVE_SETTINGS,
        state=state.packed(),
    )


def kind_name(kind: Kind, words: Words) -> str:
    """What a kind of stage means."""
    names = {
        Kind.OPEN: words("Open: work goes on"),
        Kind.LOST: words("Lost: the lead is closed"),
        Kind.CONVERTED: words("Converted: reached by converting"),
    }
    return names[kind]


def policy_name(policy: EditPolicy, words: Words) -> str:
    everyone = policy is EditPolicy.EVERYONE
    return words("Everyone") if everyone else words("The owner and admins")


def opportunity_name(choice: Opportunities, words: Words) -> str:
    names = {Opportunities.YES: words("Yes"), Opportunities.NO: words("No"), Opportunities.ASK: words("Ask each time")}
    return names[choice]


def _stage(stage: Stage, path: Path, words: Words) -> Block:
    alike = path.of(stage.kind)
    about = [kind_name(stage.kind, words)] + ([words("new leads begin here")] if stage == path.default else [])
    verbs = [(EDIT_STAGE, words("Edit"))]
    if stage != alike[0]:
        verbs.append((UP, words("Move up")))
    if stage != alike[-1]:
        verbs.append((DOWN, words("Move down")))
    if stage.kind is Kind.OPEN and stage != path.default:
        verbs.append((BEGIN, words("New leads begin here")))
    if len(alike) > 1 or stage.kind is Kind.LOST:
        verbs.append((RETIRE_STAGE, words("Retire")))
    guidance = kit.cut(" ".join(stage.guidance.split()), _BEGINNING)
    menu = _menu(stage, alike.index(stage), verbs)
    return kit.section(kit.bold(words.stage(stage)), " · ".join(about), guidance, accessory=menu)


def _retired(stage: Stage, words: Words) -> Block:
    verbs = [(RESTORE, words("Use again")), (EMPTY, words("Move its leads"))]
    return kit.section(words.stage(stage), kind_name(stage.kind, words), accessory=_menu(stage, 0, verbs))


def _menu(stage: Stage, place: int, verbs: list[tuple[str, str]]) -> Element:
    return kit.overflow(MENU, [kit.option(text, f"{verb}:{stage.id}:{place}") for verb, text in verbs])


def _rules(settings: Settings, words: Words) -> list[str]:
    told = (
        (words("Who may edit a lead"), policy_name(settings.edit_policy, words)),
        (words("Converting creates an opportunity"), opportunity_name(settings.conversion_opportunity, words)),
        (words("Reminder hour"), words.clock(time(settings.reminder_hour))),
        (words("Working days"), ", ".join(words.weekday(day, short=True) for day in sorted(settings.working_days))),
    )
    return [words("{label}: {value}", label=label, value=value) for label, value in told]
