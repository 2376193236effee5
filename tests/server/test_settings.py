"""Settings: where they come from, and what a broken one says."""

from __future__ import annotations

from pathlib import Path

import pytest

from podium.server.settings import SettingError, Settings, read_settings, variables
from podium.tests.support.settings_table import README, markdown_table

BROKEN = [
    ("PODIUM_PORT", "eighty", "whole number"),
    ("PODIUM_PORT", "70000", "0 to 65535"),
    ("PODIUM_PORT", "-1", "0 to 65535"),
    ("PODIUM_HOST", "http://here/", "host name"),
    ("PODIUM_TOKEN", "short", "16 to 200"),
    ("PODIUM_TOKEN", "sixteen chars ok?", "16 to 200"),
    ("PODIUM_MONGO_URI", "postgres://x", "mongodb://"),
    ("PODIUM_LOG_LEVEL", "loud", "debug, info"),
    ("PODIUM_MAX_KERNELS", "0", "1 or more"),
    ("PODIUM_BOX", "on", "auto, required or off"),
    ("PODIUM_KERNEL_IDLE_SECONDS", "nan", "above 0"),
    ("PODIUM_DATA_DIR", "~nobody-of-that-name/x", "unknown"),
]


def test_defaults_are_for_one_person_on_one_machine() -> None:
    settings = read_settings({})
    assert (settings.server.host, settings.server.port) == ("127.0.0.1", 8000)
    assert settings.store.uri is None
    assert settings == Settings(data_dir=settings.data_dir)


def test_options_win_over_the_environment() -> None:
    settings = read_settings({"PODIUM_PORT": "1", "PODIUM_HOST": "::1"}, {"PODIUM_PORT": "2"})
    assert (settings.server.port, settings.server.host) == (2, "::1")


def test_an_empty_variable_is_one_that_is_not_set() -> None:
    assert read_settings({"PODIUM_PORT": ""}).server.port == 8000


def test_an_empty_option_is_a_mistake() -> None:
    with pytest.raises(SettingError, match="--data-dir"):
        read_settings({}, {"PODIUM_DATA_DIR": ""})


@pytest.mark.parametrize(("name", "value", "why"), BROKEN)
def test_a_broken_setting_names_itself_and_says_why(name: str, value: str, why: str) -> None:
    with pytest.raises(SettingError, match=name) as caught:
        read_settings({name: value})
    assert why in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_option_is_called_as_it_was_typed() -> None:
    with pytest.raises(SettingError, match=r"^--data-dir"):
        read_settings({}, {"PODIUM_DATA_DIR": "\0"})


def test_secrets_are_not_repeated() -> None:
    secret = "not/a/token/but/close"
    with pytest.raises(SettingError) as caught:
        read_settings({"PODIUM_TOKEN": secret})
    assert secret not in str(caught.value)
    assert "top-secret-token-of-mine" not in repr(read_settings({"PODIUM_TOKEN": "top-secret-token-of-mine"}))


def test_paths_are_made_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_settings({"PODIUM_DATA_DIR": "here"}).data_dir == tmp_path / "here"


def test_hosts_are_a_list() -> None:
    assert read_settings({"PODIUM_ALLOWED_HOSTS": "Box.lan, other "}).server.allowed_hosts == ("box.lan", "other")


def test_every_default_is_one_that_could_be_set() -> None:
    for variable, default in variables():
        if isinstance(default, int | float) and "MB" not in variable.name:
            assert variable.parse(str(default)) == default


def test_the_readme_lists_every_setting() -> None:
    assert markdown_table() in README.read_text()
