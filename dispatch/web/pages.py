"""All blueprints of pages, in one list for app.py."""

from flask import Blueprint

from dispatch.web import auth, care, customer, desk, driver, manage, phone

BLUEPRINTS: tuple[Blueprint, ...] = (
    auth.blueprint,
    desk.blueprint,
    driver.blueprint,
    phone.blueprint,
    care.blueprint,
    manage.blueprint,
    customer.blueprint,
)
