"""The `leadbot` command."""

from __future__ import annotations

import asyncio
import fcntl
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import aiohttp
import structlog
import typer
import uvicorn
from slack_sdk.errors import SlackApiError
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from bot import doctor, erasure, logs, sample, transfer
from bot import manifest as manifests
from bot.playground import Delivered, MovableClock, http_delivery, server
from bot.service import CALL, Service, service
from bot.settings import Settings
from bot.web_client import web_client
from bot.worker import Worker
from handlers.slack import refusal
from storage import migrations
from storage.database import BadUrl, Database, engine_url
from storage.errors import NotFound, TooLate, Unavailable

# Seconds.  Longer than proxies keep a connection: one that closes just as it is used again loses a request of Slack's.
_KEEP_ALIVE = 75
PLAYGROUND_DATABASE = "sqlite:///data/playground.db"
_log = structlog.get_logger(__name__)

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


class Trouble(Exception):
    """Something the operator can put right; the message says how."""


def main() -> None:
    """Run the command line; what an operator can put right is said in a sentence, without a traceback."""
    try:
        app()
    except (Trouble, BadUrl) as trouble:
        typer.secho(str(trouble), err=True, fg=typer.colors.RED)
        sys.exit(1)


def now() -> datetime:
    """The clock of a running program; everything below is handed it."""
    return datetime.now(UTC)


@app.command()
def run() -> None:
    """Serve the workspace that SLACK_BOT_TOKEN belongs to: over Socket Mode where SLACK_APP_TOKEN is set, else over HTTP."""
    settings = Settings()
    if not settings.has_tokens:
        raise Trouble(
            "SLACK_BOT_TOKEN and SLACK_APP_TOKEN (or SLACK_SIGNING_SECRET) are not set. Put them into .env "
            "(docs/slack.md says how), or try the bot without Slack: leadbot playground"
        )
    logs.configure(settings.log_level)
    with _alone(settings.database_url):
        asyncio.run(_serve(settings))


@app.command()
def playground(port: Annotated[int, typer.Option(help="Where the page is served on this machine.")] = 3000) -> None:
    """Try the bot in a Slack on this machine: a page in the browser, sample people and leads, no tokens."""
    settings = Settings()
    if any(settings.secrets().values()):
        raise Trouble("Slack tokens are set: the playground does not start beside a real workspace. Use: leadbot run")
    logs.configure("WARNING")
    with _alone(PLAYGROUND_DATABASE):
        asyncio.run(_play(port))


@app.command()
def migrate() -> None:
    """Bring the database up to date. `leadbot run` does this by itself."""
    _migrated(_database_url(Settings())).close()
    typer.echo("The database is up to date.")


@app.command()
def manifest(
    url: Annotated[str | None, typer.Option(help="For HTTP: where Slack reaches the bot, https://…")] = None,
    socket: Annotated[bool, typer.Option("--socket", help="For Socket Mode, where no address is needed.")] = False,
) -> None:
    """Print the app manifest to paste into Slack: api.slack.com/apps > Create New App > From a manifest."""
    if bool(url) == socket:
        raise Trouble("Say how Slack reaches the bot: leadbot manifest --socket, or leadbot manifest --url https://…")
    try:
        described = manifests.for_http(url) if url else manifests.for_socket_mode()
    except ValueError as error:
        raise Trouble(str(error)) from None
    typer.echo(manifests.written(described))


@app.command("doctor")
def doctor_() -> None:
    """Look at tokens, scopes, signature, clock, database and socket, and say what to do."""
    raise typer.Exit(asyncio.run(_examine(Settings())))


async def _examine(settings: Settings) -> int:
    marks = {True: "ok      ", False: "WRONG   ", None: "unknown "}
    wrong = 0
    async for found in doctor.findings(settings, now):
        wrong += found.well is False
        typer.secho(f"{marks[found.well]}{found.what}: {found.seen}", fg=None if found.well else typer.colors.RED)
        if found.advice:
            typer.echo(f"        {found.advice}")
    return 1 if wrong else 0


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A CSV export of Salesforce, HubSpot, Zoho, SuiteCRM or leadbot.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and write nothing.")] = False,
    update: Annotated[bool, typer.Option("--update", help="Fill the blanks of leads that are known.")] = False,
    owner: Annotated[str | None, typer.Option(help="The Slack user id who gets the leads.")] = None,
    map_owner: Annotated[list[str] | None, typer.Option(help='An owner in the file: "David Love=U012AB3CD".')] = None,
    map_status: Annotated[
        list[str] | None, typer.Option(help='A status in the file: "New=Open - Not Contacted".')
    ] = None,
    include_converted: Annotated[
        bool, typer.Option("--include-converted", help="Keep converted rows, as converted leads.")
    ] = False,
    workspace: Annotated[str | None, typer.Option(help="The Slack team id, T…")] = None,
) -> None:
    """Import leads from a CSV file."""
    settings = Settings()
    try:
        owners, stages = transfer.pairs(map_owner or []), transfer.pairs(map_status or [])
    except ValueError as error:
        raise Trouble(str(error)) from None
    with _opened(settings) as database:
        code = transfer.import_leads(
            database,
            workspace or _workspace(settings),
            file,
            dry_run=dry_run,
            update=update,
            owner=owner,
            map_owner=owners,
            map_status=stages,
            include_converted=include_converted,
            now=now(),
        )
    raise typer.Exit(code)


@app.command()
def export(
    lead: Annotated[str | None, typer.Option(help="Only this lead: L-1042.")] = None,
    workspace: Annotated[str | None, typer.Option(help="The Slack team id, T…")] = None,
) -> None:
    """Write every field of every lead to standard output, as CSV."""
    settings = Settings()
    number = (lead or "").upper().removeprefix("L-")
    if lead and not number.isdigit():
        raise Trouble(f'"{lead}" is no lead number. It looks like L-1042.')
    with _opened(settings) as database:
        code = transfer.export_leads(
            database, workspace or _workspace(settings), sys.stdout.buffer, lead_number=int(number) if lead else None
        )
    raise typer.Exit(code)


@app.command()
def erase(
    who: Annotated[str, typer.Argument(help="An e-mail address, or a lead's number: L-1042.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    workspace: Annotated[str | None, typer.Option(help="The Slack team id, T…")] = None,
) -> None:
    """Erase what is kept of one person: leads, contacts, activities, and their history."""
    settings = Settings()
    with _opened(settings) as database:
        sure = (lambda _question: True) if yes else typer.confirm
        team = workspace or _workspace(settings)
        try:
            code = erasure.erase(database, team, who, sure=sure, now=now(), out=sys.stdout)
        except NotFound:
            raise Trouble(transfer.NO_WORKSPACE.format(team)) from None
        except (TooLate, Unavailable) as failed:
            raise Trouble(transfer.sentence(failed)) from failed
    raise typer.Exit(code)


async def _serve(settings: Settings) -> None:
    database = _migrated(settings.database_url)
    try:
        async with service(
            database,
            **settings.secrets(),
            api_url=settings.slack_api_url,
            clock=now,
            rate=settings.messages_per_second,
        ) as bot:
            config = uvicorn.Config(
                bot.web,
                host=settings.host,
                port=settings.port,
                lifespan="off",
                log_config=None,
                access_log=False,
                timeout_keep_alive=_KEEP_ALIVE,
            )
            way = "socket" if settings.uses_socket_mode else "http"
            _log.info("listening", host=settings.host, port=settings.port, way=way)
            await uvicorn.Server(config).serve()
    except SlackApiError as error:
        seen = doctor.unwell(error) or f"Slack refuses a token: {refusal(error)}"
        raise Trouble(f"{seen}. What to do: leadbot doctor") from error
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Trouble(f"Slack cannot be reached at {settings.slack_api_url}") from error


async def _play(port: int) -> None:
    try:
        async with playing(_migrated(PLAYGROUND_DATABASE), port) as address:
            typer.echo(f"A Slack on your own machine: {address}\nNothing leaves this machine. Ctrl-C ends it.")
            await asyncio.Event().wait()
    except OSError as error:
        raise Trouble(f"Port {port} is taken. Try: leadbot playground --port {port + 1}") from error
    except asyncio.CancelledError:
        typer.echo("\nEnded.")


@asynccontextmanager
async def playing(database: Database, port: int) -> AsyncIterator[str]:
    """The playground with the bot in it, until the block ends; the address of its page."""
    address: list[str] = []

    async with aiohttp.ClientSession(timeout=CALL) as session:

        async def deliver(kind: str, body: bytes, headers: dict[str, str]) -> Delivered:
            return await http_delivery(f"{address[0]}/slack/events", session)(kind, body, headers)

        clock = MovableClock(now)
        slack = sample.sample_slack(deliver, clock)
        await sample.fill(Worker(database), now())
        async with (
            server.running(slack, port) as page,
            _installed(database, page, clock) as bot,
            server.serving(bot.web) as url,
        ):
            address.append(url)
            clock.moved = bot.delivery.tick
            yield page


@asynccontextmanager
async def _installed(database: Database, page: str, clock: MovableClock) -> AsyncIterator[Service]:
    secret, api = sample.SIGNING_SECRET, f"{page}/api/"
    async with service(database, token=sample.TOKEN, signing_secret=secret, api_url=api, clock=clock) as bot:
        yield bot


def _migrated(url: str) -> Database:
    """The database, brought up to date; a SQLite file's folder is made."""
    _folder(url)
    database = Database(url)
    try:
        with database.writer.begin() as connection:
            migrations.upgrade(connection)
    except DBAPIError as error:
        database.close()
        raise Trouble(f"The database cannot be used: {doctor.why(error)}. What to do: leadbot doctor") from error
    return database


@contextmanager
def _opened(settings: Settings) -> Iterator[Database]:
    """The database that is meant, for as long as the block lasts."""
    database = _migrated(_database_url(settings))
    try:
        yield database
    finally:
        database.close()


def _database_url(settings: Settings) -> str:
    """The one that is named; where none is, that of the tokens or of the playground."""
    named = settings.database_url != Settings.model_fields["database_url"].default
    return settings.database_url if named or settings.has_tokens else PLAYGROUND_DATABASE


def _folder(url: str) -> None:
    path = make_url(engine_url(url)).database
    if url.startswith("sqlite") and path and path != ":memory:":
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Trouble(f"The database's folder cannot be made: {error.strerror}. Check DATABASE_URL.") from error


@contextmanager
def _alone(url: str) -> Iterator[None]:
    """Hold the one place at a SQLite file that a running bot may have; several may share a PostgreSQL."""
    if not url.startswith("sqlite"):
        yield
        return
    _folder(url)
    with Path(f"{make_url(url).database}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Trouble(
                f"Another leadbot is running on {make_url(url).database}. End it first, or set DATABASE_URL to PostgreSQL."
            ) from None
        yield


def _workspace(settings: Settings) -> str:
    """The workspace of the token, or the playground's."""
    if not settings.slack_bot_token:
        return sample.TEAM.id
    return asyncio.run(_team_of(settings.slack_bot_token.get_secret_value(), settings.slack_api_url))


async def _team_of(token: str, api_url: str) -> str:
    async with aiohttp.ClientSession(timeout=CALL) as session:
        client = web_client(session, api_url, token)
        try:
            return str((await client.auth_test())["team_id"])
        except SlackApiError as error:
            raise Trouble(doctor.unwell(error) or f"Slack refuses SLACK_BOT_TOKEN: {refusal(error)}") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Trouble(f"Slack cannot be reached at {api_url}; give the team with --workspace T…") from error
