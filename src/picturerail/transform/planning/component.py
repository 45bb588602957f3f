"""One component of a transformation: what it does, in a fixed order whatever the order of its parameters."""

from picturerail.transform.grammar import Component
from picturerail.transform.planning.resize import plan_resize
from picturerail.transform.planning.shape import plan_angle, plan_background, plan_radius
from picturerail.transform.planning.state import State

ORDER = (plan_resize, plan_radius, plan_angle, plan_background)


def plan_component(state: State, component: Component) -> State:
    """The state after a component."""
    for plan_part in ORDER:
        state = plan_part(state, component)
    return state
