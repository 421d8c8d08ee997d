"""Settings from the environment: junk is refused with the variable's name, secrets may come from files."""

from __future__ import annotations

from pathlib import Path

import pytest

from etappe.config import env

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("variable", "junk", "allowed"),
    [
        (env.PORT, "x", "a whole number from 1 to 65535"),
        (env.PORT, "0", "a whole number"),
        (env.PORT, "65536", "a whole number"),
        (env.PORT, "-1", "a whole number"),
        (env.PORT, "٨٠٨٠", "a whole number"),
        (env.PORT, "80 80", "a whole number"),
        (env.PROXY, "ja", "yes"),
        (env.LOG, "Json", "plain, json"),
        (env.LOG_LEVEL, "loud", "debug, info"),
        (env.ADDRESS, "etappe.example", "https://host"),
        (env.ADDRESS, "ftp://etappe.example", "https://host"),
        (env.ADDRESS, "https://etappe.example/crm", "https://host"),
        (env.ADDRESS, "https://user:pw@etappe.example", "https://host"),
        (env.ADDRESS, "https://etappe.example:port", "https://host"),
        (env.DATABASE, "mysql://x/y", "postgresql://"),
        (env.DATABASE, "postgresql://host", "postgresql://"),
        (env.DATABASE, "postgresql://host/a/b", "postgresql://"),
        (env.SMTP, "mail.example:25", "smtp://"),
        (env.SECRET_KEY, "short", "at least 40"),
        (env.MAIL_FROM, "a\rb", "e-mail"),
    ],
)
def test_junk_is_refused_by_name(variable: env.Variable[object], junk: str, allowed: str) -> None:
    with pytest.raises(env.Unusable) as refused:
        variable.value({variable.name: junk})
    assert str(refused.value).startswith(f"{variable.name}: ")
    assert allowed in str(refused.value)


@pytest.mark.parametrize("variable", [v for v in env.VARIABLES if v.is_secret], ids=lambda v: v.name)
def test_a_refused_secret_is_not_repeated(variable: env.Variable[object]) -> None:
    with pytest.raises(env.Unusable) as refused:
        variable.value({variable.name: "geheim"})
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize("variable", env.VARIABLES, ids=lambda v: v.name)
def test_unset_and_empty_mean_the_default(variable: env.Variable[object]) -> None:
    assert variable.value({}) == variable.default
    assert variable.value({variable.name: "  "}) == variable.default
    assert variable.source({}) == "default"


def test_values_are_typed() -> None:
    assert env.PORT.value({"ETAPPE_PORT": "8080"}) == 8080
    assert env.PROXY.value({"ETAPPE_PROXY": "Yes"}) is True
    assert env.HOSTS.value({"ETAPPE_HOSTS": "a.example, b.example,"}) == ("a.example", "b.example")
    assert env.ADDRESS.value({"ETAPPE_ADDRESS": "https://etappe.example/"}) == "https://etappe.example"
    assert env.HOME.value({"ETAPPE_HOME": "~/etappe"}) == Path.home() / "etappe"


def test_a_database_address_is_read_with_escapes_and_sockets() -> None:
    found = env.parse_database("postgresql://user%40a:p%2Fw@/etappe?host=/a%20b&sslmode=require")
    assert found["USER"] == "user@a"
    assert found["PASSWORD"] == "p/w"
    assert found["HOST"] == "/a b"
    assert found["OPTIONS"] == {"sslmode": "require"}
    assert env.parse_database("postgres://h:5433/x")["PORT"] == "5433"


def test_secrets_come_from_files(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("k" * 50 + "\n")
    assert env.SECRET_KEY.value({"ETAPPE_SECRET_KEY_FILE": str(file)}) == "k" * 50
    assert env.SECRET_KEY.source({"ETAPPE_SECRET_KEY_FILE": str(file)}) == "ETAPPE_SECRET_KEY_FILE"


@pytest.mark.parametrize("place", ["missing", "."])
def test_a_secret_file_that_cannot_be_read_is_refused_by_name(tmp_path: Path, place: str) -> None:
    with pytest.raises(env.Unusable, match=r"^ETAPPE_SECRET_KEY_FILE: cannot read"):
        env.SECRET_KEY.value({"ETAPPE_SECRET_KEY_FILE": str(tmp_path / place)})


def test_a_secret_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(env.Unusable, match="both set"):
        env.SECRET_KEY.value({"ETAPPE_SECRET_KEY": "k" * 50, "ETAPPE_SECRET_KEY_FILE": "/x"})


def test_misspelt_variables_are_found() -> None:
    given = {
        "ETAPPE_PROT": "1",
        "ETAPPE_PORT": "1",
        "ETAPPE_SECRET_KEY_FILE": "x",
        "ETAPPE_TEST_SOAK": "1",
        "HOME": "x",
    }
    assert env.unknown(given) == ["ETAPPE_PROT"]


def test_the_reference_page_is_what_the_declarations_say() -> None:
    page = REPOSITORY / "docs" / "reference" / "settings.md"
    assert page.read_text() == env.reference(), "run `python -m etappe.config.env > docs/reference/settings.md`"
