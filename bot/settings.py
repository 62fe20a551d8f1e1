"""The environment as Settings: the only reader of os.environ."""

from __future__ import annotations

from typing import TypedDict

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.delivery import RATE


class Secrets(TypedDict):
    """What the bot acts and is trusted with; "" for what is not set."""

    token: str
    signing_secret: str
    app_token: str


class Settings(BaseSettings):
    """What the bot is told from outside; .env is read where there is one."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    slack_bot_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_api_url: str = "https://slack.com/api/"
    database_url: str = "sqlite:///data/leadbot.db"
    host: str = "127.0.0.1"
    port: int = 3000
    log_level: str = "INFO"
    # For a whole workspace; Slack takes about one a second in each conversation besides.
    messages_per_second: float = Field(default=RATE, gt=0, le=50)

    @property
    def has_tokens(self) -> bool:
        """Whether there is a real workspace to serve: over Socket Mode with an app token, else over HTTP."""
        return bool(self.slack_bot_token and (self.slack_app_token or self.slack_signing_secret))

    @property
    def uses_socket_mode(self) -> bool:
        """Whether requests come over Socket Mode instead of HTTP."""
        return bool(self.slack_app_token)

    def secrets(self) -> Secrets:
        """The tokens and the signing secret, as `service` takes them."""
        return {
            "token": _revealed(self.slack_bot_token),
            "signing_secret": _revealed(self.slack_signing_secret),
            "app_token": _revealed(self.slack_app_token),
        }


def _revealed(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""
