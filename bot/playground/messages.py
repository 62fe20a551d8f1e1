"""Messages: who may be written to, what is refused, and whose attention a post calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.playground import rules
from bot.playground.inputs import carried
from bot.playground.model import Conversation, Json, Message, Ping, ResponseUrl, SlackError, State
from bot.playground.mrkdwn import Span, marked, spans

if TYPE_CHECKING:
    from bot.playground.slack import Slack

RESPONSE_URL_USES = 5
RESPONSE_URL_SECONDS = 30 * 60
_KEPT = 5000


class Messages:
    """The posts of the app and of people, in channels and direct messages."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self.response_urls: dict[str, ResponseUrl] = {}

    def conversation(self, channel: Any) -> Conversation:
        """Where the app may write: a conversation id, `#name`, or a person's id for the direct message with them.

        Raises SlackError channel_not_found, user_not_found, user_disabled, cannot_dm_bot, not_in_channel, is_archived,
        messages_tab_disabled.
        """
        slack = self._slack
        if not channel:
            raise SlackError("channel_not_found")
        if channel in slack.people:
            return self.direct(channel)
        found = slack.conversations.get(channel) or slack.channel_called(str(channel))
        if found is None:
            raise SlackError("channel_not_found")
        if found.im_with is not None:
            return self.direct(found.im_with)
        if slack.app.bot_user_id not in found.members:
            raise SlackError("channel_not_found" if found.kind == "private" else "not_in_channel")
        if found.is_archived:
            raise SlackError("is_archived")
        return found

    def direct(self, user: Any) -> Conversation:
        """The direct message between the app and this person."""
        person = self._slack.people.get(str(user))
        if person is None:
            raise SlackError("user_not_found")
        if person.is_bot:
            raise SlackError("cannot_dm_bot")
        if person.deleted:
            raise SlackError("user_disabled")
        if not self._slack.app.messages_tab:
            raise SlackError("messages_tab_disabled")
        return self._slack.direct_message(person.id)

    def checked(self, text: Any, blocks: Any) -> tuple[str, list[Json] | None]:
        """Text and blocks as they will be stored.  Text is always demanded: it is what a notification reads out."""
        if not isinstance(text, str) or not text.strip():
            raise SlackError("no_text")
        if len(text) > rules.MESSAGE_TEXT:
            raise SlackError("msg_too_long")
        if blocks is None:
            return text, None
        if problems := rules.message_problems(blocks):
            raise SlackError("invalid_blocks", problems)
        filled = self._slack.filled({"type": "message", "blocks": blocks})["blocks"]
        if rules.message_too_long(filled):
            raise SlackError("msg_blocks_too_long")
        return text, filled

    def post(self, where: Conversation, user: str, text: str, blocks: list[Json] | None = None, **more: Any) -> Message:
        """Add a message already checked and note whom it pings."""
        message = Message(ts=self._slack.new_ts(), user=user, text=text, at=self._slack.clock(), blocks=blocks, **more)
        where.messages.append(message)
        del where.messages[:-_KEPT]
        self._changed(message)
        self._note_pings(where, message)
        return message

    def change(self, message: Message, text: str, blocks: list[Json] | None) -> None:
        """Exchange a message in place; what was typed in it stays where the ids stay."""
        if message.blocks and blocks:
            for user, state in message.entered.items():
                message.entered[user] = carried(blocks, state, message.blocks)
        else:
            message.entered.clear()
        message.text, message.blocks = text, blocks
        message.edited_ts = self._slack.new_ts()
        self._changed(message)

    def remove(self, where: Conversation, message: Message) -> None:
        where.messages.remove(message)
        self._slack.touch()

    def find(self, where: Conversation, ts: Any) -> Message | None:
        return next((message for message in where.messages if message.ts == ts), None)

    def own(self, where: Conversation, ts: Any, error: str) -> Message:
        """A message the app itself posted for all to see.  Raises message_not_found, or `error` for another's."""
        message = self.find(where, ts)
        if message is None or message.ephemeral_to is not None:
            raise SlackError("message_not_found")
        if message.user != self._slack.app.bot_user_id:
            raise SlackError(error)
        return message

    def state_for(self, message: Message, user: str) -> State:
        """What this person has entered in the message."""
        if user not in message.entered:
            message.entered[user] = carried(message.blocks or [], {}, [])
        return message.entered[user]

    def payload(self, message: Message) -> Json:
        """The message as answers and payloads carry it."""
        slack = self._slack
        by_app = message.user == slack.app.bot_user_id
        return {
            "type": "message",
            "user": message.user,
            "ts": message.ts,
            "text": message.text,
            "team": slack.team.id,
            **(
                {"bot_id": slack.app.bot_id, "app_id": slack.app.id}
                if by_app
                else {"client_msg_id": f"of-{message.ts}"}
            ),
            **({"blocks": message.blocks} if message.blocks else {}),
            **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
            **({"edited": {"user": message.user, "ts": message.edited_ts}} if message.edited_ts else {}),
        }

    def permalink(self, where: Conversation, message: Message) -> str:
        link = f"https://{self._slack.team.domain}.slack.com/archives/{where.id}/p{message.ts.replace('.', '')}"
        return f"{link}?thread_ts={message.thread_ts}&cid={where.id}" if message.thread_ts else link

    def spans_of(self, message: Message) -> list[Span]:
        """The message's text as shown where blocks are not, e.g. in a notification."""
        return marked(message.text, self._slack.names(), marks=message.mrkdwn)

    def new_response_url(self, user: str, channel: str, message_ts: str | None = None) -> str:
        key = self._slack.new_id("R")
        self.response_urls[key] = ResponseUrl(user, channel, self._slack.clock(), message_ts)
        if len(self.response_urls) > _KEPT:
            del self.response_urls[next(iter(self.response_urls))]
        return f"{self._slack.base_url}/response/{key}"

    def respond(self, key: str, answer: Any) -> tuple[int, Json]:
        """What a POST to a response_url does: the HTTP status and body.  404 after five uses or thirty minutes."""
        url = self.response_urls.get(key)
        if url is None or (self._slack.clock() - url.at).total_seconds() > RESPONSE_URL_SECONDS:
            return 404, {"ok": False, "error": "expired_url"}
        if url.uses >= RESPONSE_URL_USES:
            return 404, {"ok": False, "error": "used_url"}
        url.uses += 1
        try:
            self.answer(url, answer)
        except SlackError as refused:
            return 400, {"ok": False, "error": refused.error, "response_metadata": {"messages": refused.messages}}
        return 200, {"ok": True}

    def answer(self, url: ResponseUrl, answer: Any) -> None:
        """Post, replace or delete by what an app answers to an interaction; ephemeral unless it says in_channel."""
        if not isinstance(answer, dict):
            raise SlackError("invalid_payload")
        where = self._slack.conversations[url.channel]
        source = self.find(where, url.message_ts) if url.message_ts else None
        if answer.get("delete_original") and source is not None:
            self.remove(where, source)
            return
        text, blocks = self.checked(answer.get("text"), answer.get("blocks"))
        if answer.get("replace_original") and source is not None:
            self.change(source, text, blocks)
            return
        seen_by = None if answer.get("response_type") == "in_channel" else url.user
        mrkdwn = answer.get("mrkdwn", True)
        self.post(where, self._slack.app.bot_user_id, text, blocks, ephemeral_to=seen_by, mrkdwn=mrkdwn)

    def _changed(self, message: Message) -> None:
        self._slack.touch()
        message.revision = self._slack.revision

    def _note_pings(self, where: Conversation, message: Message) -> None:
        found = self.spans_of(message)
        for block in message.blocks or []:
            for text_object in text_objects(block):
                found += spans(text_object, self._slack.names())
        for span in found:
            if span.mention in ("user", "broadcast") and span.target:
                self._slack.pings.append(Ping(where.id, message.ts, span.mention, span.target))


def text_objects(value: Any) -> list[Json]:
    """Every text object and rich_text block within a block, in reading order."""
    if isinstance(value, list):
        return [found for one in value for found in text_objects(one)]
    if not isinstance(value, dict):
        return []
    if value.get("type") in ("plain_text", "mrkdwn", "rich_text"):
        return [value]
    return [found for one in value.values() if isinstance(one, dict | list) for found in text_objects(one)]
