"""All blueprints of pages, in one list for app.py."""

from flask import Blueprint

from dispatch.web import auth, driver

BLUEPRINTS: tuple[Blueprint, ...] = (auth.blueprint, driver.blueprint)
