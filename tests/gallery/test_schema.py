"""Databases of earlier programs: each schema step on documents as that program wrote them, and nothing is lost."""

from typing import Any

from bson import ObjectId
from flask.testing import FlaskClient

from picturerail.clock import now
from picturerail.database import Database, ensure_schema
from picturerail.gallery.accounts import users
from picturerail.gallery.accounts.passwords import hash_password
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.maintenance import removal
from picturerail.gallery.pictures import listing
from picturerail.gallery.pictures.filter import in_state
from picturerail.gallery.pictures.model import new_id
from picturerail.settings import Settings

PASSWORD = "correct horse battery"


def old_picture(state: str | None, **fields: Any) -> dict[str, Any]:
    """A document as the program wrote it when the states were `live`, `trash`, `held` and `gone`."""
    identity = new_id()
    return {
        "_id": identity,
        "url": f"http://127.0.0.1:8000/picturerail/image/upload/v17/gallery/{identity}.jpg",
        "public_id": f"gallery/{identity}",
        "asset_id": "0" * 32,
        "version": 17,
        "width": 1600,
        "height": 1200,
        "format": "jpg",
        "bytes": 345678,
        "etag": f"{identity}00000000",
        "color": "#a1b2c3",
        "thumbhash": "3OcRJYB4d3h/iIeHeEh3eIhw+j3A",
        "description": "A boat",
        "filename": "boat.jpg",
        "tags": ["sea"],
        "owner": "0" * 24,
        "created_at": now(),
        "updated_at": now(),
        "words": ["#sea", "a", "boat", "sea"],
        **({"state": state} if state else {}),
        **fields,
    }


def before_the_steps(database: Database) -> None:
    database["schema"].delete_many({"_id": "version"})


def test_states_get_their_new_names_and_nothing_else_changes(database: Database) -> None:
    old = [
        old_picture("live", first_of="0" * 32),
        old_picture("trash", trashed_at=now(), batch="0a1b2c3d4e5f6071"),
        old_picture("held", same_as="0" * 24),
        old_picture("gone"),
        {"_id": ObjectId(), "filename": "tutorial.jpg", "description": "of the tutorial"},
    ]
    names = {"held": "duplicate", "gone": "deleted"}
    expected = [
        {**each, **({"state": names.get(each["state"], each["state"])} if "state" in each else {})}
        for each in old
    ]
    database.gallery.insert_many(old)
    before_the_steps(database)
    for _ in range(2):  # the second time as after a crash between the steps and the note of their number
        ensure_schema(database)
        before_the_steps(database)
    expected.sort(key=lambda each: each["_id"])
    now_there = database.gallery.find({}).sort("_id", 1)
    assert [
        {name: each.get(name) for name in was} for was, each in zip(expected, now_there, strict=True)
    ] == expected


def test_the_new_program_goes_on_with_what_the_old_one_began(
    database: Database, owner: FlaskClient, cloud: CloudAccess, settings: Settings
) -> None:
    live, trashed, waiting = old_picture("live"), old_picture("trash", trashed_at=now()), old_picture("held")
    gone = {"_id": new_id(), "url": "https://res.cloudinary.com/demo/image/upload/v1/x.jpg", "state": "gone"}
    database.gallery.insert_many([live, trashed, waiting, gone])
    before_the_steps(database)
    ensure_schema(database)
    assert owner.get(f"/gallery/{live['_id']}").status_code == 200
    assert str(trashed["_id"]) in owner.get("/trash/").text
    assert [one.id for one in listing.page(database, in_state("duplicate"), size=9).pictures] == [
        str(waiting["_id"])
    ]
    assert removal.cleanup(database, cloud, settings) == 1
    assert database.gallery.find_one({"_id": gone["_id"]}) is None


def test_addresses_of_accounts_are_folded_once_more(database: Database) -> None:
    for email in ("straße@example.com", "ada@example.com", "clash@ß.example", "clash@ss.example"):
        database.users.insert_one(
            {"email": email, "role": "editor", "password": hash_password(PASSWORD), "generation": 1}
        )
    before_the_steps(database)
    ensure_schema(database)
    kept = {account["email"] for account in database.users.find({})}
    assert kept == {"strasse@example.com", "ada@example.com", "clash@ß.example", "clash@ss.example"}
    assert users.check_sign_in(database, "Straße@example.com", PASSWORD)


def test_ranges_find_what_was_indexed_before_centuries_were(database: Database) -> None:
    far, near = ["#sea", "@taken=1850", "@taken=1850-05"], ["@taken=1950", "@taken=2024-05-17"]
    kept = [
        old_picture("live", tokens=[*far, "@taken=1850-05-17"]),
        old_picture("live", tokens=near, lent=["@taken=2150"]),
        old_picture("live", tokens=[*near, *far], lent=far),
        old_picture("live"),
    ]
    kept[1]["tokens"] = [*near, "@taken=2150"]
    database.gallery.insert_many(kept)
    before_the_steps(database)
    for _ in range(2):
        ensure_schema(database)
        before_the_steps(database)
    found = list(database.gallery.find({}, {"tokens": 1, "lent": 1}).sort("_id", 1))
    by_id = {each["_id"]: each for each in found}
    one, two, three, four = (by_id[each["_id"]] for each in kept)
    assert set(one["tokens"]) == {*kept[0]["tokens"], "@taken=18"}
    assert "lent" not in one
    assert (set(two["tokens"]), set(two["lent"])) == (
        {*near, "@taken=2150", "@taken=21"},
        {"@taken=2150", "@taken=21"},
    )
    assert (set(three["tokens"]), set(three["lent"])) == ({*near, *far, "@taken=18"}, {*far, "@taken=18"})
    assert "tokens" not in four
