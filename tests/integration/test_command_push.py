"""`homeward push init`: a key once, for us only, that the service then uses."""

import stat
from pathlib import Path

import pytest

from config import Settings, load_settings
from dispatch.app import create_app
from dispatch.gateways.push import public_key
from dispatch.web.runtime import EXTENSION
from tests.commands import DONE, UNABLE, run


def test_push_init_makes_a_key_once_and_the_service_tells_browsers_its_public_half(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOMEWARD_DATA_DIR", str(tmp_path))
    said = run("push", "init", "--json")
    assert said.code == DONE
    told = said.answer
    file = tmp_path / "push.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    settings = load_settings()
    key = settings.vapid_private_key.get_secret_value()
    assert told["public_key"] == public_key(key)
    app = create_app(settings)
    assert app.extensions[EXTENSION].push_key == told["public_key"]
    assert run("push", "init").code == UNABLE
    assert file.read_text().strip() == key


def test_a_key_given_as_a_setting_must_be_one() -> None:
    with pytest.raises(ValueError, match="VAPID"):
        public_key("no key")
    assert Settings(_env_file=None, vapid_subject="mailto:desk@example.cn").vapid_subject
    with pytest.raises(ValueError, match="mailto"):
        Settings(_env_file=None, vapid_subject="desk")
