"""Everybody of the branch, a page at a time, by the names that all lists page by."""

from tests.web.conftest import Web


def test_the_list_of_staff_is_paged_as_every_other(web: Web) -> None:
    manager = web.client(web.world.manager)
    everybody = [one["login"] for one in manager.get("/api/v1/staff").get_json()["staff"]]
    assert everybody == ["sr002", "sr001", "agent", "dispatcher", "manager"]
    walked, before = [], ""
    for _ in range(3):
        page = manager.get(f"/api/v1/staff?limit=2{before}").get_json()
        walked += [one["login"] for one in page["staff"]]
        before = f"&before={page['next_before']}"
    assert walked == everybody
    assert page["next_before"] is None
    assert manager.get("/api/v1/staff?after=1").status_code == 422


def test_the_page_of_staff_begins_where_the_last_one_ended(web: Web) -> None:
    manager, agent = web.client(web.world.manager), web.world.agent.id
    page = manager.get(f"/manage/staff?before={agent}").text
    assert f"/manage/staff/{web.world.dispatcher.id}" in page
    assert f"/manage/staff/{agent}" not in page
    assert 'href="/manage/staff"' in page
