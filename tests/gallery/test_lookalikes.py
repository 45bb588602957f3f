"""Pictures that look alike: found by their hashes through an index, kept one or all, and taken back."""

import html
import io
import random
import re
from typing import Any

import pytest
from bson import ObjectId
from flask.testing import FlaskClient
from PIL import Image

from picturerail.database import Database
from picturerail.gallery import policy
from picturerail.gallery.actions import uploads
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.maintenance import lookalikes as maintenance
from picturerail.gallery.pictures import bits, lookalikes
from picturerail.gallery.pictures.model import Picture, parse_picture
from picturerail.gallery.pictures.text import PictureText
from picturerail.gallery.policy import Operator
from picturerail.settings import Settings
from tests.gallery.browser import Page
from tests.gallery.conftest import Maker, call, json_of, opened, post

PHASH = "0f1e2d3c4b5a6978"
WHO = Operator()


def flipped(phash: str, number: int, seed: int = 0) -> str:
    """The hash with so many other bits."""
    places = random.Random(seed).sample(range(bits.BITS), number)
    return f"{int(phash, 16) ^ sum(1 << place for place in places):016x}"


def other_bits(which: int) -> str:
    """The hash with these other bits."""
    return f"{int(PHASH, 16) ^ which:016x}"


@pytest.mark.parametrize("number", range(bits.MAX_DISTANCE + 1))
def test_every_near_hash_has_one_of_the_parts_that_are_looked_for(number: int) -> None:
    for seed in range(200):
        other = flipped(PHASH, number, seed)
        assert bits.distance(PHASH, other) == number
        assert set(bits.bands_of(other)) & set(bits.near_bands(PHASH))


def test_a_hash_of_nothing_has_no_parts() -> None:
    assert [bits.bands_of(each) for each in ("", "0" * 16, "f" * 16, "000000000000001f")] == [[]] * 4
    assert len(bits.near_bands(PHASH)) == 68


def hashed(make: Maker, phash: str, **fields: Any) -> Picture:
    return make(phash=phash, phash_bands=bits.bands_of(phash), **fields)


def joined(database: Database, *pictures: Picture) -> None:
    for one in pictures:
        lookalikes.join(database, one)


def groups(database: Database) -> list[list[str]]:
    found, _ = lookalikes.page(database, policy.changeable(WHO), 100)
    return [[one.id for one in group.pictures] for group in found]


def test_what_looks_alike_is_one_group(make: Maker, database: Database) -> None:
    first, far = hashed(make, PHASH), hashed(make, flipped(PHASH, 20))
    trashed = hashed(make, PHASH, state="trash")
    joined(database, first, far)
    assert groups(database) == []
    near = hashed(make, flipped(PHASH, 7))
    joined(database, near)
    assert groups(database) == [[first.id, near.id]]
    plan = database.gallery.find({"phash_bands": {"$in": bits.near_bands(PHASH)}}).explain()
    assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"])
    assert trashed.id not in str(groups(database))


def test_groups_that_a_picture_joins_become_one(make: Maker, database: Database) -> None:
    one, other = other_bits(0x3F), other_bits(0x3F << 32 | 0x3F << 20)
    joined(database, *(hashed(make, phash) for phash in (one, one, other, other)))
    middle = other_bits(0x3F << 32)
    assert [bits.distance(middle, each) for each in (one, other)] == [12, 6]
    joined(database, hashed(make, middle))
    assert sorted(map(len, groups(database))) == [2, 3]
    joined(database, hashed(make, PHASH))  # near to the one and to the middle
    assert [len(group) for group in groups(database)] == [6]


def test_a_page_ends_with_a_whole_group(
    make: Maker, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        joined(database, *(hashed(make, flipped(PHASH, 20, number)) for _ in range(3)))
    seen, after = [], ""
    while True:
        found, after = lookalikes.page(database, policy.changeable(WHO), 2, after)
        seen += [len(group.pictures) for group in found]
        if not after:
            break
    assert seen == [3] * 5
    monkeypatch.setattr(lookalikes, "MAX_READ", 4)
    found, after = lookalikes.page(database, policy.changeable(WHO), 2)
    assert [len(group.pictures) for group in found] == [3]
    assert after == found[0].id


def form_of(page: Page) -> tuple[str, list[str], str]:
    """Of the first group: where its form goes, what can be kept, and what is proposed."""
    action = re.search(r'<form class="lookalikes" method="post" action="([^"]+)"', page.text)
    assert action
    choices = re.findall(r'name="keep" value="([0-9a-f]{24})"( checked)?', page.text)
    [proposed] = [identity for identity, checked in choices if checked]
    return action[1], [identity for identity, _ in choices], proposed


def undo_in(client: FlaskClient) -> str:
    found = re.search(r'action="(/selection/[^"]+)"', client.get("/lookalikes/").text)
    assert found
    return html.unescape(found[1])


def test_one_is_kept_or_all_and_both_are_taken_back(
    owner: FlaskClient, make: Maker, database: Database
) -> None:
    assert "No pictures look alike" in opened(owner, "/lookalikes/").words
    small, large = hashed(make, PHASH, width=800, height=600), hashed(make, PHASH)
    joined(database, small, large)
    path, choices, proposed = form_of(opened(owner, "/lookalikes/"))
    assert (choices, proposed) == ([small.id, large.id], large.id)
    assert post(owner, path, action="one").status_code == 400
    assert post(owner, path, action="one", keep="0" * 24).status_code == 400
    assert post(owner, path, action="one", keep=large.id).status_code == 303
    assert owner.get(f"/api/v1/pictures/{small.id}").status_code == 404
    undo = undo_in(owner)
    assert post(owner, path, action="all").status_code == 404
    post(owner, undo)
    assert form_of(opened(owner, "/lookalikes/"))[1] == [small.id, large.id]
    post(owner, path, action="all")
    undo = undo_in(owner)
    assert groups(database) == []
    post(owner, undo)
    assert groups(database) == [[small.id, large.id]]


def test_a_burst_is_proposed_and_stacked(
    owner: FlaskClient, client: FlaskClient, make: Maker, database: Database
) -> None:
    def shot(second: int, **fields: Any) -> Picture:
        given = {"camera": {"camera": "Nikon Z 8"}, "taken_at": f"2026-05-04T10:00:{second:02}", **fields}
        return hashed(make, PHASH, **given)

    one, two, three = shot(1), shot(3, width=3200, height=2400), shot(5)
    joined(database, one, two, three)
    page = opened(owner, "/lookalikes/")
    assert "A burst of 3, taken 4 May 2026, 10:00" in page.words
    path, _, proposed = form_of(page)
    assert proposed == two.id
    late, elsewhere = shot(9), shot(10, camera={"camera": "Leica Q3"})
    joined(database, late, elsewhere)
    [burst] = re.findall(r'name="burst" value="([0-9a-f]{24})"', owner.get("/lookalikes/").text)
    assert burst == one.id
    assert post(owner, path, burst=late.id).status_code == 404
    assert post(owner, path, burst=burst).status_code == 303
    assert [each["id"] for each in json_of(client.get("/api/v1/pictures"))["pictures"]] == [
        elsewhere.id,
        late.id,
        two.id,
    ]
    assert groups(database) == [[late.id, elsewhere.id]]
    post(owner, undo_in(owner))
    assert groups(database) == [[one.id, two.id, three.id, late.id, elsewhere.id]]
    post(owner, path, action="stack", keep=late.id)
    [told] = json_of(client.get("/api/v1/pictures"))["pictures"]
    assert (told["id"], told["stack"]["count"]) == (late.id, 5)
    assert groups(database) == []


def test_a_raw_file_and_its_jpeg_are_proposed_as_one_shot(
    owner: FlaskClient, make: Maker, database: Database
) -> None:
    raw = hashed(make, PHASH, filename="DSC_1.NEF", format="nef", width=8000, height=6000)
    jpeg = hashed(make, PHASH, filename="dsc_1.jpg")
    joined(database, raw, jpeg)
    [group] = json_of(owner.get("/api/v1/lookalikes"))["groups"]
    assert (group["kind"], group["cover"], group["best"]) == ("pair", jpeg.id, raw.id)
    assert form_of(opened(owner, "/lookalikes/"))[2] == jpeg.id
    path = f"/api/v1/lookalikes/{group['id']}"
    assert call(owner, "POST", path, {"keep": None, "stack": True}).status_code == 400
    settled = json_of(call(owner, "POST", path, {"keep": group["cover"], "stack": True}))
    assert sorted(settled["changed"]) == sorted([raw.id, jpeg.id])


def test_people_decide_about_what_they_may_change(
    people: dict[str, FlaskClient], make: Maker, database: Database
) -> None:
    joined(database, *(hashed(make, PHASH, owner="somebody") for _ in range(3)))
    assert json_of(people["contributor"].get("/api/v1/lookalikes")) == {"groups": [], "next": None}
    [group] = json_of(people["editor"].get("/api/v1/lookalikes"))["groups"]
    path, ids = f"/api/v1/lookalikes/{group['id']}", [one["id"] for one in group["pictures"]]
    assert call(people["contributor"], "POST", path, {"keep": ids[0]}).status_code == 404
    settled = json_of(call(people["editor"], "POST", path, {"keep": ids[0]}))
    assert sorted(settled["changed"]) == sorted(ids[1:])
    assert call(people["editor"], "POST", path, {"keep": None}).status_code == 404


def scene(seed: int, **save: Any) -> bytes:
    """Light and dark fields that another seed puts elsewhere, as a JPEG."""
    fields = Image.frombytes("L", (9, 8), random.Random(seed).randbytes(72))
    file = io.BytesIO()
    fields.resize((450, 400), Image.Resampling.BICUBIC).convert("RGB").save(file, "JPEG", **save)
    return file.getvalue()


def test_uploads_find_what_they_look_like(
    stranger: CloudAccess, database: Database, settings: Settings
) -> None:
    at = ActionContext(Operator(), database, stranger, settings)
    seed = random.randrange(2**32)
    files = [scene(seed, quality=95), scene(seed + 1, quality=95), scene(seed, quality=40)]
    added = [
        uploads.add_file(at, io.BytesIO(each), filename="scene.jpg", text=PictureText()).picture
        for each in files
    ]
    assert groups(database) == [[added[0].id, added[2].id]]
    blank = {"$unset": {"phash": "", "phash_bands": "", "alike": ""}, "$set": {"unhashed": True}}
    database.gallery.update_many({}, blank)
    assert groups(database) == []
    assert maintenance.look(database, stranger, settings) == 3
    assert groups(database) == [[added[0].id, added[2].id]]
    assert maintenance.look(database, stranger, settings) == 0
    found = database.gallery.find_one({"_id": ObjectId(added[0].id)})
    assert found
    assert parse_picture(found).phash == added[0].phash
