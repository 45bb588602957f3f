"""Groups of people, made and filled by who manages people. What a group was given is seen from the next click on."""

from picturerail.gallery import policy
from picturerail.gallery.accounts import addresses, groups, users
from picturerail.gallery.accounts.groups import PeopleGroup
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.activity.model import Deed
from picturerail.gallery.albums import viewers
from picturerail.gallery.follow_up import FollowUp
from picturerail.gallery.policy import Action


def find(at: ActionContext, group_id: str) -> PeopleGroup:
    """The group of that id, for somebody who manages people."""
    policy.check(at.who, Action.MANAGE_PEOPLE)
    return groups.find(at.db, group_id)


def add(at: ActionContext, name: str) -> PeopleGroup:
    """Make a group with nobody in it."""
    policy.check(at.who, Action.MANAGE_PEOPLE)
    group = groups.add(at.db, name)
    at.record(Deed.ADD_GROUP, group.id, about=group.name)
    return group


def rename(at: ActionContext, group: PeopleGroup, name: str) -> None:
    """Give a group another name."""
    policy.check(at.who, Action.MANAGE_PEOPLE)
    groups.rename(at.db, group, name)
    at.record(Deed.RENAME_GROUP, group.id, about=f"{group.name}, now {groups.clean_name(name)}")


def put(at: ActionContext, group: PeopleGroup, email: str) -> None:
    """Put an account into a group: it sees what the group was given, and what it will be."""
    policy.check(at.who, Action.MANAGE_PEOPLE)
    user = users.user_of(at.db, email)
    groups.put(at.db, group, user)
    at.record(Deed.JOIN_GROUP, group.id, about=f"{group.name}: {user.email}")


def take(at: ActionContext, group: PeopleGroup, email: str) -> None:
    """Take an account out of a group: it sees what the group was given no more."""
    policy.check(at.who, Action.MANAGE_PEOPLE)
    user = users.user_of(at.db, email)
    with at.following_up(FollowUp(accounts=[str(user.id)])):
        groups.take(at.db, group, user)
        addresses.close(at.db, [user.id])
    at.record(Deed.LEAVE_GROUP, group.id, about=f"{group.name}: {user.email}")


def remove(at: ActionContext, group: PeopleGroup) -> None:
    """Remove a group; its people keep their accounts, and what was given to them by themselves."""
    policy.check(at.who, Action.MANAGE_PEOPLE)
    members = addresses.accounts_of(at.db, [group.viewer])
    with at.following_up(FollowUp(accounts=list(map(str, members)))):
        viewers.forget(at.db, group.viewer)
        groups.remove(at.db, group)
        viewers.forget(at.db, group.viewer)  # what was given to it meanwhile
        addresses.close(at.db, members)
    at.record(Deed.REMOVE_GROUP, group.id, about=group.name)
