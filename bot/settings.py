"""The environment as Settings: the only reader of os.environ."""

from __future__ import annotations

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What the bot is told from outside; .env is read where there is one."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    slack_bot_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_api_url: str = "https://slack.com/api/"
    database_url: str = "sqlite:///data/leadbot.db"
    host: str = "127.0.0.1"
    port: int = 3000
    log_level: str = "INFO"

    @property
    def has_tokens(self) -> bool:
        """Whether there is a real workspace to serve."""
        return bool(self.slack_bot_token and self.slack_signing_secret)

    def tokens(self) -> tuple[str, str]:
        """The bot token and the signing secret.  Raises ValueError where one is missing."""
        if not (self.slack_bot_token and self.slack_signing_secret):
            raise ValueError("SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET are not set")
        return self.slack_bot_token.get_secret_value(), self.slack_signing_secret.get_secret_value()
