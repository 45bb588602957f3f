"""The web app, put together: parts, checks before each request, pages, headers after it."""

import json
import re
import secrets
import tempfile
from collections.abc import Callable
from datetime import timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import IO, Any, cast

from flask import Flask, Request, Response, g, request, send_from_directory, url_for
from flask.json.provider import DefaultJSONProvider
from flask_pymongo import PyMongo
from flask_wtf import CSRFProtect
from markupsafe import Markup, escape

from picturerail import database as mongodb
from picturerail import standstill
from picturerail.database import CLIENT_OPTIONS, Client
from picturerail.edge.purges.queue import SurrogateKeys
from picturerail.gallery.accounts.throttle import (
    AddressLimit,
    CallLimit,
    ChoiceLimit,
    GuestLimit,
    SignInThrottle,
)
from picturerail.gallery.api import activity as activity_api
from picturerail.gallery.api import albums as album_api
from picturerail.gallery.api import files as file_api
from picturerail.gallery.api import groups as group_api
from picturerail.gallery.api import lookalikes as lookalike_api
from picturerail.gallery.api import routes as api
from picturerail.gallery.api import shares as share_api
from picturerail.gallery.api import stacks as stack_api
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.oidc.provider import Provider
from picturerail.gallery.pages import (
    accounts,
    activity,
    albums,
    archives,
    bulk,
    choices,
    edit,
    editor,
    feeds,
    files,
    filters,
    groups,
    guests,
    handbook,
    lookalikes,
    marks,
    passkeys,
    people,
    pictures,
    provider,
    second_step,
    shares,
    site,
    stacks,
    timeline,
    transfers,
    trash,
    upload,
)
from picturerail.gallery.pictures.capture import taken_in_words
from picturerail.gallery.pictures.file import in_words
from picturerail.gallery.pictures.text import TEXT_LIMITS
from picturerail.gallery.pictures.visibility import SEEN_BY
from picturerail.gallery.search.facets import as_facet
from picturerail.gallery.search.tags import as_search
from picturerail.gallery.search.terms import marked
from picturerail.gallery.web import (
    access,
    clipboard,
    compression,
    conditional,
    errors,
    flash,
    headers,
    health,
    page_cache,
    services,
)
from picturerail.gallery.web.answers import Answers
from picturerail.gallery.web.form_cookie import FormCookie, csrf_token
from picturerail.gallery.web.form_parser import FormParser
from picturerail.gallery.web.user_agent import browser_name
from picturerail.metrics import DatabaseTime
from picturerail.metrics_page import MetricsPage
from picturerail.settings import Settings
from picturerail.topology_watch import Watch

FIRST_PAGES = ("base.html", "listing.html", "landing.html", "gallery.html", "picture.html", "album.html")
PARTS = "parts/"  # of them, and of others
MAX_ASSETS = 100  # whose addresses are remembered
OPERATION_SECONDS = 10  # a database that neither answers nor refuses is away, too


def create_app(settings: Settings, cloud: CloudAccess) -> Flask:
    """Build the gallery. The database need not be there yet: pages answer 503 until it is."""
    app = _Gallery("picturerail.gallery")
    app.config.update(_configuration(settings))
    app.session_interface = FormCookie()
    app.request_class = _request_class(settings.spool_folder)
    _add_services(app, settings, cloud)
    for before in (
        health.start_clock,
        headers.give_request_id,
        access.check_host,
        access.identify,
        access.guard,
    ):
        app.before_request(before)
    csrf = CSRFProtect(app)
    app.before_request(lambda: csrf.protect() if access.needs_form_token() else None)  # it reads the body
    app.before_request(access.ask_again)
    for room in (
        pictures,
        albums,
        archives,
        timeline,
        filters,
        marks,
        lookalikes,
        stacks,
        feeds,
        upload,
        edit,
        editor,
        files,
        bulk,
        trash,
        transfers,
        accounts,
        second_step,
        passkeys,
        provider,
        people,
        groups,
        activity,
        site,
        shares,
        choices,
        guests,
        handbook,
        api,
        album_api,
        file_api,
        group_api,
        lookalike_api,
        stack_api,
        share_api,
        activity_api,
        health,
    ):
        app.register_blueprint(room.blueprint)
    errors.register(app)
    for after in (  # from the last to the first
        health.count_request,
        conditional.apply,
        compression.compress,
        headers.stay_here,
        headers.secure,
        headers.note_refusal,
        headers.cache,
        page_cache.mark,
    ):
        app.after_request(after)
    _furnish_templates(app)
    return app


class _Gallery(Flask):
    """Flask, whose files follow the conditions that everything else follows, and whose functions are all plain ones."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """`func` as it is: Flask looks at each, twenty for a page, whether it is a coroutine."""
        return func

    def send_static_file(self, filename: str) -> Response:
        """A built file, whole: `conditional.apply` knows what of it is wanted."""
        return send_from_directory(self.static_folder or "", filename, conditional=False)


def _configuration(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=settings.session_days),
        "MAX_FORM_PARTS": 200,
        "WTF_CSRF_CHECK_DEFAULT": False,  # what scripts send with a token needs none
        "WTF_CSRF_SSL_STRICT": False,  # it compares with the name by which a proxy asks; `access` knows the site's own
        "WTF_CSRF_TIME_LIMIT": None,  # a form may lie open for as long as its session lives
    }


def _add_services(app: Flask, settings: Settings, cloud: CloudAccess) -> None:
    watch = {
        "event_listeners": [Watch(), DatabaseTime()],
        "socketTimeoutMS": OPERATION_SECONDS * 1000,
    }
    options = CLIENT_OPTIONS | standstill.options(settings.mongo_uri) | watch
    mongo = PyMongo(app, settings.mongo_uri, **options)
    standstill.guard(cast("Client", mongo.cx))
    # Flask-PyMongo makes Flask read JSON as MongoDB's Extended JSON, in which a client may write operators' types.
    app.json = DefaultJSONProvider(app)
    throttle = SignInThrottle(cast("Client", mongo.cx), settings.sign_in_tries)
    doors = SignInThrottle(cast("Client", mongo.cx), settings.sign_in_tries, place="door")
    calls = CallLimit(cast("Client", mongo.cx), settings.token_calls_per_minute)
    guests_limit = GuestLimit(cast("Client", mongo.cx), settings.guest_pictures_per_hour)
    choices = ChoiceLimit(cast("Client", mongo.cx))
    addresses = AddressLimit(cast("Client", mongo.cx))
    db = mongodb.database(cast("Client", mongo.cx))
    notes, page = SurrogateKeys(db), MetricsPage(settings, db)
    provider = Provider(settings) if settings.oidc_issuer else None
    app.extensions[services.NAME] = services.Services(
        settings,
        cloud,
        mongo,
        throttle,
        doors,
        calls,
        guests_limit,
        choices,
        addresses,
        notes,
        page,
        provider,
    )


def compile_first_pages(app: Flask) -> None:
    """Compile what the pages are made of that links lead to: else the first visitor of each process waits for it."""
    for name in app.jinja_env.list_templates():
        if name in FIRST_PAGES or name.startswith(PARTS):
            app.jinja_env.get_template(name)


def _request_class(spool: Path) -> type[Request]:
    """Requests whose files wait on the disk of the data folder, nameless, so that nothing is left after a crash."""

    class SpoolingRequest(Request):
        form_data_parser_class = FormParser

        def _get_file_stream(self, *_: object, **__: object) -> IO[bytes]:
            spool.mkdir(parents=True, exist_ok=True, mode=0o700)
            return cast("IO[bytes]", tempfile.TemporaryFile(dir=spool))

    return SpoolingRequest


# What templates draw with, by the name that they have for it: a file of parts, or one of its macros. Each page would
# make anew what it imports with its own context, and look with each import whether that is needed without.
_PARTS = {
    "location_choice": ("location", "choice"),
    "month_jump": ("jump", "form"),
    "visibility_choice": ("visibility", "choice"),
    "share_form": ("share", "form"),
    "choice_parts": ("choice", ""),
    "search_parts": ("search", ""),
    "stack_parts": ("stack", ""),
    "text_parts": ("text", ""),
    "tile_parts": ("tiles", ""),
}

# Macros that are drawn once for each value, of which there are few.
_DRAWN_ONCE = {"favourite_button": ("marks", "favourite"), "star_buttons": ("marks", "stars")}


def _furnish_templates(app: Flask) -> None:
    as_json = json.JSONEncoder(separators=(",", ":"), sort_keys=True, default=DefaultJSONProvider.default)
    app.jinja_env.policies["json.dumps_function"] = as_json.encode  # one for the sixty times on a full page
    app.jinja_env.policies["json.dumps_kwargs"] = {}
    app.jinja_env.filters.update(
        filesize=in_words, taken=taken_in_words, xml=_fit_for_xml, browser=browser_name
    )
    app.jinja_env.filters.update(
        marked=marked, as_search=as_search, as_facet=lambda value, name: as_facet(name, value)
    )
    # for all templates, and drawn without imports
    drawings = app.jinja_env.get_template("parts/icons.html").module
    app.jinja_env.globals.update(
        {name: cache(getattr(drawings, name)) for name in ("icon", "empty_wall", "empty_basket")},
        copied_edit=clipboard.copied_edit,
        asset=_asset_finder(Path(app.static_folder or "")),
        csp_nonce=headers.csp_nonce,
        csrf_field=_csrf_field,
        form_token=lambda: secrets.token_urlsafe(12),  # names a form: sent twice, it counts once
        navigation=_navigation,
        section=_section,
        notices=flash.notices,
        sign_in_address=access.sign_in_from_here,
        site=services.site_texts,
        seen_by=SEEN_BY,
        ticks=flash.ticks,
        url_for=_address_finder(),
        text_limits=TEXT_LIMITS,
    )
    browser: Any = app.jinja_env.get_template("parts/browser.html").module
    app.jinja_env.globals["browser_words"] = cache(browser.browser_words)
    for name, (part, macro) in _PARTS.items():
        drawn = app.jinja_env.get_template(f"parts/{part}.html").module
        app.jinja_env.globals[name] = getattr(drawn, macro) if macro else drawn
    for name, (part, macro) in _DRAWN_ONCE.items():
        app.jinja_env.globals[name] = cache(
            getattr(app.jinja_env.get_template(f"parts/{part}.html").module, macro)
        )
    app.context_processor(
        lambda: {
            "person": access.person(),
            "may": Answers(access.principal()),
            "csrf_token": csrf_token,  # in the place of the one that signs it for each page
            "site_url": services.site_url(),
            "keep_metadata": services.settings().keep_metadata,
            "private_site": services.settings().private_site,
            "password_sign_in": services.settings().password_sign_in,
            "provider_label": services.provider_label(),
        }
    )


def _address_finder() -> Callable[..., str]:
    """`url_for`, which works out once what has no values: a page of somebody who may do more leads to more places."""
    plain = cache(url_for)
    return lambda endpoint, **values: url_for(endpoint, **values) if values else plain(endpoint)


def _asset_finder(folder: Path) -> Callable[[str], str]:
    """Addresses of built files by their plain name; a page looks once whether the manifest was built anew."""
    manifest = folder / "manifest.json"

    @lru_cache(1)
    def names(built: int) -> dict[str, str]:
        return json.loads(manifest.read_text()) if built else {}

    @lru_cache(MAX_ASSETS)
    def address(built: int, name: str) -> str:
        return url_for("static", filename=names(built).get(name, name))

    def asset(name: str) -> str:
        if "assets_built" not in g:
            g.assets_built = manifest.stat().st_mtime_ns if manifest.exists() else 0
        return address(g.assets_built, name)

    return asset


def _fit_for_xml(text: str) -> str:
    """The text without the characters that XML 1.0 cannot hold."""
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", text)


def _csrf_field() -> Markup:
    """The same in each form of a page, of which there may be many."""
    if "csrf_field" not in g:
        g.csrf_field = Markup(f'<input type="hidden" name="csrf_token" value="{escape(csrf_token())}">')  # noqa: S704
    return cast("Markup", g.csrf_field)


# Pages that the title bar does not name, by endpoint or blueprint: the page of it below which they lie.
_SECTIONS = {
    **dict.fromkeys(("pictures.picture", "filters", "edit", "editor", "lookalikes"), "pictures.gallery"),
    "albums": "albums.show_all",
    "marks": "marks.show",
    **dict.fromkeys(("shares", "choices"), "shares.show"),
    **dict.fromkeys(("people", "groups", "activity"), "people.show"),
    **dict.fromkeys(("accounts.account", "second_step", "transfers", "site"), "accounts.account"),
}


def _section() -> str:
    """The page of the title bar to which this page belongs; "" for none."""
    endpoint = request.endpoint or ""
    return _SECTIONS.get(endpoint) or _SECTIONS.get(endpoint.partition(".")[0], "")


def _navigation() -> list[tuple[str, str]]:
    """Title bar: endpoint and text of each page that this person may open."""
    may = Answers(access.principal())
    pages = [("pictures.gallery", "Gallery"), ("albums.show_all", "Albums"), ("timeline.show", "Timeline")]
    if access.person():
        pages.append(("marks.show", "Favourites"))
    if may.add or not access.person():
        pages.append(("upload.form", "Upload"))
    if may.change:
        pages.append(("trash.show", "Trash"))
    if may.share:
        pages.append(("shares.show", "Shared"))
    if may.manage_people:
        pages.append(("people.show", "People"))
    return [*pages, ("accounts.account", "Account") if access.person() else ("accounts.sign_in", "Sign in")]
