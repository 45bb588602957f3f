"""The upload queue in a real browser: progress, refusals, cancel, retry, duplicates, parts, long lists."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests import pictures
from tests.browser.conftest import BUOY, FAR, Open
from tests.browser.upload_queue import UPLOADS, item, large_photo, photo, row
from tests.browser.watch import watch_of


def test_several_files_with_descriptions_written_while_they_are_sent(
    upload_page: Page, tmp_path: Path
) -> None:
    page = upload_page
    names = ["Änne & Bob.jpg", "写真.jpg", "plain.jpg"]
    page.set_input_files("#image", [photo(tmp_path, name) for name in names])
    row(page, "写真").get_by_role("textbox").fill("In a script of its own")
    row(page, "plain").get_by_role("textbox").fill("Plain")
    page.get_by_role("heading", name="Upload images").click()  # leave the field
    for name in names:
        item(page, name, "done")
    expect(page.locator("[data-summary]")).to_have_text(re.compile("3 of 3 in the gallery"))
    expect(page.locator("[data-voice]")).to_have_text("3 of 3 in the gallery")  # and of none that failed
    row(page, "写真").get_by_role("link", name="Look at it").click()
    expect(page.locator(".description")).to_have_text("In a script of its own")
    expect(page.locator(".facts")).to_contain_text("写真.jpg")


def test_a_folder_makes_an_album_and_those_in_it_albums_in_that(upload_page: Page, tmp_path: Path) -> None:
    """When the person says so; a second time the same albums are filled."""
    page, trip = upload_page, tmp_path / "Reise ü 旅"
    (trip / "Day 1").mkdir(parents=True)
    photo(trip, "above.jpg")
    photo(trip / "Day 1", "below.jpg")
    page.get_by_label("Make an album of each folder").check()

    def choose_folder() -> None:
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="A whole folder").click()
        chooser.value.set_files(str(trip))

    choose_folder()
    for name in ("above.jpg", "below.jpg"):
        item(page, name, "done")
    photo(trip / "Day 1", "later.jpg")
    page.reload()  # the page from before knows its albums; this one finds them
    page.get_by_label("Make an album of each folder").check()
    choose_folder()
    item(page, "later.jpg", "done")
    page.goto("/albums/")
    page.get_by_role("link", name="Reise ü 旅").first.click()
    expect(page.locator("a.tile")).to_have_count(1)
    expect(page.get_by_role("link", name="Day 1")).to_have_count(1)
    page.get_by_role("link", name="Day 1").click()
    expect(page.locator("a.tile")).to_have_count(2)
    watch_of(page).forgive()  # what was there already is told by 409


# which a phone's Chromium has, and that of a desktop has not
CAPTURE = """Object.defineProperty(HTMLInputElement.prototype, 'capture',
  { set(word) { this.setAttribute('capture', word); } })"""


def test_a_phone_opens_its_camera(open_page: Open, upload_page: Page, tmp_path: Path) -> None:
    page = open_page(width=390, has_touch=True, is_mobile=True)
    page.add_init_script(CAPTURE)
    page.goto("/upload/", wait_until="networkidle")
    button = page.get_by_role("button", name="Take a photograph")
    with page.expect_file_chooser() as chooser:
        button.tap()
    asked = chooser.value.element.evaluate("(field) => [field.getAttribute('capture'), field.accept]")
    assert asked == ["environment", "image/*"]
    chooser.value.set_files(photo(tmp_path, "just taken.jpg"))
    item(page, "just taken.jpg", "done")
    expect(upload_page.get_by_text("Take a photograph")).to_be_hidden()  # with a mouse


def test_addresses_go_into_the_queue_which_can_be_made_small(open_page: Open) -> None:
    page = open_page("/albums/new")
    title = "From afar, " + "and from farther still, " * 4 + "we came"
    page.get_by_label("Title").fill(title)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/albums/from-afar*")
    page.goto("/upload/", wait_until="networkidle")
    page.get_by_text("From an address").click()
    field = page.get_by_label("Addresses of pictures")
    field.fill(f"{FAR}\nharbour.jpg\n{FAR}")
    page.get_by_role("button", name="Fetch them").click()
    expect(page.locator(".upload-item")).to_have_count(2)
    item(page, FAR, "done")
    expect(page.locator("[data-state=refused]")).to_contain_text("this is no address of a picture")
    expect(row(page, "harbour.jpg").get_by_role("button", name="Remove")).to_be_visible()
    expect(page.get_by_role("button", name="Retry")).to_have_count(0)
    expect(field).to_have_value("")
    row(page, FAR).get_by_text("Tags and album of its own").click()
    with page.expect_response("**/api/v1/albums/*/pictures") as hung:
        row(page, FAR).get_by_label("Album").select_option(title)
    assert len(hung.value.json()["added"]) == 1
    assert row(page, FAR).evaluate("(row) => row.scrollWidth <= row.clientWidth")
    own = row(page, FAR).get_by_label("Tags of its own")
    own.fill("far harbour")
    with page.expect_response("**/api/v1/pictures/*") as saved:
        own.press("Enter")
    assert saved.value.json()["picture"]["tags"] == ["far harbour"]
    smaller = page.get_by_role("button", name="List", expanded=True)
    smaller.click()
    expect(page.locator(".upload-list")).to_be_hidden()
    expect(page.locator("[data-summary]")).to_be_in_viewport()
    page.get_by_role("button", name="List", expanded=False).click()
    expect(page.locator(".upload-list")).to_be_visible()
    watch_of(page).forgive()  # the refusal


@pytest.mark.parametrize(
    ("status", "detail", "state"),
    [
        (400, "there is nothing at this address (404).", "refused"),
        (400, "Write the IPv4 address in the URL as four decimal numbers.", "refused"),
        (415, "This is not a picture.", "refused"),
        (413, "the file is larger than the limit of 40 MB.", "refused"),
        (400, "it could not be fetched: no answer from this address.", "failed"),
        (400, "'tags' may have at most 1,200 characters.", "failed"),
        (404, "There is no such album.", "failed"),
    ],
    ids=["nothing", "spelling", "no-picture", "too-large", "silence", "tags", "album"],
)
def test_an_address_is_tried_again_only_where_that_can_help(
    open_page: Open, status: int, detail: str, state: str
) -> None:
    page = open_page("/upload/")
    page.route("**/api/v1/pictures", lambda route: route.fulfill(status=status, json={"detail": detail}))
    page.get_by_text("From an address").click()
    page.get_by_label("Addresses of pictures").fill("https://far.example/b.jpg")
    page.get_by_role("button", name="Fetch them").click()
    item(page, "https://far.example/b.jpg", state)
    expect(page.locator(".upload-item")).to_contain_text(detail)
    expect(page.get_by_role("button", name="Retry", exact=True)).to_be_visible(visible=state == "failed")
    expect(page.get_by_role("button", name="Remove", exact=True)).to_be_visible(visible=state == "refused")
    watch_of(page).forgive()


def test_what_is_being_fetched_is_taken_back_when_it_is_cancelled(open_page: Open) -> None:
    """Nobody can stop the other site. What it sends goes again, and only then the same address is tried anew."""
    page = open_page("/upload/")
    held: list[Route] = []
    page.route("**/api/v1/pictures", lambda route: route.continue_() if held else held.append(route))
    page.get_by_text("From an address").click()
    page.get_by_label("Addresses of pictures").fill(BUOY)
    with page.expect_request("**/api/v1/pictures"):
        page.get_by_role("button", name="Fetch them").click()
    item(page, BUOY, "fetching")
    row(page, BUOY).get_by_role("button", name="Cancel").click()
    item(page, BUOY, "cancelled")
    row(page, BUOY).get_by_role("button", name="Retry").click()
    item(page, BUOY, "waiting")
    arrived = held[0].fetch()
    assert arrived.status == 201, arrived.text()
    first = arrived.json()["picture"]["id"]
    with page.expect_response(lambda answer: answer.request.method == "DELETE") as taken:
        held[0].fulfill(response=arrived)
    assert taken.value.url.endswith(f"/api/v1/pictures/{first}")
    item(page, BUOY, "done")
    href = row(page, BUOY).locator("a[data-link=page]").get_attribute("href") or ""
    assert href
    assert not href.endswith(first)
    assert page.request.get(href).ok
    assert page.request.get(f"/api/v1/pictures/{first}").status == 404


def test_what_is_cancelled_while_it_is_added_goes_again(upload_page: Page, tmp_path: Path) -> None:
    page = upload_page
    held: list[Route] = []
    page.route("**/api/v1/pictures", lambda route: held.append(route))
    with page.expect_request("**/api/v1/pictures"):
        page.set_input_files("#image", photo(tmp_path, "late.jpg"))
    row(page, "late.jpg").get_by_role("button", name="Cancel").click()
    item(page, "late.jpg", "cancelled")
    arrived = held[0].fetch()
    with page.expect_response(lambda answer: answer.request.method == "DELETE") as taken:
        held[0].fulfill(response=arrived)
    assert taken.value.url.endswith(f"/api/v1/pictures/{arrived.json()['picture']['id']}")
    assert taken.value.ok
    item(page, "late.jpg", "cancelled")


def test_every_refusal_names_the_file_and_the_reason(upload_page: Page, tmp_path: Path) -> None:
    page = upload_page
    (tmp_path / "notes.txt").write_text("not a picture")
    (tmp_path / "evil.png").write_text("<script>alert(1)</script>")
    (tmp_path / "nothing.jpg").write_bytes(b"")
    files = [str(tmp_path / name) for name in ("notes.txt", "evil.png", "nothing.jpg")]
    page.set_input_files("#image", [*files, photo(tmp_path, "good.jpg")])
    item(page, "good.jpg", "done")
    item(page, "evil.png", "refused")
    expect(row(page, "notes.txt")).to_contain_text("13 bytes")
    expect(row(page, "notes.txt")).to_contain_text("This is not a picture")
    expect(row(page, "nothing.jpg")).to_contain_text("The file is empty")
    expect(row(page, "evil.png").locator(".upload-state")).not_to_contain_text("undefined")
    expect(page.locator("[data-summary]")).to_have_text("1 of 4 in the gallery, 3 failed")
    expect(page.get_by_role("button", name="Retry")).to_have_count(0)  # it would help none of them
    for name in ("notes.txt", "nothing.jpg", "evil.png"):
        row(page, name).get_by_role("button", name="Remove").click()
        expect(row(page, name)).to_be_hidden()
    expect(page.locator("[data-summary]")).to_contain_text("1 of 1 in the gallery")
    expect(page.locator(".failed-count")).to_be_hidden()
    watch_of(page).forgive()


def test_cancel_stops_one_and_retry_sends_the_failed_only(upload_page: Page, tmp_path: Path) -> None:
    page = upload_page
    held: list[Route] = []
    refuse = {"on": True}

    def answer(route: Route) -> None:
        body = route.request.post_data_buffer or b""
        if b"stuck.jpg" in body:
            held.append(route)
        elif b"unlucky.jpg" in body and refuse["on"]:
            route.fulfill(status=400, json={"error": {"message": "Stale request"}})
        else:
            route.continue_()

    page.route(UPLOADS, answer)
    page.set_input_files("#image", [photo(tmp_path, f"{name}.jpg") for name in ("stuck", "unlucky", "fine")])
    item(page, "unlucky.jpg", "failed")
    expect(row(page, "unlucky.jpg")).to_contain_text("Stale request")
    item(page, "fine.jpg", "processing")  # pictures are added in the order in which they were chosen
    row(page, "stuck.jpg").get_by_role("button", name="Cancel").click()
    item(page, "stuck.jpg", "cancelled")
    item(page, "fine.jpg", "done")
    refuse["on"] = False
    page.get_by_role("button", name="Retry the failed ones").click()
    item(page, "unlucky.jpg", "done")
    item(page, "stuck.jpg", "cancelled")
    watch_of(page).forgive()


def test_a_lost_network_pauses_and_goes_on_by_itself(upload_page: Page, tmp_path: Path) -> None:
    page = upload_page
    page.route(UPLOADS, lambda route: route.abort("internetdisconnected"))
    page.set_input_files("#image", photo(tmp_path, "patient.jpg"))
    item(page, "patient.jpg", "paused")
    page.unroute(UPLOADS)
    item(page, "patient.jpg", "done")
    watch_of(page).forgive()


def test_a_large_file_travels_in_parts_and_costs_one_part_when_the_network_fails(
    upload_page: Page, tmp_path: Path
) -> None:
    page = upload_page
    large = large_photo(tmp_path, "large.png")
    ranges: list[str] = []

    def answer(route: Route) -> None:
        ranges.append(route.request.headers["content-range"])
        if len(ranges) == 2:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(UPLOADS, answer)
    page.set_input_files("#image", str(large))
    item(page, "large.png", "done")
    size, part = large.stat().st_size, 8 * 1024 * 1024
    starts = range(0, size, part)
    wanted = [f"bytes {start}-{min(start + part, size) - 1}/{size}" for start in starts]
    assert ranges == [wanted[0], wanted[1], wanted[1], *wanted[2:]]
    row(page, "large.png").get_by_role("link", name="Look at it").click()
    expect(page.locator(".facts")).to_contain_text("2900 × 2900 pixels")
    watch_of(page).forgive()


def test_the_same_bytes_again_can_be_kept_or_skipped(open_page: Open, tmp_path: Path) -> None:
    page = open_page("/upload/")
    twin = photo(tmp_path, "twin.jpg")
    page.set_input_files("#image", twin)
    item(page, "twin.jpg", "done")
    first = row(page, "twin.jpg").get_by_role("link", name="Look at it").get_attribute("href")

    page.goto("/upload/")
    page.set_input_files("#image", twin)
    item(page, "twin.jpg", "duplicate")
    expect(row(page, "twin.jpg").get_by_role("link", name="the same picture")).to_have_attribute(
        "href", first or ""
    )
    row(page, "twin.jpg").get_by_role("button", name="Skip").click()
    item(page, "twin.jpg", "cancelled")

    page.goto("/upload/")
    page.set_input_files("#image", twin)
    item(page, "twin.jpg", "duplicate")
    row(page, "twin.jpg").get_by_role("button", name="Keep both").click()
    item(page, "twin.jpg", "done")
    second = row(page, "twin.jpg").get_by_role("link", name="Look at it").get_attribute("href")
    assert second != first
    row(page, "twin.jpg").get_by_role("button", name="Undo").click()
    item(page, "twin.jpg", "cancelled")
    page.goto("/trash/")
    expect(page.locator(f".p{(second or '').rpartition('/')[2]}")).to_be_visible()
    watch_of(page).forgive()


def test_dropped_and_pasted_files_are_taken(upload_page: Page, tmp_path: Path) -> None:
    page = upload_page
    page.evaluate(
        """async (bytes) => {
          const file = (name) => new File([new Uint8Array(bytes)], name, { type: "image/png" });
          const transfer = new DataTransfer();
          transfer.items.add(file("dropped.png"));
          const drag = (type) => dispatchEvent(new DragEvent(type, { dataTransfer: transfer, cancelable: true }));
          drag("dragenter");
          if (!document.body.classList.contains("is-drop-target")) throw new Error("the drop target is silent");
          drag("drop");
          const paste = new DataTransfer();
          paste.items.add(file("pasted.png"));
          dispatchEvent(new ClipboardEvent("paste", { clipboardData: paste }));
        }""",
        list(pictures.saved(pictures.quadrants(64, 48), tmp_path / "small.png").read_bytes()),
    )
    expect(row(page, "dropped.png")).to_have_count(1)
    expect(row(page, "pasted.png")).to_have_count(1)
    for name in ("dropped.png", "pasted.png"):
        expect(row(page, name)).to_have_attribute("data-state", re.compile("done|duplicate"), timeout=60_000)
    watch_of(page).forgive()


def choose(page: Page, count: int) -> None:
    """Choose many files at once; making them is the test's own work and does not count."""
    page.evaluate(
        """(count) => {
          const transfer = new DataTransfer();
          const file = (n) => new File([`file ${n}`], `${n}.jpg`, { type: "image/jpeg" });
          for (let n = 0; n < count; n++) transfer.items.add(file(n));
          document.querySelector("#image").files = transfer.files;
        }""",
        count,
    )
    page.wait_for_timeout(500)
    page.evaluate("window.longest = 0")
    page.locator("#image").dispatch_event("change")
    expect(page.locator("[data-summary]")).to_contain_text(f"of {count} in the gallery")
    expect(page.locator(".upload-item")).to_have_count(100)
    page.wait_for_timeout(1000)


def test_two_thousand_files_leave_the_page_responsive(upload_page: Page) -> None:
    page = upload_page
    page.route(UPLOADS, lambda route: None)
    longest = []
    for _ in range(3):  # the best of three: another process may have had the core
        choose(page, 2000)
        longest.append(watch_of(page).longest_task())
        if longest[-1] < 200:
            break
        page.once("dialog", lambda dialog: dialog.accept())
        page.reload()
    assert min(longest) < 200, "milliseconds in which the page could not answer"
    page.get_by_role("button", name="Show more of the other 1900").click()
    expect(page.locator(".upload-item")).to_have_count(200)
    page.get_by_role("button", name="Cancel all").click()
    expect(page.locator(".upload-item[data-state=cancelled]")).to_have_count(200)


def test_the_time_that_is_left_moves_no_button(open_page: Open, tmp_path: Path) -> None:
    page = open_page("/upload/", width=360)
    page.wait_for_load_state("networkidle")
    (tmp_path / "notes.txt").write_text("no picture")
    page.set_input_files("#image", str(tmp_path / "notes.txt"))
    button, left = page.get_by_role("button", name="Remove"), page.locator("[data-left]")
    expect(left).to_be_hidden()
    before = button.bounding_box()
    left.evaluate("place => { place.hidden = false; place.querySelector('span').textContent = '2 min'; }")
    expect(left).to_be_visible()
    assert button.bounding_box() == before
