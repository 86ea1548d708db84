"""Settings: the only reader of the environment.

Names that operators of the Open Catalog API know stay bare; all others have the prefix `SAMKOD_`.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def _words(given: object) -> object:
    """Words in a text may be separated by commas or blanks."""
    return given.replace(",", " ").split() if isinstance(given, str) else given


Root = Annotated[
    str,
    Field(pattern=r"^https?://[^\s/?#]+(/[^\s?#]*)?$"),
    AfterValidator(lambda address: address.rstrip("/")),
]
"""An address that paths are put after."""


class Settings(BaseSettings):
    """How one Samkod runs. Made once, by `create_app` or the command line, and passed on."""

    model_config = SettingsConfigDict(env_prefix="SAMKOD_", extra="ignore", populate_by_name=True)

    database_url: Annotated[
        str,
        Field(
            validation_alias=AliasChoices("DATABASE_URL", "DATABASE_DSN"),
            description="`sqlite:///path.db` or `postgresql://user:password@host/name`.",
        ),
    ] = "sqlite:///data/samkod.db"
    paseto_key: Annotated[
        str | None,
        Field(
            validation_alias="PASETO_KEY",
            description="Base64 of the 32 bytes that seal tokens. Without it the service is read-only. "
            "Several may be given: the first seals, all are accepted.",
        ),
    ] = None
    enforce_token_expiry: Annotated[
        bool, Field(description="Refuse tokens that are over; false for those of other servers.")
    ] = True
    port: Annotated[
        int,
        Field(validation_alias="PORT", ge=0, le=65535, description="0 takes a free port."),
    ] = 8000
    host: Annotated[str, Field(description="Address to listen on.")] = "127.0.0.1"
    public_url: Annotated[
        Root | None,
        Field(
            description="Under which address others know us: `https://catalogue.example.org`. "
            "By default what each request was sent to.",
        ),
    ] = None
    operator: Annotated[
        str | None,
        Field(
            min_length=1,
            description="Who answers for the catalogue, as harvesters read it. "
            "By default the host of its address.",
        ),
    ] = None
    admin_email: Annotated[
        str | None,
        Field(
            pattern=r"^\S+@\S+$",
            description="Whom harvesters write to; by default `postmaster` at our host.",
        ),
    ] = None
    data_dir: Annotated[Path, Field(description="Where `serve --demo` keeps its key.")] = Path(
        "data"
    )
    search_engine: Annotated[
        Literal["database", "tantivy"],
        Field(description="Which full-text index searches ask; tantivy is for large catalogues."),
    ] = "database"
    search_index_dir: Annotated[
        Path | None,
        Field(description="Where tantivy's is kept; by default `search` in SAMKOD_DATA_DIR."),
    ] = None
    export_dir: Annotated[
        Path | None,
        Field(description="Where snapshots are kept; by default `exports` in SAMKOD_DATA_DIR."),
    ] = None
    export_seconds: Annotated[
        float,
        Field(ge=0, description="How old a snapshot may be; the changes since then fill the gap."),
    ] = 300
    max_file_bytes: Annotated[
        int, Field(ge=1024, description="Largest publiccode.yml accepted, in bytes.")
    ] = 1024 * 1024
    max_body_bytes: Annotated[
        int, Field(ge=1024, description="Largest request body accepted, in bytes.")
    ] = 4 * 1024 * 1024
    policy: Annotated[
        Literal["record", "strict"],
        Field(
            description="`record` stores invalid files with their report, `strict` refuses them."
        ),
    ] = "record"
    publiccode_major: Annotated[
        Literal[0, 1],
        Field(description="Highest major version of publiccode.yml that is taken; 1 is a draft."),
    ] = 0
    max_requests: Annotated[
        int,
        Field(
            validation_alias="MAX_REQUESTS",
            ge=0,
            description="Requests per minute and client address; 0 allows any number.",
        ),
    ] = 0
    cache_bytes: Annotated[
        int, Field(ge=0, description="Bytes of memory for replies that are kept; 0 keeps none.")
    ] = 64 * 1024 * 1024
    worker: Annotated[
        bool,
        Field(
            description="Deliver webhooks, harvest and prune here; false where `samkod work` does."
        ),
    ] = True
    harvest: Annotated[
        bool, Field(description="Harvest peers where the worker runs; false to only deliver.")
    ] = True
    harvest_sources: Annotated[
        bool, Field(description="Harvest what catalogues name as their `sources`, too.")
    ] = False
    webhook_debounce_ms: Annotated[
        int,
        Field(
            validation_alias="WEBHOOK_DEBOUNCE_MS",
            ge=0,
            description="How long a webhook waits for further events of its kind.",
        ),
    ] = 1000
    webhook_debounce_max_ms: Annotated[
        int,
        Field(
            validation_alias="WEBHOOK_DEBOUNCE_MAX_MS",
            ge=0,
            description="How long it waits at most, from the first event.",
        ),
    ] = 10_000
    allow_private_hosts: Annotated[
        frozenset[str],
        NoDecode,
        BeforeValidator(_words),
        Field(description="`host` or `host:port` that we may ask though they are not public."),
    ] = frozenset()
    log_retention_days: Annotated[
        int, Field(ge=0, description="Messages older than this are deleted; 0 keeps all.")
    ] = 365
    event_retention_days: Annotated[
        int, Field(ge=0, description="Events older than this are deleted; 0 keeps all.")
    ] = 365
    change_retention_days: Annotated[
        int,
        Field(
            ge=0,
            description="Changes older than this are forgotten but for the last of each thing; 0 "
            "keeps all.",
        ),
    ] = 365
    link_check_seconds: Annotated[
        float, Field(gt=0, description="How long the addresses in one file are asked for.")
    ] = 10
    log_format: Annotated[str, Field(pattern="^(text|json)$")] = "text"
    log_level: Annotated[str, Field(pattern="^(debug|info|warning|error)$")] = "info"
