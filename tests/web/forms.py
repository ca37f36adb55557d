"""Filling in forms of pages as a browser does: with the hidden fields the page came with."""

import re
from collections.abc import Mapping
from html import unescape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


def hidden(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that is sent to `action`."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page, re.DOTALL)
    assert form is not None, f"the page has no form for {action}"
    return {name: unescape(value) for name, value in _HIDDEN.findall(form.group())}


def fill_in(client: FlaskClient, page: str, action: str, fields: Mapping[str, object]) -> TestResponse:
    """Open a page and send one of its forms; a file is a pair of stream and name."""
    shown = client.get(page).get_data(as_text=True)
    return client.post(action, data={**hidden(shown, action), **fields})


def ask(client: FlaskClient, page: str, path: str, fields: dict[str, str]) -> str:
    """What a page's script asks as one types: by POST with the page's token."""
    token = re.search(r'name="csrf-token" content="([^"]+)"', client.get(page).get_data(as_text=True))
    assert token is not None
    reply = client.post(path, data=fields, headers={"X-CSRFToken": token.group(1)})
    assert reply.status_code == 200, reply.get_data(as_text=True)
    return reply.get_data(as_text=True)
