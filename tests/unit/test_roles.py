"""Roles and permissions: deny by default."""

import pytest

from dispatch.domain.roles import GRANTS, STAFF_ROLES, Actor, Permission, Role, customer, system


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_staff_may_change_their_own_password_and_language(role: Role) -> None:
    assert Actor(1, "", 1, frozenset({role})).may(Permission.SIGNED_IN)


@pytest.mark.parametrize("permission", [p for p in Permission if p is not Permission.PUBLIC])
def test_nobody_without_a_role_may_anything_but_what_is_public(permission: Permission) -> None:
    assert not Actor(1, "", 1).may(permission)


def test_every_permission_is_somebodys() -> None:
    granted = frozenset[Permission]().union(*GRANTS.values())
    assert set(Permission) - granted == {Permission.PUBLIC}


def test_several_roles_add_up() -> None:
    both = Actor(1, "", 1, frozenset({Role.MANAGER, Role.DISPATCHER}))
    assert both.may(Permission.TARIFF_PUBLISH)
    assert both.may(Permission.TRIP_BOOK)
    assert not both.may(Permission.CALLBACK_WORK)


def test_a_customer_may_only_use_the_link() -> None:
    assert [p for p in Permission if customer(1, "李雷", 7).may(p)] == [Permission.PUBLIC, Permission.CUSTOMER_LINK]


def test_the_clock_uses_no_route() -> None:
    assert [p for p in Permission if system(1).may(p)] == [Permission.PUBLIC]
    assert system(1).has(Role.SYSTEM)


def test_a_dispatcher_sees_neither_callbacks_nor_agreements_nor_the_audit_log() -> None:
    desk = Actor(1, "", 1, frozenset({Role.DISPATCHER}))
    for denied in (
        Permission.CALLBACK_READ,
        Permission.AGREEMENT_READ,
        Permission.JOURNAL_READ,
        Permission.DRIVER_EDIT,
    ):
        assert not desk.may(denied)
