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
    ("name", "value"),
    [
        ("MUNIMENT_PORT", "many"),
        ("MUNIMENT_PORT", "70000"),
        ("MUNIMENT_WORKERS", "0"),
        ("MUNIMENT_AUDIT_DAYS", "0"),
        ("MUNIMENT_AUDIT_DAYS", "a month"),
    ],
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


@pytest.mark.parametrize("value", ["1:30", "24:00", "01:60", "01:30 ", "0130", "noon", "", "٠١:٣٠", "01:30\n"])
def test_an_audit_begins_at_a_time_of_day(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("MUNIMENT_AUDIT_TIME", value)
    with pytest.raises(ConfigurationError) as refused:
        Settings.from_environment()
    assert str(refused.value) == (
        'The setting "MUNIMENT_AUDIT_TIME" is not usable: it must be a time of day such as "01:30", '
        'from "00:00" to "23:59". Correct it.'
    )


@pytest.mark.parametrize("value", ["file:///etc/passwd", "ftp://example.org/", "example.org", "http://", "http://a b/"])
def test_a_heartbeat_goes_to_a_web_server(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("MUNIMENT_HEARTBEAT_URL", value)
    with pytest.raises(ConfigurationError) as refused:
        Settings.from_environment()
    assert str(refused.value) == (
        'The setting "MUNIMENT_HEARTBEAT_URL" is not usable: it must begin with "http://" or "https://" and a host. '
        "Correct it."
    )


def test_alerts_and_audits_are_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (Settings().channels, Settings().audit_days, Settings().audit_time) == ((), 30, "01:30")
    monkeypatch.setenv("MUNIMENT_ALERTS", " mailto://a.example.org?to=b@c.d&x=y \n json://hook/ ")
    monkeypatch.setenv("MUNIMENT_AUDIT_TIME", "23:59")
    monkeypatch.setenv("MUNIMENT_HEARTBEAT_URL", "https://watch.example.org/ping?key=1#x")
    settings = Settings.from_environment()
    assert settings.channels == ("mailto://a.example.org?to=b@c.d&x=y", "json://hook/")
    assert (settings.audit_time, settings.heartbeat_url) == ("23:59", "https://watch.example.org/ping?key=1#x")
