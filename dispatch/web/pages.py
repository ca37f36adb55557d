"""All blueprints of pages, in one list for app.py."""

from flask import Blueprint

from dispatch.web import auth

BLUEPRINTS: tuple[Blueprint, ...] = (auth.blueprint,)
