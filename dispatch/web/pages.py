"""All blueprints of pages, in one list for app.py."""

from flask import Blueprint

from dispatch.web import auth, care, customer, desk, driver, manage

BLUEPRINTS: tuple[Blueprint, ...] = (
    auth.blueprint,
    desk.blueprint,
    driver.blueprint,
    care.blueprint,
    manage.blueprint,
    customer.blueprint,
)
