from pathlib import Path

import pytest

from core.errors import ConfigurationError
from core.settings import Settings


def test_the_defaults_stay_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    for name in ("MUNIMENT_HOME", "MUNIMENT_PORT", "MUNIMENT_HOST", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    settings = Settings.from_environment()
    assert (settings.address, settings.stores) == ("http://127.0.0.1:8080", "s3=embedded;copy=file:")
    assert settings.home_folder == Path("/home/somebody/.local/share/muniment")
    assert settings.inbox_folder == Path("/home/somebody/.local/share/muniment/inbox")
    assert settings.catalog_url == "sqlite:////home/somebody/.local/share/muniment/catalog.db"


@pytest.mark.parametrize(
    ("name", "value"), [("MUNIMENT_PORT", "many"), ("MUNIMENT_PORT", "70000"), ("MUNIMENT_WORKERS", "0")]
)
def test_a_senseless_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=f'"{name}" is not usable'):
        Settings.from_environment()


def test_an_address_has_no_slash_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUNIMENT_PUBLIC_URL", "https://archive.example.org/")
    assert Settings.from_environment().public_url == "https://archive.example.org"


@pytest.mark.parametrize(
    "value",
    [
        "scans.example.org",
        "//scans.example.org",
        "ftp://scans.example.org",
        "HTTPS://scans.example.org",
        "https://",
        "https:///items",
        "https://:8080",
        "https://scans.example.org:many",
        "https://scans.example.org:0",
        "https://[::1",
        "https://scans.example.org/?",
        "https://scans.example.org/?a=b",
        "https://scans.example.org/#top",
        "https://scans.example.org ",
        "https://scans.\nexample.org",
        "/",
    ],
)
def test_an_address_that_no_path_can_be_added_to_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("MUNIMENT_PUBLIC_URL", value)
    with pytest.raises(ConfigurationError) as refused:
        Settings.from_environment()
    assert str(refused.value) == (
        'The setting "MUNIMENT_PUBLIC_URL" is not usable: it must begin with "http://" or "https://" and a host, '
        'and hold no "?", "#" or space. Correct it.'
    )


@pytest.mark.parametrize("value", ["", "http://127.0.0.1:8080", "https://[::1]:9000", "https://example.org/scans"])
def test_an_address_of_any_host_is_taken(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("MUNIMENT_PUBLIC_URL", value)
    assert Settings.from_environment().public_url == value


def test_an_address_of_the_sixth_kind_stands_in_brackets() -> None:
    assert Settings(host="::1", port=9000).address == "http://[::1]:9000"
