"""The editor's form without JavaScript: shown, saved, taken back, copied to other pictures."""

import html
import io
import re
from typing import Any

from flask.testing import FlaskClient
from PIL import Image

from tests.files import opened
from tests.gallery.browser import Browser
from tests.gallery.conftest import Maker, call, json_of, post, token
from tests.service import Service


def edit_of(client: FlaskClient, picture_id: str) -> str:
    return str(json_of(client.get(f"/api/v1/pictures/{picture_id}"))["picture"]["edit"])


def revision(client: FlaskClient, picture_id: str) -> str:
    return str(json_of(client.get(f"/api/v1/pictures/{picture_id}"))["picture"]["updated_at"])


def undo_in(page: str) -> str:
    found = re.search(r'action="([^"]+/undo[^"]*)"', page)
    assert found
    return html.unescape(found[1])


def test_a_picture_is_cut_and_toned_by_a_form_and_taken_back(
    owner: FlaskClient, client: FlaskClient, make: Maker
) -> None:
    picture = make()
    path = f"/gallery/{picture.id}/editor"
    form = {"left": "10", "top": "20", "width": "50", "height": "25", "brightness": "-20", "look": "sepia"}
    edit = "c_crop,w_800,h_300,x_160,y_240/e_brightness:-20/e_sepia:60"
    shown = post(owner, path, **form, action="preview")
    assert shown.status_code == 200
    assert f"/upload/{edit}/c_limit," in shown.text
    assert 'name="left" min="0" max="99" step="any" value="10.0"' in shown.text
    # the whole picture, for the frame
    assert "/upload/e_brightness:-20/e_sepia:60/c_limit,f_auto" in shown.text
    assert edit_of(client, picture.id) == ""
    saved = post(owner, path, **form, updated_at=revision(owner, picture.id))
    assert (saved.status_code, saved.location) == (303, f"/gallery/{picture.id}")
    assert edit_of(client, picture.id) == edit
    page = owner.get(path).text
    assert 'value="sepia" checked' in page
    post(owner, undo_in(page))
    assert edit_of(client, picture.id) == ""
    post(owner, path, **form, updated_at=revision(owner, picture.id))
    owner.get(path)  # says what came of that
    post(owner, path, action="reset", updated_at=revision(owner, picture.id))
    assert edit_of(client, picture.id) == ""
    post(owner, undo_in(owner.get("/albums/").text))
    assert edit_of(client, picture.id) == edit


def test_an_undo_takes_no_edit_back_that_somebody_has_made_since(
    people: dict[str, FlaskClient], make: Maker
) -> None:
    owner, picture = people["owner"], make()
    path = f"/gallery/{picture.id}"
    post(owner, f"{path}/editor", angle="90", updated_at=revision(owner, picture.id))
    undo = undo_in(owner.get(path).text)
    assert post(people["editor"], f"{path}/turn", way="90").status_code == 303
    assert "it stays as it is" in owner.get(post(owner, undo).location).text
    assert edit_of(owner, picture.id) not in ("", "a_90")


def test_a_shape_is_cut_by_name(owner: FlaskClient, client: FlaskClient, make: Maker) -> None:
    picture = make()
    post(owner, f"/gallery/{picture.id}/editor", shape="1:1", updated_at=revision(owner, picture.id))
    assert edit_of(client, picture.id) == "c_crop,w_1200,h_1200,x_200,y_0"


def test_nobody_else_s_edit_is_overwritten(owner: FlaskClient, client: FlaskClient, make: Maker) -> None:
    picture = make()
    before = revision(owner, picture.id)
    call(owner, "PATCH", f"/api/v1/pictures/{picture.id}", {"edit": "e_sepia:80"})
    answer = post(owner, f"/gallery/{picture.id}/editor", angle="90", updated_at=before)
    assert answer.status_code == 409
    assert "Somebody else changed this picture" in answer.text
    assert 'value="90" selected' in answer.text
    assert edit_of(client, picture.id) == "e_sepia:80"
    assert "A script has edited this picture" in owner.get(f"/gallery/{picture.id}/editor").text


def test_unfit_settings_are_refused(people: dict[str, FlaskClient], make: Maker) -> None:
    owner, picture = people["owner"], make()
    path = f"/gallery/{picture.id}/editor"
    for form in (
        {"angle": "45"},
        {"straighten": "46"},
        {"brightness": "1e3"},
        {"left": "nan"},
        {"width": "0"},
        {"look": "../x"},
        {"shape": "0:1"},
        {"action": "burn"},
    ):
        assert post(owner, path, **form).status_code == 400, form
    assert edit_of(owner, picture.id) == ""
    assert people["viewer"].get(path).status_code == 403
    assert post(people["contributor"], path, angle="90").status_code == 403
    assert post(people["contributor"], f"{path}/undo?edit=a_90").status_code == 403
    assert post(owner, f"{path}/undo?edit=l_text:x").status_code == 400


def paste(client: FlaskClient, *ids: str) -> Any:
    form = {"csrf_token": token(client), "action": "paste-edit", "id": list(ids)}
    return client.post("/selection/", data=form, follow_redirects=True)


def test_an_edit_is_copied_to_other_pictures_and_taken_back(
    people: dict[str, FlaskClient], client: FlaskClient, make: Maker
) -> None:
    owner = people["owner"]
    source, half, same = make(), make(width=800, height=600), make()
    call(owner, "PATCH", f"/api/v1/pictures/{source.id}", {"edit": "c_crop,w_800,h_300,x_160,y_240"})
    call(owner, "PATCH", f"/api/v1/pictures/{same.id}", {"edit": "a_90"})
    assert "Paste edit" not in owner.get("/gallery/?select=1").text
    assert paste(owner, half.id).status_code == 400
    assert post(owner, f"/gallery/{source.id}/editor/copy").location == "/gallery/?select=1"
    assert "Paste edit" in owner.get("/gallery/?select=1").text
    page = paste(owner, half.id, same.id, source.id).text
    assert "2 pictures are edited. 1 picture is as before" in page
    assert edit_of(client, half.id) == "c_crop,w_400,h_150,x_80,y_120"
    post(owner, undo_in(page))
    assert (edit_of(client, half.id), edit_of(client, same.id)) == ("", "a_90")
    assert post(owner, undo_in(page)).status_code == 404
    contributor = people["contributor"]
    assert post(contributor, f"/gallery/{source.id}/editor/copy").status_code == 403


def test_the_saved_picture_is_what_the_settings_say(service: Service) -> None:
    """Against a colour chart: four fields, straightened and cut, stay in their places and have no empty corners."""
    chart = Image.new("RGB", (400, 300))
    for number, colour in enumerate(((200, 30, 30), (30, 160, 30), (30, 30, 200), (220, 200, 40))):
        left, top = number % 2 * 200, number // 2 * 150
        chart.paste(colour, (left, top, left + 200, top + 150))
    file = io.BytesIO()
    chart.save(file, "PNG")
    browser = Browser(service.url)
    browser.sign_in(service.owner_email, service.owner_password)
    browser.post("/upload/", {}, [("image", "chart.png", file.getvalue())])
    href = browser.get("/gallery/").tiles()[0]
    page = browser.get(f"/gallery/{href}/editor")
    stamp = re.search(r'name="updated_at" value="([^"]*)"', page.text)
    assert stamp
    browser.post(f"/gallery/{href}/editor", {"angle": "90", "straighten": "5", "updated_at": stamp[1]})
    source = re.search(r'<img src="(/[^"]+a_90/a_5/c_crop[^"]+)"', browser.get(f"/gallery/{href}").text)
    assert source
    made = opened(browser.get(source[1]).body).convert("RGB")
    wide, high = made.size
    corners: list[Any] = [made.getpixel((x, y)) for y in (3, high - 4) for x in (3, wide - 4)]
    expected = ((30, 30, 200), (200, 30, 30), (220, 200, 40), (30, 160, 30))  # a quarter turn to the right
    for seen, wanted in zip(corners, expected, strict=True):
        assert all(abs(one - other) < 40 for one, other in zip(seen, wanted, strict=True)), (
            corners,
            expected,
        )
