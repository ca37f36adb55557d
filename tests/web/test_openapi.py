"""The API describes itself, and the kept description is the served one."""

import json
from pathlib import Path

from tests.web.conftest import Web

KEPT = Path(__file__).parents[2] / "docs" / "openapi.json"


def test_the_kept_description_is_what_is_served(web: Web) -> None:
    served = web.client().get("/api/v1/openapi.json").get_json()
    assert served["openapi"] == "3.1.0"
    assert json.loads(KEPT.read_text(encoding="utf-8")) == served


def test_every_route_of_the_api_is_described(web: Web) -> None:
    served = web.client().get("/api/v1/openapi.json").get_json()["paths"]
    rules = {
        rule.rule.replace("<int:", "{").replace("<", "{").replace(">", "}")
        for rule in web.app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and not rule.rule.endswith("/openapi.json")
    }
    assert rules == set(served)
