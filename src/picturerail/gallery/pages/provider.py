"""Sign-in by the OpenID provider: the way there and back, and one's own account connected with it."""

import time
from dataclasses import dataclass

from flask import Blueprint, jsonify, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from picturerail import cache_policy
from picturerail.errors import BadRequest, Forbidden, NotFound, PicturerailError
from picturerail.gallery.accounts import users
from picturerail.gallery.actions import accounts
from picturerail.gallery.actions import provider as actions
from picturerail.gallery.oidc import attempt as attempts
from picturerail.gallery.oidc.identity import ProviderIdentity, identity_of
from picturerail.gallery.oidc.metadata import Strange
from picturerail.gallery.oidc.provider import Provider
from picturerail.gallery.pages import accounts as pages
from picturerail.gallery.policy import Action
from picturerail.gallery.web import access, errors, params, services
from picturerail.gallery.web.access import EVERYBODY, requires
from picturerail.gallery.web.flash import Notice, notify
from picturerail.gallery.web.headers import private

MAX_ATTEMPTS = 3  # of one browser at a time: tabs
MAX_WAY_BACK = 300  # characters of an address that a cookie keeps
MAX_CODE = 4096  # characters
ATTEMPT_SECONDS = 600
CONNECT_SECONDS = 60
_ATTEMPTS, _CONNECT = "oidc", "oidc-connect"

blueprint = Blueprint("provider", __name__)


@dataclass(frozen=True)
class Errand:
    """What a browser went to the provider for: `way_back` afterwards, or to connect an account, or to join."""

    state: str
    begun_at: int
    way_back: str = ""
    account: str = ""
    invitation: str = ""


@blueprint.get("/sign-in/provider")
@requires(EVERYBODY)
def begin() -> BaseResponse:
    """Send the browser to the provider; a form cannot, since our own policy keeps forms on this site."""
    from picturerail.gallery.oidc import code_flow  # noqa: PLC0415 - its first lines say why

    provider, settings = _provider(), services.settings()
    way_back = params.local_path(request.args.get("next", ""), "")
    attempt = attempts.new_attempt(settings.secret_key)
    errand = Errand(
        attempt.state,
        int(time.time()),
        way_back if len(way_back) <= MAX_WAY_BACK else "",
        _about_to_connect(),
        request.args.get("invitation", "")[:100],
    )
    try:
        url = code_flow.authorization_url(settings, provider, attempt, _redirect_uri())
    except PicturerailError as error:
        return _refused(errand, error)
    _keep(errand)
    return _sent_to(url)


@blueprint.get("/sign-in/provider/callback")
@requires(EVERYBODY)
def come_back() -> BaseResponse:
    """What the provider answers, for the browser that went there."""
    errand = _taken(request.args.get("state", ""))
    if errand is None and access.person():  # the page was loaded again, or another tab was quicker
        return _sent_to(url_for("pictures.gallery"))
    try:
        if errand is None:
            raise BadRequest("This sign-in was begun in another browser, or too long ago. Please try again.")
        identity = _identity(errand)
        if errand.account:
            return _connected(errand, identity)
        user = actions.sign_in(access.acting(), identity, errand.invitation)
    except PicturerailError as error:
        return _refused(errand, error)
    return pages.begin_session(user, errand.way_back or url_for("pictures.gallery"), by_provider=identity)


@blueprint.post("/account/provider")
@requires(Action.HAVE_ACCOUNT)
def connect() -> BaseResponse:
    """Whoever knows the password goes on to the provider, to connect the account."""
    _provider()
    user = _own()
    throttle, address = services.services().throttle, request.remote_addr or ""
    throttle.count_try(user.email, address)
    try:
        accounts.prove(access.acting(), user, pages.proof())
    except PicturerailError as error:
        return pages.account_page(error.message, error.status)
    throttle.take_back(user.email, address)
    session[_CONNECT] = [str(user.id), int(time.time())]
    return private(render_template("go_on.html", href=url_for("provider.begin")))


@blueprint.post("/account/provider/remove")
@requires(Action.HAVE_ACCOUNT)
def disconnect() -> BaseResponse:
    """Let nobody at the provider in to one's own account."""
    user = _own()
    throttle, address = services.services().throttle, request.remote_addr or ""
    throttle.count_try(user.email, address)
    try:
        actions.disconnect(access.acting(), user, pages.proof())
    except PicturerailError as error:
        return pages.account_page(error.message, error.status)
    throttle.take_back(user.email, address)
    notify(Notice(f"{services.provider_label()} opens this account no more.", kind="secondary"))
    return redirect(url_for("accounts.account"), 303)


@blueprint.get("/sign-out/provider")
@requires(EVERYBODY)
def leave() -> BaseResponse:
    """Sign out at the provider, which asks once more: anybody can make a link to here."""
    from authlib.common.urls import add_params_to_uri  # noqa: PLC0415 - as above

    where = _provider().metadata().end_session_endpoint
    if not where:
        raise NotFound(f"{services.provider_label()} has no page to sign out by. Sign out on its own pages.")
    back = services.origin() + url_for("pictures.landing")
    names = {"client_id": services.settings().oidc_client_id, "post_logout_redirect_uri": back}
    return _sent_to(str(add_params_to_uri(where, list(names.items()))))


@blueprint.post("/sign-out/provider")
@requires(EVERYBODY)
@access.called_by_programs
def sign_out() -> BaseResponse:
    """What the provider itself sends when somebody has signed out there: it proves that it does by its signature."""
    from picturerail.gallery.oidc import sign_out as protocol  # noqa: PLC0415 - as above

    provider, answer = _provider(), make_response("", 200)
    try:
        token = request.form.get("logout_token")
        actions.sign_out(access.acting(), protocol.sign_out_of(services.settings(), provider, token))
    except PicturerailError as error:
        errors.report(error)
        answer = jsonify(error="invalid_request", error_description=error.message)
        answer.status_code = error.status
    answer.headers.update(cache_policy.header(cache_policy.NO_STORE))
    return answer


def _identity(errand: Errand) -> ProviderIdentity:
    """Who comes back, as the provider vouches for them."""
    from picturerail.gallery.oidc import code_flow  # noqa: PLC0415 - as above

    provider, settings = _provider(), services.settings()
    _check_answer(provider)
    throttle, address = services.services().throttle, request.remote_addr or ""
    throttle.count_try(f"oidc {address}", address)
    attempt = attempts.attempt_of(errand.state, settings.secret_key)
    code = request.args.get("code", "")
    try:
        identity = identity_of(
            code_flow.claims_of(settings, provider, attempt, _redirect_uri(), code), settings
        )
    except Strange as error:
        raise provider.unfit(error) from error
    throttle.take_back(f"oidc {address}", address)
    return identity


def _check_answer(provider: Provider) -> None:
    """Refuse what is no code, or comes from another provider (RFC 9207)."""
    metadata, says = provider.metadata(), request.args
    if says.get("iss", metadata.issuer if not metadata.names_itself else "") != metadata.issuer:
        raise BadRequest(
            "This answer comes from another provider than the one that was asked. Please try again."
        )
    error = says.get("error", "")
    if error == "access_denied":
        raise Forbidden(f"You did not sign in at {provider.label}. Try again, or choose another way.")
    if error in ("temporarily_unavailable", "server_error"):
        raise provider.away(Strange(f"it answered {error}"))
    if error:
        raise provider.unfit(
            Strange(f"it answered {error[:100]!r}: {says.get('error_description', '')[:200]!r}")
        )
    if not 0 < len(says.get("code", "")) <= MAX_CODE:
        raise BadRequest("The provider's answer holds no code. Please try again.")


def _connected(errand: Errand, identity: ProviderIdentity) -> BaseResponse:
    who = access.person()
    if who is None or who.id != errand.account:
        raise Forbidden("Somebody else is signed in by now, so that nothing was connected. Please try again.")
    actions.connect(access.acting(), _own(), identity)
    notify(Notice(f"You can sign in with {services.provider_label()} from now on."))
    return _sent_to(url_for("accounts.account"))


def _refused(errand: Errand | None, error: PicturerailError) -> BaseResponse:
    """The page from which the browser came, with the reason."""
    errors.report(error)
    if errand and errand.account and access.person():
        return pages.account_page(error.message, error.status)
    return pages.sign_in_page("", errand.way_back if errand else "", error.message, error.status)


def _sent_to(url: str) -> BaseResponse:
    response = redirect(url, 303)
    response.headers.update(cache_policy.header(cache_policy.NO_STORE))
    return response


def _keep(errand: Errand) -> None:
    """In the form's cookie, which we sign."""
    kept = [*session.get(_ATTEMPTS, ()), list(vars(errand).values())]
    session[_ATTEMPTS] = kept[-MAX_ATTEMPTS:]


def _taken(state: str) -> Errand | None:
    """What this browser went for with `state`, once; None when it did not, or long ago."""
    kept = [Errand(*each) for each in session.get(_ATTEMPTS, ())] if request.cookies else []
    found = next((each for each in kept if access.same(state, each.state)), None)
    if found is None:
        return None
    session[_ATTEMPTS] = [list(vars(each).values()) for each in kept if each is not found]
    return found if time.time() <= found.begun_at + ATTEMPT_SECONDS else None


def _about_to_connect() -> str:
    """The account whose holder has told the password a moment ago, to connect it; "" otherwise."""
    account, then = session.pop(_CONNECT, None) or ("", 0) if request.cookies else ("", 0)
    who = access.person()
    fits = who is not None and who.id == account and time.time() <= then + CONNECT_SECONDS
    return account if fits else ""


def _provider() -> Provider:
    if (known := services.services().provider) is None:
        raise NotFound("This site has no OpenID provider to sign in by.")
    return known


def _own() -> users.User:
    return users.user_of(services.database(), access.signed_in().email)


def _redirect_uri() -> str:
    return services.origin() + url_for("provider.come_back")
