"""Push messages to drivers' phones, from the command line."""

import click

from config import load_settings
from dispatch.cli.output import Unable, json_option, say
from dispatch.gateways.push import new_key, public_key


@click.group()
def push() -> None:
    """Offers pushed to drivers' phones."""


@push.command()
@json_option
def init(*, as_json: bool) -> None:
    """Make the key that push messages are signed with, once; browsers are told its public half."""
    settings = load_settings()
    if settings.vapid_private_key.get_secret_value():
        raise Unable("push_exists", "There is a key already. Phones that know it would have to ask for offers again.")
    path = settings.push_key_file
    path.parent.mkdir(parents=True, exist_ok=True)
    key = new_key()
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(key + "\n", encoding="ascii")
    lines = [f"The key is in {path}, readable by you only. Restart the service; phones then ask their drivers."]
    say({"file": str(path), "public_key": public_key(key)}, lines, as_json=as_json)
