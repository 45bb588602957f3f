"""Which albums are given to an account: read with the account itself, since every page of such a person asks this.

Whoever sees all needs none. One question asks by name for what the last one led to: the account, albums that are given
to what it stands for, albums that lie in these, their owners. Where its answer leads to more, that is asked for with
the rest once more. So what is remembered decides how often is asked, and never what is answered: what is taken from
somebody is gone on the next click.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from bson import ObjectId

from picturerail.concurrency.lru import Lru
from picturerail.database import Database, Document
from picturerail.gallery import policy
from picturerail.gallery.accounts.groups import viewer_of
from picturerail.gallery.accounts.users import User, person_of
from picturerail.gallery.albums.model import LIVE
from picturerail.gallery.policy import Action, Person

MAX_REMEMBERED = 200  # accounts: of each, all albums that are given to it

# Names of fields alone: what is worked out for an answer costs MongoDB as much as the look itself.
_ACCOUNT = dict.fromkeys(("email", "role", "generation", "disabled", "groups", "withdrawals"), 1)
_GIVEN = {"state": 1, "owner": 1}
_INSIDE = {**_GIVEN, "parent": 1}


@dataclass(frozen=True)
class GrantNames:
    """What a question asks for by name, beside what it begins with."""

    accounts: frozenset[ObjectId] = frozenset()  # the one that asks, and the owners of albums
    stands_for: frozenset[str] = frozenset()  # what the lists of viewers call the one that asks
    albums: frozenset[ObjectId] = frozenset()  # in which others may lie

    @cached_property
    def stages(self) -> list[Document]:
        """What adds these to the answer, where there are any."""
        given, inside = {"viewers": {"$in": list(self.stands_for)}}, {"parent": {"$in": list(self.albums)}}
        return [
            *([_along("users", {"_id": _one_of(self.accounts)}, _ACCOUNT)] if self.accounts else []),
            *([_along("albums", given, _GIVEN)] if self.stands_for else []),
            *([_along("albums", inside, _INSIDE)] if self.albums else []),
        ]

    def tells(self, more: "GrantNames") -> bool:
        """Whether the answer to these tells of all that `more` names, and of nobody else's albums."""
        return (
            self.accounts >= more.accounts
            and self.stands_for == more.stands_for
            and self.albums >= more.albums
        )

    def joined(self, more: "GrantNames") -> "GrantNames":
        """These and `more`, of whose account alone albums are asked for."""
        return GrantNames(self.accounts | more.accounts, more.stands_for, self.albums | more.albums)


@dataclass(frozen=True)
class GrantAnswer:
    """The documents that a question finds, by what they are."""

    accounts: Mapping[ObjectId, Mapping[str, Any]]
    given: Sequence[Mapping[str, Any]]
    inside: Sequence[Mapping[str, Any]]

    def leads_to(self, user_id: ObjectId) -> GrantNames:
        """What one has to ask for to know what is given to this account."""
        account = self.accounts.get(user_id)
        if account is None or policy.sees_all(account["role"]):
            return GrantNames(frozenset([user_id]))
        groups = map(viewer_of, account.get("groups", ()))
        return GrantNames(
            accounts=frozenset([user_id, *self._owners.values()]),
            stands_for=frozenset([str(user_id), *groups]),
            albums=frozenset(self._albums),
        )

    def person(self, user_id: ObjectId) -> Person:
        """Who acts by this account, with what is given to them, of which the answer tells all.

        That is divided by whether who owns the album sees all: nobody gives what is not theirs.
        """
        account = self.accounts[user_id]
        person = Person(user_id, account["email"], account["role"], withdrawals=account.get("withdrawals", 0))
        if policy.sees_all(person.role):
            return person
        albums = self._albums
        limited = {owner for owner, account in self._owners.items() if self._is_limited(account)}
        return replace(
            person,
            granted=tuple(album for album, owner in albums.items() if owner not in limited),
            granted_by=tuple((owner, album) for album, owner in albums.items() if owner in limited),
        )

    @cached_property
    def _albums(self) -> dict[ObjectId, str]:
        """The owners of the albums that are given, and of those that lie in these."""
        found = {each["_id"]: each.get("owner", "") for each in self.given if each.get("state") == LIVE}
        below: dict[ObjectId, list[Mapping[str, Any]]] = {}
        for each in self.inside:
            if each.get("state") == LIVE:
                below.setdefault(each["parent"], []).append(each)
        further = list(found)
        while further:
            new = [each for each in below.get(further.pop(), ()) if each["_id"] not in found]
            found |= {each["_id"]: each.get("owner", "") for each in new}
            further += [each["_id"] for each in new]
        return found

    @cached_property
    def _owners(self) -> dict[str, ObjectId]:
        """The accounts that own these albums; a script that has added some has none, and sees all."""
        return {owner: ObjectId(owner) for owner in {*self._albums.values()} if ObjectId.is_valid(owner)}

    def _is_limited(self, owner: ObjectId) -> bool:
        """Whether they do not see all: by a lesser role, or because the account is gone."""
        account = self.accounts.get(owner)
        return account is None or not policy.sees_all(account["role"])


_remembered: Lru[GrantNames] = Lru(MAX_REMEMBERED)


def remembered(user_id: ObjectId) -> GrantNames:
    """What the last answer about an account led to."""
    return _remembered.get(str(user_id)) or GrantNames(frozenset([user_id]))


def remember(user_id: ObjectId, names: GrantNames) -> None:
    """Ask for this the next time."""
    _remembered.keep(str(user_id), names)


def read(documents: Iterable[Mapping[str, Any]]) -> GrantAnswer:
    """Tell the documents of an answer apart, by what alone their kind has; sessions and texts have other ids."""
    accounts, given, inside = {}, [], []
    for each in documents:
        if "email" in each:
            accounts[each["_id"]] = each
        elif "parent" in each:
            inside.append(each)
        elif isinstance(each["_id"], ObjectId):
            given.append(each)
    return GrantAnswer(accounts, given, inside)


def with_grants(db: Database, user: User) -> Person:
    """Who somebody is that acts by this account, with the albums that are given to them."""
    if policy.may_all(person_of(user), Action.SEE_HIDDEN):
        return person_of(user)
    names = remembered(user.id)
    while True:
        answer = read(db.users.aggregate([{"$match": {"_id": user.id}}, *names.stages]))
        if user.id not in answer.accounts:
            return person_of(user)
        led = answer.leads_to(user.id)
        if names.tells(led):
            remember(user.id, led)
            return answer.person(user.id)
        names = names.joined(led)


def _one_of(ids: Collection[ObjectId]) -> object:
    """What an id has to be; one alone is found sooner than by a list of it."""
    return next(iter(ids)) if len(ids) == 1 else {"$in": list(ids)}


def _along(collection: str, query: Document, fields: Document | None = None) -> Document:
    """A stage that adds what a query finds in another collection."""
    pipeline = [{"$match": query}, *([{"$project": fields}] if fields else [])]
    return {"$unionWith": {"coll": collection, "pipeline": pipeline}}
