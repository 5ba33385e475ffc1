"""The one place that knows which database the catalogue is: how it is opened, migrated, read and written.

SQLite in WAL mode with synchronous FULL: what was acknowledged survives a power cut, and readers never wait for the
one writer. Several processes write; each writer takes the write lock first (BEGIN IMMEDIATE), because a transaction
that reads first and writes later can be refused at once, however long it was ready to wait. What is deleted is
overwritten (secure_delete), so that a purged item leaves no words in unused pages of the file.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from sqlite3 import Error as SqliteError
from typing import TYPE_CHECKING, cast

from sqlalchemy import Connection, Engine, PoolProxiedConnection, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from core.errors import CatalogError, ConfigurationError

if TYPE_CHECKING:
    from alembic.config import Config

BUSY_SECONDS = 30
# The newest form of the tables, said here so that a start need not load Alembic, a fifth of a second, to learn that
# nothing is to be done. A test compares it with the migrations.
NEWEST = "0005"
PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",
    "cache_size = -16000",
)
FTS_TABLES = ("page_index", "item_index", "page_words", "item_words")


class Catalog:
    """An open catalogue; may be used from many threads, never across a fork."""

    def __init__(self, engine: Engine, place: str) -> None:
        self._reader = engine
        self._writer = engine.execution_options(muniment_begin="BEGIN IMMEDIATE")
        self._place = place
        self._idle: list[PoolProxiedConnection] = []

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the catalogue throughout.

        Raises:
            CatalogError: the database could not answer.
        """
        with self._told(), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection in a transaction that is kept whole, or not at all when the block raises.

        Raises:
            CatalogError: the database could not answer, or stayed locked for 30 seconds.
        """
        with self._told(), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def glancing(self) -> Iterator[SqliteConnection]:
        """The driver's own connection, for a single question that is asked a thousand times a second.

        It opens no transaction, so that each question sees the catalogue as it is at that moment; nothing may be
        written with it.

        Raises:
            CatalogError: the database could not answer.
        """
        with self._told():
            try:
                borrowed = self._idle.pop()  # the pool's way of lending costs as much as the question
            except IndexError:
                borrowed = self._reader.raw_connection()
            try:
                yield cast(SqliteConnection, borrowed.driver_connection)
            finally:
                self._idle.append(borrowed)  # never more than there are threads that ask

    def settle(self) -> bool:
        """True when nothing is left in the log beside the database file; False while somebody reads an older state.

        Raises:
            CatalogError: the database could not answer.
        """
        with self._told(), self._reader.connect() as connection:
            driver = connection.connection.driver_connection
            # Past SQLAlchemy, which would open a transaction first: SQLite settles none while one is open.
            busy, *_ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() if driver else (1,)
            return not busy

    def close(self) -> None:
        """Closes all connections; safe to repeat."""
        while self._idle:
            self._idle.pop().close()
        self._reader.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, SqliteError) as error:
            reason = getattr(error, "orig", None) or error
            raise CatalogError(
                f'The catalogue "{self._place}" could not answer ({reason}): look whether its disk is full '
                "or another program holds it, then try again."
            ) from error


def open_catalog(url: str) -> Catalog:
    """The catalogue at an address such as "sqlite:////srv/muniment/catalog.db", brought to its newest form.

    Creates the file and its folder where they are absent. Safe to call from several processes at once.

    Raises:
        ConfigurationError: the address is not that of an SQLite file.
        CatalogError: the database cannot be opened or was made by a newer Muniment.
    """
    address = _sqlite_address(url)
    place = Path(address.database or "")
    place.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(address, pool_size=8, max_overflow=56, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    catalog = Catalog(engine, str(place))
    _bring_up_to_date(catalog, place)
    return catalog


def migrate(connection: Connection, *, to: str = "head") -> None:
    """Brings the tables to a revision, newest by default, inside the connection's transaction; safe to repeat."""
    from alembic import command

    with _config() as config:
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def _bring_up_to_date(catalog: Catalog, place: Path) -> None:
    if _revision(catalog) == NEWEST:
        return
    from alembic.util import CommandError

    try:
        with catalog.writing() as connection:
            migrate(connection)
    except CommandError as error:
        raise CatalogError(
            f'The catalogue "{place}" was made by a newer Muniment: install that version or restore its backup.'
        ) from error


def _revision(catalog: Catalog) -> str | None:
    """The form that the tables are in, None when there are none yet."""
    with catalog.glancing() as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
            return None
        found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(found[0]) if found else None


@contextmanager
def _config() -> Iterator["Config"]:
    from alembic.config import Config

    with as_file(files("catalog") / "migrations") as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        yield config


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """False for the tables that FTS5 keeps itself, which are no business of a comparison with `catalog.tables`."""
    return not (kind == "table" and name is not None and name.startswith(FTS_TABLES))


def _sqlite_address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise ConfigurationError(f'"{url}" is no database address: use "sqlite:////path/catalog.db".') from error
    if address.get_backend_name() != "sqlite" or address.database in (None, "", ":memory:"):
        shown = address.render_as_string(hide_password=True)
        raise ConfigurationError(f'The catalogue cannot live in "{shown}": use "sqlite:////path/catalog.db".')
    return address


def _prepare(connection: SqliteConnection, _record: object) -> None:
    # None hands the opening of transactions to `_begin`; Python's own way would open them late and never IMMEDIATE.
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("muniment_begin", "BEGIN"))
