"""Every setting of the service, from the environment or a `.env` file: `HOMEWARD_PORT=9000` sets `port`.

Read where things are put together and nowhere else: app, command line, scheduler, migrations.
"""

import os
import re
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

PREFIX = "HOMEWARD_"
SHORTEST_KEY = 32  # characters


class BadSettings(ValueError):
    """The service must not start like this. `problems` has one line for each setting at fault."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _own_file(earlier: dict[str, Any]) -> str:
    return f"sqlite:///{earlier.get('data_dir', 'var')}/homeward.db"


def _own_seals(earlier: dict[str, Any]) -> Path:
    return Path(earlier.get("data_dir", "var")) / "seals"


def _own_roads(earlier: dict[str, Any]) -> Path:
    return Path(earlier.get("data_dir", "var")) / "roads.graph"


def _own_address(earlier: dict[str, Any]) -> str:
    return f"http://{earlier.get('host', '127.0.0.1')}:{earlier.get('port', 8080)}"


class Settings(BaseSettings):
    """What an installation may choose. Times in the unit of the name, sizes in bytes."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True, populate_by_name=True
    )

    environment: Literal["development", "production"] = "development"
    debug: bool = False
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    data_dir: Path = Path("var")
    database_url: str = Field(
        default_factory=_own_file, validation_alias=AliasChoices(f"{PREFIX}DATABASE_URL", "DATABASE_URL")
    )
    # Signs cookies and links. Outside production it and the seals' passphrase are made once and kept in data_dir.
    secret_key: SecretStr = SecretStr("")
    # Demonstrations and tests only: the service takes the time from this file.
    clock_file: Path | None = None

    host: str = "127.0.0.1"
    port: int = Field(8080, ge=1, le=65535)
    # The address that customers and drivers reach us at, for links in messages and QR codes.
    base_url: str = Field(default_factory=_own_address)
    web_workers: int = Field(1, ge=1, le=64)
    threads: int = Field(64, ge=4, le=4096)
    # A live board holds a thread for as long as it is open; the rest must be enough for everybody else.
    max_streams: int = Field(48, ge=1)
    # How many reverse proxies stand before us; only their X-Forwarded headers are believed.
    trusted_proxies: int = Field(0, ge=0, le=5)

    # Where the branches' seals are, their passphrase or PIN, and a time-stamp service (RFC 3161) if there is one.
    seal_dir: Path = Field(default_factory=_own_seals)
    seal_passphrase: SecretStr = SecretStr("")
    seal_pin: SecretStr = SecretStr("")
    time_stamp_url: str = ""

    sms_url: str = ""
    sms_key: SecretStr = SecretStr("")

    # The office's mail server, for statements of accounts: TLS from the start (465), from after the greeting (587), or
    # none, on the same machine only. `smtp_from` is the sender, such as 'Homeward <bills@example.cn>'.
    smtp_host: str = ""
    smtp_port: int = Field(587, ge=1, le=65535)
    smtp_security: Literal["tls", "starttls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_from: str = ""

    # How long the way takes: in a straight line times a factor, along the roads of a local extract (`homeward roads
    # build`), or as a server that speaks OSRM's language says.
    router: Literal["great-circle", "roads", "osrm"] = "great-circle"
    road_graph: Path = Field(default_factory=_own_roads)
    osrm_url: str = ""

    # The desk's map: tiles from an address with {z}, {x} and {y} (and {s}, one of the subdomains), or a local PMTiles
    # file of pictures; their datum, and who must be named on them. Without either it is a plain map of points.
    map_tiles: str = ""
    map_subdomains: str = "abc"
    map_pmtiles: Path | None = None
    map_datum: Literal["wgs84", "gcj02"] = "wgs84"
    map_attribution: str = ""

    # Offers pushed to drivers' phones: the key of `homeward push init` unless given; whom to write to about them.
    vapid_private_key: SecretStr = SecretStr("")
    vapid_subject: str = ""

    session_hours: int = Field(12, ge=1, le=24 * 7)
    idempotency_days: int = Field(30, ge=30)  # R3: at least

    max_request_bytes: int = Field(16 << 20, ge=1 << 20)
    max_verify_bytes: int = Field(64 << 20, ge=1 << 20)  # a dispute file with forty photos has some 40 MB
    max_photo_bytes: int = Field(12 << 20, ge=1 << 20)
    max_photo_pixels: int = Field(50_000_000, ge=1_000_000)

    @property
    def push_key_file(self) -> Path:
        """Where `homeward push init` keeps its key."""
        return self.data_dir / "push.key"

    @property
    def production(self) -> bool:
        """Whether real customers depend on this installation."""
        return self.environment == "production"

    @field_validator("data_dir", "clock_file", "seal_dir", "road_graph", "map_pmtiles")
    @classmethod
    def _from_anywhere(cls, path: Path | None) -> Path | None:
        return path and path.expanduser().absolute()

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if url.startswith("postgres://"):
            url = url.replace("postgres://", "postgresql://", 1)
        if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return url

    @field_validator("vapid_subject")
    @classmethod
    def _contact(cls, subject: str) -> str:
        if subject and not subject.startswith(("mailto:", "https://")):
            raise ValueError("must begin with mailto: or https://")
        return subject

    @field_validator("base_url", "sms_url", "time_stamp_url", "osrm_url")
    @classmethod
    def _web_address(cls, url: str) -> str:
        if url and not url.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return url.rstrip("/")

    @field_validator("map_tiles")
    @classmethod
    def _tile_address(cls, url: str) -> str:
        if url and not re.fullmatch(r"https?://[\w.{}:-]+/\S*", url):
            raise ValueError("must begin with http:// or https:// and a host")
        if url and not all(part in url for part in ("{z}", "{x}", "{y}")):
            raise ValueError("must contain {z}, {x} and {y}")
        return url

    @model_validator(mode="after")
    def _sound_together(self) -> Self:
        problems = [*self._contradictions(), *(self._production_dangers() if self.production else [])]
        if problems:
            raise BadSettings(problems)
        return self

    def _contradictions(self) -> list[str]:
        problems = []
        if self.max_streams >= self.threads:
            problems.append(f"{PREFIX}MAX_STREAMS: must be smaller than {PREFIX}THREADS ({self.threads})")
        if self.max_photo_bytes > self.max_request_bytes:
            problems.append(f"{PREFIX}MAX_PHOTO_BYTES: must not exceed {PREFIX}MAX_REQUEST_BYTES")
        if self.router == "osrm" and not self.osrm_url:
            problems.append(f"{PREFIX}OSRM_URL: the address of the OSRM server is missing")
        if self.smtp_host and "@" not in self.smtp_from:
            problems.append(f"{PREFIX}SMTP_FROM: the sender's address is missing")
        if self.map_tiles and self.map_pmtiles:
            problems.append(f"{PREFIX}MAP_TILES: give this or {PREFIX}MAP_PMTILES, not both")
        return problems

    def _production_dangers(self) -> list[str]:
        problems = []
        if len(self.secret_key.get_secret_value()) < SHORTEST_KEY:
            problems.append(
                f"{PREFIX}SECRET_KEY: production needs a key of its own, {SHORTEST_KEY} characters or more; "
                "make one with `python3 -c 'import secrets; print(secrets.token_urlsafe(48))'`"
            )
        if self.debug:
            problems.append(f"{PREFIX}DEBUG: must be off in production")
        if self.clock_file:
            problems.append(f"{PREFIX}CLOCK_FILE: production takes the time from the machine's clock only")
        if "base_url" not in self.model_fields_set:
            problems.append(
                f"{PREFIX}BASE_URL: production needs the address customers reach, such as https://go.example.cn"
            )
        return problems


def load_settings() -> Settings:
    """The settings of this installation, complete; raises BadSettings naming everything that is wrong with them."""
    try:
        settings = Settings()
    except ValidationError as error:
        raise BadSettings([problem for fault in error.errors() for problem in _explain(fault)]) from error
    except SettingsError as error:
        raise BadSettings([str(error)]) from error
    kept = {}
    if not settings.secret_key.get_secret_value():
        kept["secret_key"] = SecretStr(_kept_key(settings.data_dir / "secret.key"))
    if not settings.production and not settings.seal_passphrase.get_secret_value():
        kept["seal_passphrase"] = SecretStr(_kept_key(settings.data_dir / "seal.key"))
    if not settings.vapid_private_key.get_secret_value() and settings.push_key_file.exists():
        kept["vapid_private_key"] = SecretStr(settings.push_key_file.read_text().strip())
    return settings.model_copy(update=kept)


def _explain(fault: Any) -> list[str]:
    cause = fault.get("ctx", {}).get("error")
    if isinstance(cause, BadSettings):
        return cause.problems
    if fault["type"] == "default_factory_not_called":  # follows from another fault
        return []
    name = str(fault["loc"][0])
    name = name if name.isupper() else f"{PREFIX}{name.upper()}"
    return [f"{name}: {fault['msg']}"]


def _kept_key(path: Path) -> str:
    """The key in `path`, made at the first start. Linked into place whole: several processes may start at once."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent) as draft:  # readable by us only
            draft.write(secrets.token_urlsafe(48))
            draft.flush()
            os.fsync(draft.fileno())
            with suppress(FileExistsError):
                path.hardlink_to(draft.name)
    return path.read_text().strip()
