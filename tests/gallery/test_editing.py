"""Descriptions, conflicts, the trash, duplicates, and removing for good."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from picturerail.clock import now
from picturerail.database import Database
from picturerail.errors import NotFound
from picturerail.gallery.app import create_app
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.maintenance import removal
from picturerail.gallery.pictures import lifecycle, listing, lookup
from picturerail.gallery.pictures.filter import in_state
from picturerail.gallery.pictures.model import Picture
from picturerail.settings import Settings
from tests.files import jpeg
from tests.gallery.browser import Browser
from tests.gallery.conftest import Maker, call, post, signed_in
from tests.gallery.test_uploads import fresh


def test_a_description_is_edited(owner: FlaskClient, make: Maker) -> None:
    picture = make(description="before")
    assert ">before</textarea>" in owner.get(f"/gallery/{picture.id}/edit").text
    answer = post(
        owner, f"/gallery/{picture.id}/edit", description=" after\r\n\x07twice ", updated_at=picture.revision
    )
    assert (answer.status_code, answer.location) == (303, f"/gallery/{picture.id}")
    page = owner.get(answer.location).text
    assert ">after\ntwice</p>" in page
    assert "Description and tags are saved." in page


def test_of_two_editors_the_second_is_told(owner: FlaskClient, make: Maker, database: Database) -> None:
    picture = make(description="before")
    form = f"/gallery/{picture.id}/edit"
    post(owner, form, description="first", updated_at=picture.revision)
    answer = post(owner, form, description="second", updated_at=picture.revision)
    assert answer.status_code == 409
    assert "Somebody else changed this meanwhile" in answer.text
    assert "first" in answer.text
    assert ">second</textarea>" in answer.text
    assert lookup.find(database, picture.id, in_state("live")).description == "first"
    again = post(
        owner,
        form,
        description="second",
        updated_at=lookup.find(database, picture.id, in_state("live")).revision,
    )
    assert again.status_code == 303
    assert lookup.find(database, picture.id, in_state("live")).description == "second"


def test_the_second_editor_reads_the_other_time_and_keeps_what_was_chosen(
    owner: FlaskClient, make: Maker
) -> None:
    picture = make(description="before")
    form, mine = f"/gallery/{picture.id}/edit", {"updated_at": picture.revision, "location": "shown"}
    post(owner, form, description="before", taken_at="2019-05-01 10:00:00", updated_at=picture.revision)
    answer = post(owner, form, description="before", taken_at="2020-01-01", **mine)
    assert answer.status_code == 409
    assert "It was taken: 2019-05-01 10:00:00" in answer.text
    assert '<option value="shown" selected' in answer.text
    refused = post(owner, form, description="before", taken_at="no time", **mine)
    assert refused.status_code == 400
    assert '<option value="shown" selected' in refused.text


def test_a_session_that_ended_takes_no_words(owner: FlaskClient, make: Maker, database: Database) -> None:
    picture = make(description="before")
    form = f"/gallery/{picture.id}/edit"
    owner.get(form)
    database.sessions.delete_many({})
    answer = post(owner, form, description="<half an hour's work>", updated_at=picture.revision)
    assert answer.status_code == 401
    assert ">&lt;half an hour&#39;s work&gt;</textarea>" in answer.text
    assert f'href="/sign-in?next={form}"' in answer.text
    assert lookup.find(database, picture.id, in_state("live")).description == "before"


def test_edits_within_one_millisecond_are_revisions_of_their_own(make: Maker, database: Database) -> None:
    picture = make()
    revisions = [picture.revision]
    for number in range(20):
        present = lookup.find(database, picture.id, in_state("live"))
        changed = lifecycle.change(database, present, revisions[-1], {}, {"description": f"{number}"})
        revisions.append(changed.revision)
    assert len(set(revisions)) == 21
    assert revisions == sorted(revisions)


def test_a_tutorial_document_is_edited_as_it_is(owner: FlaskClient, database: Database) -> None:
    identity = database.gallery.insert_one(
        {"url": "https://x.example/a.png", "description": "old"}
    ).inserted_id
    assert post(owner, f"/gallery/{identity}/edit", description="new", updated_at="").status_code == 303
    [document] = database.gallery.find({})
    assert document.pop("updated_at")
    day = identity.generation_time
    facets = [f"@day={day:%m-%d}", f"@taken={day:%Y}", f"@taken={day:%Y-%m}", f"@taken={day:%Y-%m-%d}"]
    assert document.pop("tokens") == ["=new", *facets, "n", "ne", "new"]
    assert document.pop("sort")["title"].startswith("new ")
    assert document == {"_id": identity, "url": "https://x.example/a.png", "description": "new"}
    assert post(owner, f"/gallery/{identity}/edit", description="newer", updated_at="").status_code == 409


def test_a_description_that_is_too_long_is_kept_in_the_form(owner: FlaskClient, make: Maker) -> None:
    picture = make()
    answer = post(owner, f"/gallery/{picture.id}/edit", description="x" * 2001, updated_at=picture.revision)
    assert answer.status_code == 400
    assert "at most 2,000 characters; this has 2,001" in answer.text
    assert "x" * 2001 in answer.text
    assert (
        post(
            owner, f"/gallery/{picture.id}/edit", description="🏔" * 2000, updated_at=picture.revision
        ).status_code
        == 303
    )


def test_delete_undo_and_restore(owner: FlaskClient, make: Maker) -> None:
    picture = make(description="A boat")
    gone = post(owner, f"/gallery/{picture.id}/delete")
    assert gone.location == f"/gallery/?at={picture.id}", "to the place where it hung"
    answer = owner.get(gone.location, follow_redirects=True)
    assert "“A boat” is in the trash." in answer.text
    assert f'action="/gallery/{picture.id}/restore" data-undo' in answer.text
    assert picture.id in owner.get("/trash/").text
    assert post(owner, f"/gallery/{picture.id}/delete").status_code == 404
    assert post(owner, f"/gallery/{picture.id}/restore").location == f"/gallery/{picture.id}"
    assert owner.get(f"/gallery/{picture.id}").status_code == 200
    assert post(owner, f"/gallery/{picture.id}/restore").status_code == 404


def test_the_trash_has_pages_too(owner: FlaskClient, make: Maker) -> None:
    for _ in range(130):
        make(state="trash", trashed_at=now())
    first = owner.get("/trash/").text
    assert first.count("/restore") == 60
    assert "130 pictures" in first
    assert "Page 1" in first


# ---- removing for good -------------------------------------------------------------------------------------


@pytest.fixture
def real(settings: Settings, stranger: CloudAccess, database: Database) -> Flask:
    """The gallery of these tests with the cloud of the running program."""
    return create_app(settings, stranger)


def uploaded(app: Flask, database: Database) -> str:
    """A picture whose bytes lie in the real cloud; returns its id."""
    editor = signed_in(app, database, "editor")
    from io import BytesIO

    from tests.gallery.conftest import token

    form = {"image": (BytesIO(fresh()), "x.jpg"), "description": "", "csrf_token": token(editor)}
    assert editor.post("/upload/", data=form).status_code == 303
    return listing.page(database, in_state("live"), size=1).pictures[0].id


def size_of(cloud: CloudAccess, picture: Picture) -> str:
    """An address that everybody may open."""
    return cloud.url(picture.public_id, picture.version, "w_20", "jpg", picture.delivery)


def test_after_thirty_days_in_the_trash_the_bytes_go_too(
    real: Flask, settings: Settings, stranger: CloudAccess, database: Database
) -> None:
    old, young, live = (uploaded(real, database) for _ in range(3))
    addresses = {}
    for identity in (old, young, live):
        picture = lookup.find(database, identity, in_state("live"))
        addresses[identity] = size_of(stranger, picture)
    lifecycle.trash(database, old)
    later = now() + timedelta(days=29)
    assert removal.cleanup(database, stranger, settings, at=later) == 0
    assert Browser("").get(addresses[old]).status == 200
    assert removal.cleanup(database, stranger, settings, at=later + timedelta(days=2)) == 1
    lifecycle.trash(database, young)
    assert removal.cleanup(database, stranger, settings, at=later) == 0
    statuses = [Browser("").get(addresses[identity]).status for identity in (old, young, live)]
    assert statuses == [404, 200, 200]
    assert database.gallery.count_documents({}) == 2


def test_a_cloud_that_is_away_gets_its_bytes_removed_later(
    real: Flask, settings: Settings, stranger: CloudAccess, cloud: CloudAccess, database: Database
) -> None:
    identity = uploaded(real, database)
    picture = lookup.find(database, identity, in_state("live"))
    address = size_of(stranger, picture)
    lifecycle.trash(database, identity)
    assert removal.empty_trash(database, cloud, settings) == 1  # `cloud` answers nobody
    with pytest.raises(NotFound):
        lifecycle.restore(database, in_state("trash"), identity)
    assert Browser("").get(address).status == 200
    assert removal.cleanup(database, stranger, settings) == 1
    assert Browser("").get(address).status == 404
    assert database.gallery.count_documents({}) == 0


def test_undecided_duplicates_go_after_a_day(
    real: Flask, settings: Settings, stranger: CloudAccess, database: Database, make: Maker
) -> None:
    identity = uploaded(real, database)
    database.gallery.update_one({}, {"$set": {"state": "duplicate"}})
    assert removal.cleanup(database, stranger, settings, at=now() + timedelta(hours=23)) == 0
    assert removal.cleanup(database, stranger, settings, at=now() + timedelta(hours=25)) == 1
    with pytest.raises(NotFound):
        lookup.find(database, identity, in_state("live", "duplicate", "deleted"))


def test_tutorial_files_go_with_their_last_document(
    settings: Settings, stranger: CloudAccess, database: Database
) -> None:
    settings.upload_folder.mkdir()
    file = settings.upload_folder / "twice.jpg"
    file.write_bytes(jpeg(8, 8))
    for expected in (True, False):
        database.gallery.insert_one({"filename": "twice.jpg", "state": "trash", "trashed_at": now()})
        if expected:
            database.gallery.insert_one({"filename": "twice.jpg", "description": "the other"})
        else:
            database.gallery.update_many({"description": "the other"}, {"$set": {"state": "deleted"}})
        removal.empty_trash(database, stranger, settings)
        assert file.exists() is expected
    assert database.gallery.count_documents({}) == 0


def test_other_peoples_clouds_are_left_alone(
    settings: Settings, cloud: CloudAccess, database: Database
) -> None:
    url = "https://res.cloudinary.com/demo/image/upload/v1/sample.jpg"
    database.gallery.insert_one({"url": url, "state": "trash", "trashed_at": now()})
    assert removal.empty_trash(database, cloud, settings) == 1
    assert database.gallery.count_documents({}) == 0


# ---- the same bytes ----------------------------------------------------------------------------------------


def fields(public_id: str, etag: str) -> dict[str, object]:
    words = {"filename": "", "description": ""}
    return {"public_id": public_id, "etag": etag, "owner": "o", "url": "", "visibility": "public", **words}


def test_of_many_equal_uploads_at_one_moment_one_is_the_first(database: Database) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(16) as pool:
        added = list(pool.map(lambda n: lifecycle.add(database, fields(f"gallery/{n}", "e" * 32)), range(16)))
    states = sorted(one.state for one in added)
    assert states == ["duplicate"] * 15 + ["live"]
    first = next(one for one in added if one.state == "live")
    assert {one.same_as for one in added if one.state == "duplicate"} == {first.id}


def test_the_same_answer_twice_is_one_picture(database: Database) -> None:
    first = lifecycle.add(database, fields("gallery/a", "e" * 32))
    assert lifecycle.add(database, fields("gallery/a", "e" * 32)) == lookup.find(
        database, first.id, in_state("live")
    )
    assert database.gallery.count_documents({}) == 1


def test_bytes_that_are_only_in_the_trash_are_new(database: Database) -> None:
    first = lifecycle.add(database, fields("gallery/a", "e" * 32))
    lifecycle.trash(database, first.id)
    assert lifecycle.add(database, fields("gallery/b", "e" * 32)).state == "live"
    assert lifecycle.restore(database, in_state("trash"), first.id).state == "live"
    assert lifecycle.add(database, fields("gallery/c", "e" * 32)).state == "duplicate"


def test_clouds_that_tell_no_hash_give_no_duplicates(database: Database) -> None:
    for number in range(3):
        assert lifecycle.add(database, fields(f"gallery/{number}", "")).state == "live"


def test_held_uploads_are_their_owners_to_decide_and_nobody_elses_to_see(
    owner: FlaskClient, client: FlaskClient, make: Maker
) -> None:
    held = make(state="duplicate", owner="somebody else")
    assert held.id not in owner.get("/upload/").text
    assert client.get(f"/gallery/{held.id}").status_code == 404
    assert call(owner, "POST", f"/api/v1/pictures/{held.id}/keep").status_code == 200
