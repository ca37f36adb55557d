"""How far a day's callbacks are: every state counts once."""

from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.callback import CallbackState
from dispatch.domain.callback_coverage import STANDINGS, Coverage, by_state

figures = st.builds(Coverage, *[st.integers(0, 50)] * 6)


def test_every_state_of_a_callback_stands_in_exactly_one_figure() -> None:
    listed = [state for _, states in STANDINGS for state in states]
    assert sorted(listed) == sorted(CallbackState)


@given(st.dictionaries(st.sampled_from(CallbackState), st.integers(0, 50)))
def test_what_was_due_is_done_or_left(counts: dict[CallbackState, int]) -> None:
    found = by_state(counts)
    assert found.due == found.done + found.left == sum(counts.values())
    assert found.reached == counts.get(CallbackState.DONE, 0)


@given(figures, figures)
def test_the_figures_of_agents_add_up(one: Coverage, other: Coverage) -> None:
    both = one + other
    assert both.due == one.due + other.due
    assert both.overdue == one.overdue + other.overdue


def test_unreachable_is_done_but_not_reached() -> None:
    found = by_state({CallbackState.UNREACHABLE: 3, CallbackState.DONE: 1})
    assert (found.done, found.reached, found.share) == (4, 1, 1.0)


def test_a_day_on_which_nothing_was_due_has_no_share() -> None:
    assert Coverage().share is None
