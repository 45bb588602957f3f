"""The grid goes on over the ends of its pages: both ways, with few nodes, and its address leads back to the tile."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId
from playwright.sync_api import Browser, Page, Route, expect

from picturerail import mongod
from picturerail.database import connect, database
from tests.browser.conftest import Open, fresh_photo, pages_of
from tests.browser.test_budget import KILOBYTE, weight
from tests.browser.watch import watch_of
from tests.service import Service

COUNT, PAGE = 420, 60
SHAPES = [(600, 400), (400, 600), (900, 300), (512, 512)]
TAG = "wall"
HERE = f"/gallery/?q=%23{TAG}"
SEEN = """() => {
  const tile = [...document.querySelectorAll(".tile")].find(each => each.getBoundingClientRect().bottom > 1);
  return [/p[0-9a-f]{24}/.exec(tile.className)[0].slice(1), Math.round(tile.getBoundingClientRect().top)];
}"""
ROWS = "[...document.querySelectorAll('.tile')].map(each => /p([0-9a-f]{24})/.exec(each.className)[1])"

COME_AND_GO = """() => {
  const grid = document.querySelector(".rows");
  const tile = grid.querySelector(".tile").cloneNode(true);
  for (const change of [
    () => grid.lastElementChild.before(tile),
    () => tile.remove(),
    () => grid.toggleAttribute("aria-busy"),
    () => grid.toggleAttribute("aria-busy"),
  ]) {
    change();
    grid.offsetHeight;
  }
}"""
RUSH = """async () => {
  const grid = document.querySelector(".rows");
  const found = {came: [], frames: 0, between: 0};
  const wait = requestAnimationFrame;
  let frame = false;
  window.requestAnimationFrame = work => wait(time => { frame = true; work(time); frame = false; });
  const parse = DOMParser.prototype.parseFromString;
  DOMParser.prototype.parseFromString = function (...written) {
    found[frame ? "frames" : "between"]++;
    return parse.apply(this, written);
  };
  new MutationObserver(changes => {
    const came = changes.flatMap(each => [...each.addedNodes]).filter(node => node.matches(".tile"));
    found.came.push(came.length);
  }).observe(grid, {childList: true});
  for (let step = 0; step < 120; step++) {
    scrollBy(0, 200);
    await new Promise(requestAnimationFrame);
  }
  return found;
}"""
PLACES = """() => Object.fromEntries([...document.querySelectorAll(".tile")].map(each =>
  [each.id, each.getBoundingClientRect().top]).filter(([, top]) => top > 0 && top < 900))"""


@pytest.fixture(scope="module")
def wall(
    chromium: Browser,
    service: Service,
    session: dict[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[list[str]]:
    """The ids of many pictures with a tag, newest first: documents that have no bytes."""
    with pages_of(chromium, service, session) as make:
        page = make("/upload/")
        page.set_input_files("#image", str(fresh_photo(tmp_path_factory.mktemp("wall"), "wall.jpg", 77_000)))
        href = page.locator(".upload-item[data-state=done] a[data-link=page]").get_attribute("href") or ""
    with connect(mongod.uri(service.data)) as client:
        pictures = database(client).gallery
        one = pictures.find_one({"_id": ObjectId(href.rpartition("/")[2])}) or {}
        ids = [ObjectId(f"{1_500_000_000 + number:08x}{number:016x}") for number in range(COUNT)]
        pictures.insert_many(
            [
                one
                | {"_id": each, "description": f"Number {number} on the wall", "first_of": f"{number:032x}"}
                | {"public_id": f"wall/{number}", "asset_id": f"{number:032x}", "etag": f"{number:032x}"}
                | {"tags": [TAG], "tokens": [f"#{TAG}"]}
                | dict(zip(("width", "height"), SHAPES[number % 4], strict=True))
                for number, each in enumerate(ids)
            ]
        )
        yield [str(each) for each in reversed(ids)]
        pictures.delete_many({"_id": {"$in": ids}})


@pytest.fixture
def open_wall(open_page: Open, wall: list[str], photos: list[Path]) -> Open:
    """Opens pages of the wall, where every picture is the same small file."""
    body = photos[0].read_bytes()

    def opened(path: str) -> Page:
        page = open_page()
        page.route(
            re.compile(r"/image/(private|upload)/"),
            lambda route: route.fulfill(body=body, content_type="image/jpeg"),
        )
        page.goto(path)
        page.wait_for_load_state("networkidle")
        return page

    return opened


def down(page: Page, pixels: int = 2500) -> None:
    """Scroll, and wait until a tile is seen where one has come to, and the address says which."""
    page.evaluate(f"scrollBy(0, {pixels})")
    page.wait_for_function(
        """() => {
          const seen = [...document.querySelectorAll(".tile")].some(each => {
            const box = each.getBoundingClientRect();
            return box.top < 300 && box.bottom > 100;
          });
          const busy = document.querySelector("[aria-busy]");
          return !busy && (seen || scrollY === 0);
        }"""
    )


def settled(page: Page) -> tuple[str, int]:
    """The first picture that is seen and where it stands, when the address has followed."""
    page.wait_for_function(f"() => new URL(location.href).searchParams.get('at') === ({SEEN})()[0]")
    found = page.evaluate(SEEN)
    return str(found[0]), int(found[1])


def test_it_goes_on_with_few_nodes_and_its_address_leads_back(open_wall: Open, wall: list[str]) -> None:
    page = open_wall(HERE)
    most = 0
    for _ in range(60):
        if page.evaluate(ROWS)[-1] == wall[-1]:
            break
        down(page)
        most = max(most, page.evaluate("document.querySelectorAll('*').length"))
        more = page.get_by_role("button", name="More pictures")
        if more.is_visible():  # after some pages: what stands below can be reached
            more.click()
    assert most < 1500
    protocol = page.context.new_cdp_session(page)
    protocol.send("HeapProfiler.collectGarbage")
    page.wait_for_timeout(500)  # the first collection leaves what only the last tasks held
    protocol.send("HeapProfiler.collectGarbage")
    assert protocol.send("Memory.getDOMCounters")["nodes"] < 2000, (
        "texts, too, and none of tiles that have gone"
    )
    shown = page.evaluate(ROWS)
    at = wall.index(shown[0])
    assert at > COUNT // 2
    assert shown == wall[at:]
    expect(page.get_by_role("link", name="Older")).to_have_count(0)

    down(page, -3000)
    seen, top = settled(page)
    page.reload()
    page.wait_for_function(
        f"() => Math.abs(document.getElementById('p{seen}')?.getBoundingClientRect().top - {top}) <= 2"
    )
    assert page.evaluate(SEEN)[0] == seen


def test_the_address_follows_who_scrolled_before_the_script_came(open_wall: Open, wall: list[str]) -> None:
    page = open_wall(HERE)
    held: list[Route] = []
    page.route(re.compile(r"/endless\."), lambda route: held.append(route))
    with page.expect_request(re.compile(r"/endless\.")):
        page.evaluate("scrollBy(0, 1500)")
    page.wait_for_timeout(300)  # nobody scrolls any more
    held[0].continue_()
    assert settled(page)[0] in wall[5:]


def test_turning_a_phone_keeps_the_first_picture_in_view(open_wall: Open, wall: list[str]) -> None:
    page = open_wall(HERE)
    page.set_viewport_size({"width": 390, "height": 844})
    down(page, 1500)
    down(page, 1500)
    seen, _ = settled(page)
    assert seen in wall[5:]
    for width, height in ((844, 390), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(f"() => document.querySelector('.rows').clientWidth > {width} - 80")
        page.wait_for_timeout(500)  # rows come and go
        assert settled(page)[0] == seen


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_the_scrollbar_leads_to_both_ends(open_wall: Open, wall: list[str], motion: Any) -> None:
    """With less motion the heights of rows were measured as they had been before: all stood far below the window."""
    page = open_wall(HERE)
    page.emulate_media(reduced_motion=motion)
    for _ in range(40):
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        page.wait_for_timeout(150)
        if page.evaluate(SEEN)[0] in wall[2 * PAGE :]:
            break
    assert settled(page)[0] in wall[2 * PAGE :]
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_function(f"() => {ROWS}[0] === '{wall[0]}'")
    page.wait_for_timeout(300)  # rows come
    assert page.evaluate("scrollY") == 0, "the heading is seen"


def test_the_viewer_loads_the_next_picture_and_the_one_before(open_wall: Open, wall: list[str]) -> None:
    page = open_wall(HERE)  # with the tiles of all of them
    before, following, ahead = (re.compile(rf"/wall/{COUNT - 1 - number}$") for number in (2, 4, 6))
    with page.expect_request(before), page.expect_request(following):
        page.locator("a.tile").nth(3).click()
    page.locator(".pswp--open[aria-modal=true]").wait_for()
    page.wait_for_timeout(500)  # its keys are heard when it has grown
    with page.expect_request(ahead):  # of two, when somebody goes on
        page.keyboard.press("ArrowRight")


def test_rows_that_come_leave_the_styles_of_the_others_alone(
    chromium: Browser, open_wall: Open, wall: list[str]
) -> None:
    """`legend + *`, and what asks whether the page holds something, made Chromium work out all for each row."""
    page = open_wall(HERE)
    down(page, 200)  # with which the grid begins to go on

    def worked_out() -> float:
        """For how many elements a tile of the page, when a tile comes, goes, and a page is awaited."""
        tiles = page.evaluate("document.querySelectorAll('.tile').length")
        chromium.start_tracing(page=page, categories=["devtools.timeline"])
        page.evaluate(COME_AND_GO)
        events = json.loads(chromium.stop_tracing())["traceEvents"]
        counts = [each["args"]["elementCount"] for each in events if each["name"] == "UpdateLayoutTree"]
        return float(max(counts) / tiles)

    assert min(worked_out() for _ in range(4)) < 0.4, "once, at least, no picture came meanwhile"
    for rule in ("legend + *", "body:has(.selection) img", ".stage[aria-busy] img"):
        page.evaluate(f"document.styleSheets[0].insertRule('{rule} {{ clear: left }}')")
        page.evaluate("document.body.offsetHeight")  # for which all are worked out once
        assert worked_out() >= 1, rule
        page.evaluate("document.styleSheets[0].deleteRule(0)")
        page.evaluate("document.body.offsetHeight")


def test_few_tiles_come_in_a_frame_and_they_are_read_between_frames(open_wall: Open, wall: list[str]) -> None:
    """Both in one made frames that were long on a slow phone."""
    page = open_wall(HERE)
    down(page, 200)  # with which the grid begins to go on
    found = page.evaluate(RUSH)
    assert sum(found["came"]) > PAGE
    assert max(found["came"]) <= 4
    assert found["frames"] < found["between"] / 2


def test_it_goes_upwards_without_a_jump(open_wall: Open, wall: list[str]) -> None:
    page = open_wall(f"{HERE}&at={wall[100]}")
    page.mouse.move(300, 300)
    page.get_by_role("button", name="More pictures").first.click()
    page.wait_for_function(f"() => {ROWS}.includes('{wall[99]}')")
    for _ in range(120):
        if page.evaluate(ROWS)[0] == wall[0]:
            break
        page.wait_for_function(f"() => Object.values(({PLACES})()).some(y => y < 600)")
        before = {tile: y for tile, y in page.evaluate(PLACES).items() if y < 600}
        page.evaluate("scrollBy(0, -200)")
        page.wait_for_function("() => !document.querySelector('[aria-busy]')")
        after = page.evaluate(PLACES)
        moved = [after[tile] - y for tile, y in before.items() if tile in after]
        assert max(moved, default=0) - min(moved, default=0) < 2  # all that was seen moved as one
    shown = page.evaluate(ROWS)
    assert shown == wall[: len(shown)]
    expect(page.get_by_role("link", name="Newer")).to_have_count(0)


def test_ticks_keys_and_the_viewer_cross_the_seams(open_wall: Open, wall: list[str]) -> None:
    page = open_wall(f"{HERE}&select=1")
    boxes, told = page.locator("input[name=id]"), page.locator(".selection-bar [role=status]")
    boxes.nth(2).check()
    for _ in range(60):
        if wall[3 * PAGE] in page.evaluate(ROWS):
            break
        down(page, 1500)
    expect(page.locator(f".p{wall[2]}")).to_have_count(0)
    page.locator(f"input[value='{wall[3 * PAGE]}']").click(modifiers=["Shift"])
    expect(told).to_contain_text(f"{3 * PAGE - 1} selected")
    page.get_by_label("Tags, with commas").fill("far apart")
    page.get_by_role("button", name="Add tags").click()
    expect(page.locator(".flash")).to_contain_text(f"{3 * PAGE - 1} pictures are tagged")

    page.goto(HERE)
    page.wait_for_load_state("networkidle")
    page.locator(".tile").first.focus()
    page.keyboard.press("End")
    expect(page.locator(f"#p{wall[PAGE - 1]}")).to_be_focused()
    page.wait_for_function(f"() => {ROWS}.includes('{wall[PAGE]}')")
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"#p{wall[PAGE]}")).to_be_focused()
    page.keyboard.press("Enter")
    page.locator(".pswp--open[aria-modal=true]").wait_for()
    for number in range(PAGE + 1, 2 * PAGE + 2):
        expect(page.locator(".pswp__counter")).not_to_contain_text(f"{number} / {number}")
        page.keyboard.press("ArrowRight")
        page.wait_for_url(f"**/gallery/{wall[number]}*")
    page.keyboard.press("Escape")
    last = page.locator(f"#p{wall[2 * PAGE + 1]}")
    expect(last).to_be_focused()
    expect(last).to_be_in_viewport()
    page.wait_for_url(re.compile(r"/gallery/\?q="))
    page.keyboard.press("Home")
    expect(page.locator(f"#p{wall[0]}")).to_be_focused()


def test_what_does_not_come_says_so_and_can_be_tried_again(open_wall: Open, wall: list[str]) -> None:
    page = open_wall(HERE)
    following = re.compile(r"after=.*page=2")
    page.route(following, lambda route: route.abort())
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    failed = page.locator("[data-failed]").last
    expect(failed).to_be_visible()
    page.unroute(following)
    page.get_by_role("button", name="More pictures").click()
    expect(page.get_by_text(re.compile("[0-9]+ pictures loaded"))).to_have_count(1)
    expect(failed).to_be_hidden()
    page.wait_for_function(f"id => {ROWS}.includes(id)", arg=wall[PAGE])  # a few come in each frame
    watch_of(page).forgive()


def test_who_saves_data_is_sent_what_is_asked_for_only(open_wall: Open, wall: list[str]) -> None:
    """The browser's setting (Save-Data): no page comes by itself, and the viewer looks one picture ahead."""
    page = open_wall("/sign-in")
    page.add_init_script("Object.defineProperty(navigator, 'connection', { value: { saveData: true } })")
    page.goto(HERE)
    more = page.get_by_role("button", name="More pictures")
    page.wait_for_load_state("networkidle")
    page.mouse.move(200, 300)  # a sign that somebody is there
    expect(more).to_have_count(1)
    for loaded in (PAGE, 2 * PAGE):
        for _ in range(12):
            down(page, 1500)
        page.wait_for_timeout(500)
        assert page.evaluate(ROWS)[-1] == wall[loaded - 1]
        more.click()
        page.wait_for_function("() => !document.querySelector('[aria-busy]')")
    page.goto(HERE)
    page.wait_for_load_state("networkidle")
    requests = watch_of(page).requests
    before = len(requests)
    page.locator("a.tile").nth(1).click()
    for seen in (1, 2, 3):
        picture = page.locator(".pswp__item[aria-hidden=false] img.pswp__img:not(.pswp__img--placeholder)")
        expect(picture).to_have_attribute("srcset", re.compile(f"/wall/{COUNT - 1 - seen}\\b"))
        page.wait_for_timeout(700)
        page.keyboard.press("ArrowRight")
    asked = {int(found[1]) for one in requests[before:] if (found := re.search(r"/wall/(\d+)$", one))}
    # the grid behind it asks for some far below
    ahead = {each for each in asked if COUNT - 12 < each < COUNT - 4}
    assert ahead == {COUNT - 5}, "the one beside that which is seen, and no more"


def test_budget_of_its_scripts(open_wall: Open, wall: list[str]) -> None:
    page = open_wall(HERE)
    assert weight(watch_of(page).requests, ".js") <= 10 * KILOBYTE
