"""Sessions and networks that end at the worst moment: no word, file or tick of a person is lost."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, Route, expect

from tests.browser.conftest import PATIENCE, Open, fresh_photo, sign_in
from tests.browser.upload_queue import UPLOADS, item, row
from tests.browser.watch import watch_of
from tests.service import Service

SESSION = re.compile(r"^(__Host-)?picturerail")
API = re.compile(r"/api/v1/pictures")


@pytest.fixture
def own(open_page: Open, service: Service) -> Callable[[str], Page]:
    """A page of a session that this test alone uses up."""

    def open_own(path: str) -> Page:
        page = open_page(owner=False)
        sign_in(page, service)
        page.goto(path)
        page.wait_for_load_state("networkidle")
        return page

    return open_own


def end_session(context: BrowserContext) -> None:
    context.clear_cookies(name=SESSION)


def sign_in_again(page: Page, service: Service) -> None:
    """As the message offers it: in a tab of its own."""
    with page.context.expect_page() as opened:
        page.locator("[data-flashes]").get_by_role("link", name="Sign in").click()
    opened.value.set_default_timeout(PATIENCE)
    opened.value.get_by_label("E-mail address").fill(service.owner_email)
    opened.value.get_by_label("Password").fill(service.owner_password)
    opened.value.get_by_role("button", name="Sign in").click()
    opened.value.get_by_role("button", name="Sign out").wait_for()
    opened.value.close()


def answer_dialog(page: Page, asked: list[str], *, accept: bool) -> None:
    """Answer the next question of the browser, and remember it."""

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message or dialog.type)
        (dialog.accept if accept else dialog.dismiss)()

    page.once("dialog", answer)


def described(page: Page, href: str) -> str:
    page.goto(href)
    return page.locator("[data-description]").get_attribute("data-description") or ""


# ---- the session ends ----------------------------------------------------------------------------------------


def test_uploads_wait_for_the_sign_in_and_go_on(
    own: Callable[[str], Page], service: Service, tmp_path: Path
) -> None:
    page = own("/upload/")
    end_session(page.context)
    names = [f"waits {n}.jpg" for n in range(5)]
    page.set_input_files(
        "#image", [str(fresh_photo(tmp_path, name, 12_000 + n)) for n, name in enumerate(names)]
    )
    row(page, names[0]).get_by_label("Description").fill("Written while nobody was signed in")
    expect(page.get_by_text("You have been signed out")).to_be_visible()
    sign_in_again(page, service)
    for name in names:
        item(page, name, "done")
    expect(page.get_by_text("You have been signed out")).to_be_hidden()
    href = row(page, names[0]).locator("a[data-link=page]").get_attribute("href") or ""
    expect(page.locator("[data-summary]")).to_contain_text("5 of 5")
    watch_of(page).forgive()
    assert described(page, href) == "Written while nobody was signed in"


def test_a_new_session_in_another_tab_costs_nothing(
    own: Callable[[str], Page], service: Service, hung: list[str]
) -> None:
    page = own(hung[3])
    end_session(page.context)
    other = page.context.new_page()
    sign_in(other, service)
    page.get_by_role("link", name="Edit").click()
    page.locator("#description").fill("Saved under the new token")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Description and tags are saved.")).to_be_visible()
    watch_of(page).forgive()
    assert described(page, hung[3]) == "Saved under the new token"


def test_words_of_an_edit_in_place_are_saved_after_the_sign_in(
    own: Callable[[str], Page], service: Service, hung: list[str]
) -> None:
    page = own(hung[4])
    page.get_by_role("link", name="Edit").click()
    page.locator("#description").fill("Three sentences. About a boat. And its shadow.")
    end_session(page.context)
    page.get_by_role("button", name="Save").click()
    sign_in_again(page, service)
    expect(page.get_by_text("Description and tags are saved.")).to_be_visible()
    watch_of(page).forgive()
    assert described(page, hung[4]) == "Three sentences. About a boat. And its shadow."


def test_a_selection_outlives_the_session(
    own: Callable[[str], Page], service: Service, hung: list[str]
) -> None:
    page = own("/gallery/?select=1")
    ticks = page.locator("input[name=id]")
    for number in range(5):
        ticks.nth(number).check()
    page.get_by_label("Tags, with commas").fill("outlived")
    end_session(page.context)
    page.get_by_role("button", name="Add tags").click()
    sign_in_again(page, service)
    expect(page.get_by_text("5 pictures are tagged “outlived”.")).to_be_visible()
    watch_of(page).forgive()


@pytest.mark.parametrize("javascript", [True, False])
def test_the_plain_edit_outlives_the_session(
    open_page: Open, service: Service, hung: list[str], javascript: bool
) -> None:
    page = open_page(owner=False, javascript=javascript)
    sign_in(page, service)
    page.goto(f"{hung[5]}/edit")
    words = f"Kept by {'script' if javascript else 'the page itself'}"
    page.locator("#description").fill(words)
    end_session(page.context)
    page.get_by_role("button", name="Save").click()
    if javascript:
        sign_in_again(page, service)
    else:
        expect(page.get_by_label("Your text")).to_have_value(words)
        other = page.context.new_page()
        sign_in(other, service)
        page.get_by_role("button", name="Send it again").click()
        if page.get_by_text("form has expired").is_visible():  # made before that session began
            page.get_by_role("button", name="Send it again").click()
    expect(page.get_by_text("Description and tags are saved.")).to_be_visible()
    watch_of(page).forgive()
    assert described(page, hung[5]) == words


def test_without_scripts_a_selection_is_sent_again(
    open_page: Open, service: Service, hung: list[str]
) -> None:
    page = open_page(owner=False, javascript=False)
    sign_in(page, service)
    page.goto("/gallery/?select=1")
    for number in range(3):
        page.locator("input[name=id]").nth(number).check()
    page.get_by_label("Tags, with commas").fill("plainly outlived")
    end_session(page.context)
    page.get_by_role("button", name="Add tags").click()
    with page.context.expect_page() as opened:
        page.locator("main").get_by_role("link", name="Sign in").click()
    opened.value.get_by_label("E-mail address").fill(service.owner_email)
    opened.value.get_by_label("Password").fill(service.owner_password)
    opened.value.get_by_role("button", name="Sign in").click()
    opened.value.get_by_role("button", name="Sign out").wait_for()
    while page.get_by_role("button", name="Send it again").is_visible():
        page.get_by_role("button", name="Send it again").click()
    expect(page.get_by_text("3 pictures are tagged “plainly outlived”.")).to_be_visible()
    watch_of(page).forgive()


def test_the_second_tab_of_the_sign_in_page_goes_on_too(open_page: Open, service: Service) -> None:
    first = open_page("/sign-in", owner=False)
    second = first.context.new_page()
    second.goto(f"{service.url}/sign-in?next=/upload/")
    for page in (first, second):
        page.get_by_label("E-mail address").fill(service.owner_email)
        page.get_by_label("Password").fill(service.owner_password)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Sign out").wait_for()
    expect(second).to_have_url(re.compile("/upload/$"))


# ---- the network goes ----------------------------------------------------------------------------------------


def test_words_written_without_a_network_are_sent_when_it_is_back(open_page: Open, tmp_path: Path) -> None:
    page = open_page("/upload/")
    page.set_input_files("#image", str(fresh_photo(tmp_path, "offline.jpg", 12_100)))
    item(page, "offline.jpg", "done")
    href = row(page, "offline.jpg").locator("a[data-link=page]").get_attribute("href") or ""
    page.context.set_offline(True)
    field = row(page, "offline.jpg").get_by_label("Description")
    field.fill("Written in a tunnel")
    field.blur()
    expect(page.get_by_text("What you did is kept here, and is sent when it is back.")).to_be_visible()
    with page.expect_response(API):
        page.context.set_offline(False)
    watch_of(page).forgive()
    assert described(page, href) == "Written in a tunnel"


@pytest.mark.parametrize("button", ["Keep both", "Skip", "Undo"])
def test_a_decision_made_without_a_network_happens_when_it_is_back(
    open_page: Open, tmp_path: Path, button: str
) -> None:
    page = open_page("/upload/")
    path = fresh_photo(tmp_path, "decided.jpg", 12_200 + ord(button[0]))
    page.set_input_files("#image", str(path))
    item(page, "decided.jpg", "done")
    if button != "Undo":
        page.reload()
        page.set_input_files("#image", str(path))
        item(page, "decided.jpg", "duplicate")
    page.context.set_offline(True)
    row(page, "decided.jpg").get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_text("is sent when it is back")).to_be_visible()
    page.context.set_offline(False)
    item(page, "decided.jpg", "done" if button == "Keep both" else "cancelled")
    watch_of(page).forgive()


def test_an_edit_in_place_says_so_and_keeps_the_words(open_page: Open, hung: list[str]) -> None:
    page = open_page(hung[6])
    page.get_by_role("link", name="Edit").click()
    page.locator("#description").fill("Still here")
    page.context.set_offline(True)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("nothing is lost; please try again")).to_be_visible()
    expect(page.locator("#description")).to_have_value("Still here")
    page.context.set_offline(False)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Description and tags are saved.")).to_be_visible()
    watch_of(page).forgive()


def test_a_form_is_not_sent_into_nowhere(open_page: Open, hung: list[str]) -> None:
    page = open_page("/gallery/?select=1")
    page.locator("input[name=id]").first.check()
    page.context.set_offline(True)
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("nothing is lost; please try again")).to_be_visible()
    expect(page.locator("input[name=id]").first).to_be_checked()
    page.context.set_offline(False)
    watch_of(page).forgive()


# ---- others -----------------------------------------------------------------------------------------------------


def test_a_conflict_shows_theirs_and_saving_again_replaces_it(open_page: Open, hung: list[str]) -> None:
    page, other = open_page(hung[7]), open_page(hung[7])
    for each, words in ((other, "Theirs"), (page, "Mine")):
        each.get_by_role("link", name="Edit").click()
        each.locator("#description").fill(words)
        if each is other:
            each.get_by_role("button", name="Save").click()
            expect(each.get_by_text("Description and tags are saved.")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    conflict = page.get_by_role("alert").filter(has_text="Somebody else changed this meanwhile")
    expect(conflict).to_contain_text("Theirs")
    expect(page.locator("#description")).to_have_value("Mine")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Description and tags are saved.")).to_be_visible()
    watch_of(page).forgive()
    assert described(page, hung[7]) == "Mine"


def test_esc_asks_before_words_are_thrown_away(open_page: Open, hung: list[str]) -> None:
    page = open_page(hung[8])
    asked: list[str] = []

    page.get_by_role("link", name="Edit").click()
    page.keyboard.press("Escape")
    expect(page.locator("#description")).to_be_hidden()
    assert asked == [], "nothing was written"
    page.get_by_role("link", name="Edit").click()
    page.locator("#description").fill("Half a sentence")
    answer_dialog(page, asked, accept=False)
    page.keyboard.press("Escape")
    expect(page.locator("#description")).to_have_value("Half a sentence")
    answer_dialog(page, asked, accept=True)
    page.keyboard.press("Escape")
    expect(page.locator("#description")).to_be_hidden()
    assert asked == ["Throw away what you have written?"] * 2


@pytest.mark.parametrize("path", ["", "/edit"])
def test_leaving_with_unsaved_words_is_asked_about(open_page: Open, hung: list[str], path: str) -> None:
    page = open_page(f"{hung[9]}{path}")
    if not path:
        page.get_by_role("link", name="Edit").click()
    page.locator("#description").press_sequentially("Unsaved")
    asked: list[str] = []
    answer_dialog(page, asked, accept=True)
    page.goto("/gallery/")
    assert asked == ["beforeunload"]


# ---- what stands in between ------------------------------------------------------------------------------------


def fulfil(status: int, body: str = "<html>a proxy</html>") -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=status, content_type="text/html", body=body)


@pytest.mark.parametrize(
    ("status", "sentence"), [(413, "takes no bodies of this size"), (403, "did not let this through")]
)
def test_what_a_proxy_refuses_is_told_in_a_sentence(
    open_page: Open, tmp_path: Path, status: int, sentence: str
) -> None:
    page = open_page("/upload/")
    page.route(UPLOADS, fulfil(status))
    page.set_input_files("#image", str(fresh_photo(tmp_path, "proxied.jpg", 12_300 + status)))
    item(page, "proxied.jpg", "failed")
    expect(row(page, "proxied.jpg")).to_contain_text(sentence)
    page.unroute(UPLOADS)
    row(page, "proxied.jpg").get_by_role("button", name="Retry").click()
    item(page, "proxied.jpg", "done")
    watch_of(page).forgive()


def test_a_portals_page_in_place_of_an_answer_is_waited_for(open_page: Open, tmp_path: Path) -> None:
    page = open_page("/upload/")
    page.route(UPLOADS, fulfil(200, "<html>Accept our terms</html>"))
    page.set_input_files("#image", str(fresh_photo(tmp_path, "portal.jpg", 12_400)))
    item(page, "portal.jpg", "paused")
    page.unroute(UPLOADS)
    item(page, "portal.jpg", "done")


@pytest.mark.parametrize(
    ("status", "sentence"),
    [(200, "perhaps the sign-in page of this network"), (418, "the answer (418) did not say why")],
)
def test_an_edit_that_something_else_answers_is_told_so(
    open_page: Open, hung: list[str], status: int, sentence: str
) -> None:
    page = open_page(hung[10])
    page.route(API, fulfil(status))
    page.get_by_role("link", name="Edit").click()
    page.locator("#description").fill("Kept")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[data-flashes]")).to_contain_text(sentence)
    expect(page.locator("#description")).to_have_value("Kept")
    watch_of(page).forgive()


# ---- order, and many at once -----------------------------------------------------------------------------------


def test_pictures_hang_in_the_order_of_choosing(open_page: Open, tmp_path: Path) -> None:
    """The first ones are slow: later ones must wait for them."""
    page = open_page("/upload/")
    names = [f"order {n:02}.jpg" for n in range(18)]
    late = iter([900, 600, 300, 0, 500])

    def slowly(route: Route) -> None:
        page.wait_for_timeout(next(late, 0))
        route.continue_()

    page.route(UPLOADS, slowly)
    page.set_input_files(
        "#image", [str(fresh_photo(tmp_path, name, 12_500 + n)) for n, name in enumerate(names)]
    )
    expect(page.locator(".upload-item[data-state=done]")).to_have_count(18)
    page.goto("/gallery/")
    titles = page.locator(".tile img").evaluate_all("all => all.slice(0, 18).map((each) => each.alt)")
    assert titles == [name.removesuffix(".jpg") for name in reversed(names)]


@pytest.mark.parametrize("button", ["Keep all twice", "Skip all that are there"])
def test_six_files_again_are_one_click(open_page: Open, tmp_path: Path, button: str) -> None:
    page = open_page("/upload/")
    paths = [str(fresh_photo(tmp_path, f"again {n}.jpg", 12_600 + 10 * ord(button[0]) + n)) for n in range(6)]
    page.set_input_files("#image", paths)
    expect(page.locator(".upload-item[data-state=done]")).to_have_count(6)
    page.reload()
    page.set_input_files("#image", paths)
    expect(page.locator(".upload-item[data-state=duplicate]")).to_have_count(6)
    page.get_by_role("button", name=button).click()
    state = "done" if "Keep" in button else "cancelled"
    expect(page.locator(f".upload-item[data-state={state}]")).to_have_count(6)
    watch_of(page).forgive()
