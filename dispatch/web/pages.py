"""All blueprints of pages, in one list for app.py."""

from flask import Blueprint

from dispatch.web import auth, desk, driver

BLUEPRINTS: tuple[Blueprint, ...] = (auth.blueprint, desk.blueprint, driver.blueprint)
