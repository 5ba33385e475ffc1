"""What the operator can set, from the environment; `docs/configuration.md` explains every setting.

Made at the doors only (command line, flows, supervisor, viewer start); below them functions get the plain value.
"""

import os
import re
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.errors import ConfigurationError
from core.limits import PageLimits


class Settings(BaseSettings):
    """All settings with their defaults; frozen."""

    model_config = SettingsConfigDict(env_prefix="MUNIMENT_", frozen=True, extra="ignore", populate_by_name=True)

    home: Path = Path("~/.local/share/muniment")
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    public_url: str = ""
    inbox: Path | None = None
    stores: str = "s3=embedded;copy=file:"
    admin_password: str = ""
    admin_password_file: Path | None = None
    page_seconds: Annotated[int, Field(ge=1)] = 600
    page_memory_mb: Annotated[int, Field(ge=256)] = 1400
    page_megapixels: Annotated[int, Field(ge=1)] = 400
    workers: Annotated[int, Field(ge=1, le=256)] = os.cpu_count() or 1
    tesseract: str = ""
    ocr_engine: Literal["auto", "pytesseract", "tesserocr"] = "auto"
    cache_mb: Annotated[int, Field(ge=16)] = 2000
    access_gb: Annotated[float, Field(ge=0)] = 0
    institution: str = "Muniment"
    contact: str = ""
    about: str = ""
    accent: str = ""
    alerts: str = ""
    audit_days: Annotated[int, Field(ge=1, le=3650)] = 30
    audit_time: str = "01:30"
    heartbeat_url: str = ""
    database_url: str = Field(default="", validation_alias="DATABASE_URL")

    @field_validator("home", "inbox", "admin_password_file")
    @classmethod
    def _absolute(cls, path: Path | None) -> Path | None:
        return path.expanduser().absolute() if path else None

    @field_validator("audit_time")
    @classmethod
    def _time_of_day(cls, time: str) -> str:
        if not re.fullmatch(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", time):
            raise PydanticCustomError("audit_time", 'it must be a time of day such as "01:30", from "00:00" to "23:59"')
        return time

    @field_validator("heartbeat_url")
    @classmethod
    def _heartbeat_address(cls, url: str) -> str:
        if url and not _is_web(url):
            raise PydanticCustomError("heartbeat_url", 'it must begin with "http://" or "https://" and a host')
        return url

    @field_validator("public_url")
    @classmethod
    def _no_trailing_slash(cls, url: str) -> str:
        if url and not _is_public(url):
            # A plain ValueError would put pydantic's own words into the sentence.
            raise PydanticCustomError(
                "public_url", 'it must begin with "http://" or "https://" and a host, and hold no "?", "#" or space'
            )
        return url.rstrip("/")

    @classmethod
    def from_environment(cls) -> "Settings":
        """The settings of this process.

        Raises:
            ConfigurationError: a variable has a senseless value; the sentence names it.
        """
        try:
            return cls()
        except ValidationError as error:
            first = error.errors()[0]
            name = f"MUNIMENT_{first['loc'][0]}".upper().replace("MUNIMENT_DATABASE_URL", "DATABASE_URL")
            raise ConfigurationError(f'The setting "{name}" is not usable: {first["msg"]}. Correct it.') from error

    @cached_property
    def home_folder(self) -> Path:
        """Where everything lives, absolute."""
        return self.home.expanduser().absolute()

    @property
    def inbox_folder(self) -> Path:
        """Where archivists drop batches."""
        return self.inbox or self.home_folder / "inbox"

    @property
    def channels(self) -> tuple[str, ...]:
        """The addresses to which alerts go, as apprise writes them; they may hold passwords, so never print them."""
        return tuple(self.alerts.split())

    @property
    def catalog_url(self) -> str:
        """The catalogue's database."""
        return self.database_url or f"sqlite:///{self.home_folder / 'catalog.db'}"

    @property
    def address(self) -> str:
        """Where the viewer listens."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def limits(self) -> PageLimits:
        """What one page may cost."""
        return PageLimits(megapixels=self.page_megapixels, seconds=self.page_seconds, memory_mb=self.page_memory_mb)


def _is_public(url: str) -> bool:
    """True when addresses can be made by adding a path to this one."""
    return _is_web(url) and not re.search(r"[?#]", url)


def _is_web(url: str) -> bool:
    """True for the address of a web server with a host."""
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a bracket that is not closed
        return False
    # The parser forgives capitals, white space and an empty query; whoever adds a path to the address does not.
    return named and url.startswith(("http://", "https://")) and not re.search(r"\s", url)
