"""The client of Slack's Web API, as every part of the bot makes it."""

from __future__ import annotations

from http import HTTPStatus

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient


def web_client(session: aiohttp.ClientSession, api_url: str, token: str | None = None) -> AsyncWebClient:
    """A client that calls once, and raises SlackApiError for every answer but a good one of Slack's.

    Without the SDK's retries: it repeats a call whose answer was lost, and a message would be there twice.
    """
    return AsyncWebClient(token, base_url=api_url, session=session, retry_handlers=[_Unreadable()])


class _Unreadable(AsyncRetryHandler):
    """Refuses what is no JSON object, such as a proxy's words with status 200, over which the SDK stumbles.

    It asks for no retry; handlers are where the SDK shows an answer before it reads it, also in the clients Bolt makes.
    """

    async def can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        if error is None and response and response.status_code == HTTPStatus.OK and not isinstance(response.body, dict):
            raise SlackApiError("This is no answer of Slack's.", response)  # type: ignore[no-untyped-call]
        return False
