"""The assessment on pages: the manager's month and lines, and one's own."""

from dispatch.domain.assessment import USUAL
from dispatch.domain.states import State
from dispatch.services import assessing
from dispatch.store.assessments import AssessmentLine
from tests.web.conftest import Web
from tests.web.forms import fill_in

MONTH = "?month=2026-03"


def assessed(web: Web) -> int:
    """A closed trip, posted; answers the driver's staff id."""
    web.world.to(State.CLOSED)
    with web.world.db.transaction() as session:
        assessing.post_all(session, web.world.branch_id, web.world.now)
    return web.world.driver.id


def test_the_month_leads_to_the_person_and_a_line_is_taken_back_there(web: Web) -> None:
    staff_id = assessed(web)
    manager = web.client(web.world.manager)
    page = f"/manage/assessment/{staff_id}{MONTH}"
    assert page in manager.get(f"/manage/assessment{MONTH}").text
    with web.world.db.reading() as session:
        line = session.query(AssessmentLine).filter_by(rule="rated_5").one().id
    without = fill_in(manager, page, page, {"line": str(line), "reason": " "})
    assert (without.status_code, "error-summary" in without.text) == (422, True)
    assert fill_in(manager, page, page, {"line": str(line), "reason": "按错了"}).status_code == 303
    assert "冲回：按错了" in manager.get(page).text


def test_weights_are_kept_for_a_coming_month_and_a_wrong_one_keeps_what_was_typed(web: Web) -> None:
    manager = web.client(web.world.manager)
    page = f"/manage/assessment{MONTH}"
    typed: dict[str, str | list[str]] = {rule.value: str(points) for rule, points in USUAL.items()}
    typed |= {"month": "2026-04", "start": "80", "late": "many", "do": "weigh"}
    wrong = fill_in(manager, page, page, typed)
    assert wrong.status_code == 422
    assert 'value="many"' in wrong.text
    assert fill_in(manager, page, page, typed | {"late": "-9"}).status_code == 303
    assert 'value="-9"' in manager.get("/manage/assessment?month=2026-04").text


def test_everybody_reads_their_own_month_and_its_lines(web: Web) -> None:
    assessed(web)
    own = web.client(web.world.driver).get(f"/account/assessment{MONTH}").text
    assert "评 5 分" in own
    assert "评 5 分" not in web.client(web.world.drivers[1]).get(f"/account/assessment{MONTH}").text
    assert "/account/assessment" in web.client(web.world.driver).get("/account").text
    assert web.client(web.world.driver).get("/account/assessment?month=x").status_code == 422


def test_the_file_has_every_line(web: Web) -> None:
    assessed(web)
    file = web.client(web.world.manager).get(f"/manage/assessment.csv{MONTH}")
    points, lines = file.text.removeprefix("\ufeff").strip().split("\r\n\r\n")
    assert points.splitlines()[1:] == ["sr001,代**,1,0,0,0,0,101"]
    assert [line.split(",")[2:4] for line in lines.splitlines()[1:]] == [["评 5 分", "1"], ["准时到达", "0"]]
