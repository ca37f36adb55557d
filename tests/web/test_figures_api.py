"""Reports and assessment by the API: who may, what is answered, what is refused."""

from dispatch.domain.assessment import USUAL, Rule
from dispatch.domain.breakdown import Breakdown
from dispatch.domain.states import State
from dispatch.services import assessing
from tests.web.conftest import Web

NIGHT = "first=2026-03-06&last=2026-03-06"


def post_lines(web: Web) -> None:
    with web.world.db.transaction() as session:
        assessing.post_all(session, web.world.branch_id, web.world.now)


def test_a_number_of_the_report_leads_to_its_trips(web: Web) -> None:
    closed, cancelled = web.world.to(State.CLOSED), web.world.to(State.CANCELLED)
    manager = web.client(web.world.manager)
    found = manager.get(f"/api/v1/reports?{NIGHT}").get_json()
    assert found["counts"]["trip_state"] == {"closed": 1, "cancelled": 1}
    assert found["drivers"][0]["rating"] == 5.0
    behind = f"/api/v1/reports/behind?{NIGHT}&breakdown=trip_state"
    assert manager.get(behind).get_json()["ids"] == [cancelled, closed]
    assert manager.get(f"{behind}&value=closed").get_json() == {"subject": "trip", "ids": [closed], "next_before": None}


def test_sums_and_customers_lead_to_their_entries_and_people(web: Web) -> None:
    closed, cancelled = web.world.to(State.CLOSED), web.world.to(State.CANCELLED)
    manager = web.client(web.world.manager)
    found = manager.get(f"/api/v1/reports?{NIGHT}").get_json()
    entries = manager.get(f"/api/v1/reports/entries?{NIGHT}&breakdown=ledger_kind").get_json()
    assert entries["amount_fen"] == found["money"]["total"] == sum(one["amount_fen"] for one in entries["entries"])
    drivers = sum(one["revenue_fen"] for one in found["drivers"])
    assert drivers + found["undriven_fen"] == found["money"]["total"]
    first = manager.get(f"/api/v1/reports/entries?{NIGHT}&breakdown=ledger_kind&limit=1").get_json()
    assert (len(first["entries"]), first["amount_fen"]) == (1, entries["amount_fen"])
    people = manager.get(f"/api/v1/reports/customers?{NIGHT}&breakdown=customer_kind&value=new").get_json()
    assert people["number"] == found["customers"]["customer_kind"][0]["customers"] == 2
    of_trips = {web.world.trip(trip).customer_id for trip in (closed, cancelled)}
    assert {one["customer_id"] for one in people["customers"]} == of_trips
    for asked in ("entries?breakdown=trip_state", "customers?breakdown=ledger_kind"):
        assert manager.get(f"/api/v1/reports/{asked}&{NIGHT}").status_code == 404


def test_every_breakdown_can_be_asked_for_its_rows(web: Web) -> None:
    web.world.to(State.CLOSED)
    manager = web.client(web.world.manager)
    for breakdown in Breakdown:
        assert manager.get(f"/api/v1/reports/behind?{NIGHT}&breakdown={breakdown}&value=x").status_code == 200


def test_a_period_that_is_none_is_refused_by_its_field(web: Web) -> None:
    manager = web.client(web.world.manager)
    for asked in ("first=2026-03-07&last=2026-03-06", "first=2020-01-01&last=2026-01-01", "first=x&last=2026-03-06"):
        assert manager.get(f"/api/v1/reports?{asked}").status_code == 422


def test_reports_are_the_managers_alone(web: Web) -> None:
    for actor in (web.world.dispatcher, web.world.agent, web.world.driver):
        assert web.client(actor).get(f"/api/v1/reports?{NIGHT}").status_code == 403


def test_a_driver_sees_their_own_lines_and_nobody_elses(web: Web) -> None:
    web.world.to(State.CLOSED)
    post_lines(web)
    own = web.client(web.world.driver).get("/api/v1/assessments/own?month=2026-03").get_json()
    assert (own["score"]["points"], {line["rule"] for line in own["lines"]}) == (101, {"rated_5", "on_time"})
    other = web.client(web.world.drivers[1]).get("/api/v1/assessments/own?month=2026-03").get_json()
    assert (other["score"], other["lines"]) == (None, [])
    someone = f"/api/v1/assessments/staff/{web.world.driver.id}"
    assert web.client(web.world.drivers[1]).get(someone).status_code == 403


def test_a_manager_takes_a_line_back_and_the_journal_says_why(web: Web) -> None:
    web.world.to(State.CLOSED)
    post_lines(web)
    manager = web.client(web.world.manager)
    own = manager.get(f"/api/v1/assessments/staff/{web.world.driver.id}?month=2026-03").get_json()
    line = next(line for line in own["lines"] if line["rule"] == "rated_5")
    back = f"/api/v1/assessments/lines/{line['id']}/take-back"
    assert web.post(manager, back, {"reason": " "}).status_code == 422
    assert web.post(manager, back, {"reason": "按错了"}).get_json()["points"] == -line["points"]
    assert web.post(manager, back, {"reason": "按错了"}).status_code == 409
    month = manager.get("/api/v1/assessments?month=2026-03").get_json()
    assert [(score["name"], score["points"]) for score in month["scores"]] == [(web.world.driver.name, 100)]
    told = manager.get("/api/v1/journal").get_json()["entries"]
    assert [entry["data"]["reason"] for entry in told if entry["type"] == "assessment.take_back"] == ["按错了"]


def test_weights_are_set_for_a_month_to_come_and_a_running_month_is_not_closed(web: Web) -> None:
    manager = web.client(web.world.manager)
    points = {rule.value: value for rule, value in {**USUAL, Rule.LATE: -7}.items()}
    path = "/api/v1/assessments/weights"
    assert web.post(manager, path, {"from_month": "2026-04", "start": 90, "points": points}).status_code == 201
    assert web.post(manager, path, {"from_month": "2026-02", "start": 90, "points": points}).status_code == 409
    assert web.post(manager, path, {"from_month": "2026-04", "start": 90, "points": {}}).status_code == 422
    april = manager.get("/api/v1/assessments?month=2026-04").get_json()
    assert (april["start"], april["weights"]["late"]) == (90, -7)
    assert web.post(manager, "/api/v1/assessments/close", {"month": "2026-03"}).status_code == 409
