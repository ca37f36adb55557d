"""Accounts of venues and companies on pages and in the API: opened, ordered on, paid, stated; who may see what."""

import pytest

from dispatch.domain.states import State
from dispatch.store.staff import Staff
from dispatch.web.runtime import EXTENSION
from tests.accounts import FRONT_DESK, make_all, open_account, pay, statements, to_month
from tests.web.conftest import Web
from tests.web.forms import ask, fill_in
from tests.web.queries import counted

HERE = "/manage/accounts"
NEW = "/desk/new"
ORDER = {
    "caller_phone": FRONT_DESK,
    "name": "李建国",
    "plate": "赣E12345",
    "pickup": "龙潭湖宾馆",
    "destination": "天佑庄园",
    "booked_km": "12",
    "when": "30",
    "insurance": "all_three",
}
TERMS = {"name": "龙潭湖宾馆", "kind": "hotel", "limit_fen": "1000", "payment_days": "15"}


@pytest.fixture(autouse=True)
def in_english(web: Web) -> None:
    with web.world.db.transaction() as session:
        for person in session.query(Staff):
            person.locale = "en"


def test_a_manager_opens_an_account_and_says_who_may_order_on_it(web: Web) -> None:
    manager = web.client(web.world.manager)
    opened = fill_in(manager, f"{HERE}/new", f"{HERE}/new", {**TERMS, "billing_email": "bills@hotel.example.cn"})
    assert opened.status_code == 303
    page = opened.location
    assert "Nobody yet" in manager.get(page).text
    assert (
        fill_in(manager, page, f"{page}/callers", {"phone": "138 0793 0001", "caller_name": "前台"}).status_code == 303
    )
    shown = manager.get(page).text
    assert "138****0001" in shown
    assert "¥1000.00" in shown
    assert "Credit is left" in manager.get(HERE).text
    again = fill_in(manager, page, f"{page}/callers", {"phone": "13807930001"})
    assert again.status_code == 409
    assert "orders on the account already" in again.text


def test_a_form_that_does_not_fit_names_every_field_and_keeps_what_was_typed(web: Web) -> None:
    manager = web.client(web.world.manager)
    typed = {**TERMS, "limit_fen": "viel", "payment_days": "bald", "address": "带湖路 88 号"}
    answer = fill_in(manager, f"{HERE}/new", f"{HERE}/new", typed)
    assert answer.status_code == 422
    for name in ("limit_fen", "payment_days"):
        assert f'href="#f-{name}"' in answer.text
    assert all(f'value="{text}"' in answer.text for text in ("viel", "bald", "带湖路 88 号"))
    wrong = fill_in(manager, f"{HERE}/new", f"{HERE}/new", {**TERMS, "billing_email": "bills"})
    assert 'href="#f-billing_email"' in wrong.text


def test_the_desk_is_asked_who_pays_only_for_numbers_with_an_account(web: Web) -> None:
    account_id = open_account(web.world)
    desk = web.client(web.world.dispatcher)
    assert "Who pays" not in desk.get(NEW).text
    offered = ask(desk, NEW, "/desk/caller", {"caller_phone": FRONT_DESK})
    assert 'id="payer" hx-swap-oob="true"' in offered
    assert f'name="account_id" value="{account_id}"' in offered
    assert "Credit is left" in offered
    assert "account_id" not in ask(desk, NEW, "/desk/caller", {"caller_phone": "13900000009"})
    assert "Who pays" in desk.get(f"{NEW}?caller={FRONT_DESK}").text


def test_the_choice_of_the_payer_stays_while_the_number_is_looked_up_again(web: Web) -> None:
    account_id = open_account(web.world)
    desk = web.client(web.world.dispatcher)
    kept = ask(desk, NEW, "/desk/caller", {"caller_phone": FRONT_DESK, "account_id": str(account_id)})
    assert f'value="{account_id}" checked' in kept
    other = ask(desk, NEW, "/desk/caller", {"caller_phone": FRONT_DESK, "account_id": "99"})
    assert 'value="customer" checked' in other


def test_a_trip_booked_on_account_says_so_to_desk_driver_and_customer(web: Web) -> None:
    account_id = open_account(web.world)
    desk = web.client(web.world.dispatcher)
    booked = fill_in(desk, NEW, NEW, {**ORDER, "account_id": str(account_id)})
    assert booked.status_code == 303
    trip_id = int(booked.location.rsplit("/", 1)[1])
    shown = desk.get(booked.location).text
    assert "龙潭湖宾馆" in shown.split("Pays")[1][:200]
    assert f"{HERE}/{account_id}" not in shown  # a dispatcher has no business with what it owes
    assert f"{HERE}/{account_id}" in web.client(web.world.manager).get(booked.location).text
    driver = web.client(web.world.driver)
    for state in (State.EN_ROUTE, State.DELIVERED, State.CLOSED):
        web.world.to(state, trip_id)
        assert "Nothing to collect from the customer" in driver.get(f"/driver/trip/{trip_id}").text
    link = web.client().get(_link(web, trip_id), headers={"Accept-Language": "en"}).text
    assert "You have nothing to pay" in link
    assert desk.get(f"/api/v1/trips/{trip_id}").get_json()["account"] == "龙潭湖宾馆"


def _link(web: Web, trip_id: int) -> str:
    return f"/t/{web.app.extensions[EXTENSION].keys.url(trip_id).rsplit(chr(47), 1)[1]}"


def test_a_refusal_stands_by_the_field_and_tells_no_amount(web: Web) -> None:
    account_id = open_account(web.world, limit_fen=1_234)
    desk = web.client(web.world.dispatcher)
    answer = fill_in(desk, NEW, NEW, {**ORDER, "account_id": str(account_id)})
    assert answer.status_code == 422
    assert 'href="#f-account_id"' in answer.text
    assert "does not cover this trip" in answer.text
    assert "12.34" not in answer.text
    assert f'value="{account_id}" checked' in answer.text
    assert "天佑庄园" in answer.text


def test_the_desk_changes_who_pays_until_the_fare_is_settled(web: Web) -> None:
    account_id = open_account(web.world)
    trip_id = web.world.book(caller_phone=FRONT_DESK)
    desk, page = web.client(web.world.dispatcher), f"/desk/trips/{trip_id}"
    fill_in(desk, page, f"{page}/payer", {"account_id": str(account_id)})
    assert web.world.trip(trip_id).account_id == account_id
    fill_in(desk, page, f"{page}/payer", {"account_id": "customer"})
    assert web.world.trip(trip_id).account_id is None
    web.world.to(State.CLOSED, trip_id)
    assert f"{page}/payer" not in desk.get(page).text
    late = web.post(desk, f"/api/v1/trips/{trip_id}/account", {"account_id": account_id})
    assert late.status_code == 409


def test_payments_are_posted_and_taken_back_on_the_page(web: Web) -> None:
    account_id = open_account(web.world)
    manager, page = web.client(web.world.manager), f"{HERE}/{account_id}"
    assert fill_in(manager, page, f"{page}/payments", {"amount_fen": "0", "reference": "x"}).status_code == 422
    fill_in(manager, page, f"{page}/payments", {"amount_fen": "300", "reference": "工行 0032"})
    shown = manager.get(page).text
    assert "−¥300.00" in shown
    back = shown.split("/take-back")[0].rsplit("/", 1)[1]
    action = f"{page}/entries/{back}/take-back"
    assert fill_in(manager, page, action, {"reason": " "}).status_code == 422
    assert fill_in(manager, page, action, {"reason": "记错户"}).status_code == 303
    shown = manager.get(page).text
    assert action not in shown
    assert "记错户" in shown
    assert "¥300.00" in manager.get("/manage/journal").text


def test_a_statement_is_a_pdf_and_is_sent_again_on_demand(web: Web) -> None:
    account_id = open_account(web.world)
    web.world.to(State.CLOSED, web.world.book(caller_phone=FRONT_DESK, account_id=account_id))
    to_month(web.world, 4)
    make_all(web.world)
    (statement,) = statements(web.world, account_id)
    care = web.client(web.world.agent)
    page = f"{HERE}/{account_id}"
    for address in (
        f"{page}/statements/{statement.id}.pdf",
        f"/api/v1/accounts/{account_id}/statements/{statement.id}/pdf",
    ):
        assert care.get(address).data.startswith(b"%PDF")
    assert web.client(web.world.dispatcher).get(f"{page}/statements/{statement.id}.pdf").status_code == 403
    other = open_account(web.world, name="江铜集团")
    assert care.get(f"{HERE}/{other}/statements/{statement.id}.pdf").status_code == 404
    to_month(web.world, 4, 20)
    care = web.client(web.world.agent)
    shown = care.get(page).text
    assert "Overdue since 2026-04-16" in shown
    assert f"{page}/statements/{statement.id}/send" not in shown
    rows = care.get(f"/api/v1/accounts/{account_id}/statements").get_json()["statements"]
    assert [(row["number"], row["open_fen"]) for row in rows] == [(statement.number, statement.closing_fen)]


def test_the_api_opens_changes_stops_and_lists_accounts(web: Web) -> None:
    manager = web.client(web.world.manager)
    body = {"kind": "company", "name": "江铜集团", "limit_fen": 500_000, "payment_days": 30}
    made = web.post(manager, "/api/v1/accounts", body)
    assert made.status_code == 201
    address = f"/api/v1/accounts/{made.get_json()['id']}"
    assert web.post(manager, f"{address}/callers", {"phone": "13807930009"}).status_code == 201
    assert web.post(manager, f"{address}/stop", {"reason": "换老板"}).get_json()["stop"] == "by_hand"
    desk = web.client(web.world.dispatcher)
    offered = desk.get("/api/v1/accounts/offered?phone=13807930009").get_json()["accounts"]
    assert [(one["name"], one["stop"], one["reason"]) for one in offered] == [("江铜集团", "by_hand", "换老板")]
    assert web.post(manager, f"{address}/resume").get_json()["stop"] is None
    paid = web.post(manager, f"{address}/payments", {"amount_fen": 100, "reference": "x"}).get_json()
    assert web.post(manager, f"{address}/entries/{paid['id']}/take-back", {"reason": "y"}).status_code == 201
    entries = manager.get(f"{address}/entries").get_json()["entries"]
    assert [entry["amount_fen"] for entry in entries] == [100, -100]
    assert [one["name"] for one in manager.get("/api/v1/accounts").get_json()["accounts"]] == ["江铜集团"]


def test_customer_service_reads_accounts_and_changes_nothing(web: Web) -> None:
    account_id = open_account(web.world)
    care, page = web.client(web.world.agent), f"{HERE}/{account_id}"
    shown = care.get(page)
    assert shown.status_code == 200
    assert "<form" not in shown.text.split("<main")[1].split("</main")[0]
    assert care.post(f"{page}/payments", data={}).status_code == 403
    assert web.post(care, f"/api/v1/accounts/{account_id}/payments", {}).status_code == 403
    assert web.client(web.world.dispatcher).get(page).status_code == 403


def test_the_customers_page_leads_to_the_accounts(web: Web) -> None:
    assert f'href="{HERE}"' in web.client(web.world.agent).get("/care/customers").text
    assert f'href="{HERE}"' not in web.client(web.world.dispatcher).get("/care/customers").text


def test_a_profile_tells_what_its_tier_comes_from_every_form_of_a_number_and_its_accounts(web: Web) -> None:
    open_account(web.world)
    trip_id = web.world.book(caller_phone="138-0793-0001")
    web.world.to(State.CLOSED, trip_id)
    spent = web.world.trip(trip_id).total_fen or 0
    customer = web.world.trip(trip_id).customer_id
    live = web.world.book(caller_phone=FRONT_DESK)
    desk, page = web.client(web.world.dispatcher), f"/care/customers/{customer}"
    shown = desk.get(page).text
    assert "+8613807930001" in shown
    assert "138-0793-0001" in shown
    assert f"¥{spent / 100:.2f}" in shown.split("Money in a year")[1][:200]
    assert "龙潭湖宾馆" in shown
    assert f'href="{page}"' in desk.get(f"/desk/trips/{live}").text
    care = web.client(web.world.agent)
    masked = care.get(page).text
    assert "138-0793-0001" not in masked
    assert "13807930001" not in masked
    told = web.post(care, f"/api/v1/customers/{customer}/reveal", {"what": "phones", "reason": "回访"}).get_json()
    assert told["value"] == "138 0793 0001 (+8613807930001 · 138-0793-0001)"
    seen = care.get(f"/api/v1/customers/{customer}").get_json()
    assert (seen["year_trips"], seen["year_spend_fen"], seen["dialled"]) == (1, spent, [""])


def test_the_list_of_accounts_asks_the_same_however_many_there_are(web: Web) -> None:
    def asked(names: tuple[str, ...]) -> int:
        for name in names:
            account_id = open_account(web.world, name=name)
            pay(web.world, account_id, 100_00, f"{name} 1")
        to_month(web.world, 4 if len(names) == 1 else 5)
        make_all(web.world)
        manager = web.client(web.world.manager)
        manager.get(HERE)  # what is asked once only
        with counted(web) as statements_sent:
            assert names[-1] in manager.get(HERE).text
        return len(statements_sent)

    assert asked(("龙潭湖宾馆",)) == asked(("信江大酒店", "云碧峰饭店", "三清山庄"))
