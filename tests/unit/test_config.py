import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config import BadSettings, Settings, load_settings

KEY = "a key that nobody else has, 32 or more"


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"HOMEWARD_{name.upper()}", raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("HOMEWARD_ENVIRONMENT", "production")
    monkeypatch.setenv("HOMEWARD_SECRET_KEY", KEY)
    monkeypatch.setenv("HOMEWARD_BASE_URL", "https://go.example.cn/")
    return monkeypatch


def problems() -> list[str]:
    with pytest.raises(BadSettings) as refused:
        load_settings()
    return refused.value.problems


def test_nothing_needs_to_be_set_to_try_it(tmp_path: Path) -> None:
    settings = load_settings()
    assert settings.database_url == f"sqlite:///{tmp_path}/var/homeward.db"
    assert (settings.host, settings.port, settings.base_url) == ("127.0.0.1", 8080, "http://127.0.0.1:8080")
    assert not settings.production


def test_the_key_is_made_once_and_readable_by_us_only(tmp_path: Path) -> None:
    first, second = load_settings(), load_settings()
    kept = tmp_path / "var" / "secret.key"
    assert first.secret_key == second.secret_key
    assert len(first.secret_key.get_secret_value()) >= 48
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert set(kept.parent.iterdir()) == {kept, kept.with_name("seal.key")}  # the other opens the seals


def test_processes_that_start_together_share_one_key() -> None:
    with ThreadPoolExecutor(8) as starting:
        keys = {
            settings.secret_key.get_secret_value() for settings in starting.map(lambda _: load_settings(), range(8))
        }
    assert len(keys) == 1


def test_the_database_follows_the_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOMEWARD_DATA_DIR", "elsewhere")
    assert load_settings().database_url == f"sqlite:///{tmp_path}/elsewhere/homeward.db"


@pytest.mark.parametrize(
    ("name", "given", "understood"),
    [
        ("DATABASE_URL", "postgresql://db/homeward", "postgresql://db/homeward"),
        ("DATABASE_URL", "postgres://db/homeward", "postgresql://db/homeward"),
        ("HOMEWARD_DATABASE_URL", "sqlite:////srv/homeward.db", "sqlite:////srv/homeward.db"),
    ],
)
def test_databases_are_named_by_address(
    monkeypatch: pytest.MonkeyPatch, name: str, given: str, understood: str
) -> None:
    monkeypatch.setenv(name, given)
    assert load_settings().database_url == understood


def test_a_file_can_hold_the_settings_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("HOMEWARD_PORT=9000\nHOMEWARD_SESSION_HOURS=8\nPATH_OF_ANOTHER=1\n")
    monkeypatch.setenv("HOMEWARD_PORT", "9001")
    settings = load_settings()
    assert (settings.port, settings.session_hours) == (9001, 8)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOMEWARD_PORT", "70000"),
        ("HOMEWARD_PORT", "eighty"),
        ("HOMEWARD_LOG_LEVEL", "LOUD"),
        ("HOMEWARD_BASE_URL", "go.example.cn"),
        ("HOMEWARD_SMS_URL", "file:///etc/passwd"),
        ("HOMEWARD_IDEMPOTENCY_DAYS", "29"),
        ("HOMEWARD_MAX_STREAMS", "64"),
        ("HOMEWARD_MAX_PHOTO_BYTES", "999999999"),
        ("HOMEWARD_DATABASE_URL", "mysql://db/homeward"),
    ],
)
def test_a_bad_value_is_refused_by_the_name_it_was_set_under(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert [problem.partition(":")[0] for problem in problems()] == [name]


def test_secrets_are_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMEWARD_SECRET_KEY", KEY)
    assert KEY not in repr(load_settings())


def test_production_starts_with_a_key_of_its_own_and_a_public_address(production: pytest.MonkeyPatch) -> None:
    settings = load_settings()
    assert settings.production
    assert settings.secret_key.get_secret_value() == KEY
    assert settings.base_url == "https://go.example.cn"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOMEWARD_SECRET_KEY", ""),
        ("HOMEWARD_SECRET_KEY", "changeme"),
        ("HOMEWARD_BASE_URL", ""),
        ("HOMEWARD_DEBUG", "1"),
        ("HOMEWARD_CLOCK_FILE", "clock"),
    ],
)
def test_production_refuses_what_is_only_fit_for_trying(production: pytest.MonkeyPatch, name: str, value: str) -> None:
    production.setenv(name, value)
    assert [problem.partition(":")[0] for problem in problems()] == [name]


def test_all_that_is_wrong_is_told_at_once(production: pytest.MonkeyPatch) -> None:
    production.setenv("HOMEWARD_SECRET_KEY", "short")
    production.setenv("HOMEWARD_DEBUG", "1")
    assert len(problems()) == 2
