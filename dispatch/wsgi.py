"""What a WSGI server runs: `dispatch.wsgi:app`."""

from config import load_settings
from dispatch.app import create_app

app = create_app(load_settings())
