"""Who comes by the OpenID provider: which account that is, with which role, or why nobody is let in.

An account belongs to (issuer, subject). It comes to that by an address only where the provider says that the address is
verified; else its holder connects both, signed in here.
"""

from contextlib import suppress

from picturerail.errors import Conflict, Forbidden
from picturerail.gallery import policy
from picturerail.gallery.accounts import addresses, identities, links, sessions, users
from picturerail.gallery.accounts.email import folded, spellings
from picturerail.gallery.accounts.links import LinkKind
from picturerail.gallery.accounts.users import User
from picturerail.gallery.actions.accounts import Proof, prove
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.activity.model import Deed
from picturerail.gallery.follow_up import FollowUp
from picturerail.gallery.oidc.identity import ProviderIdentity, ProviderSignOut
from picturerail.gallery.policy import ROLES, Action


def sign_in(at: ActionContext, identity: ProviderIdentity, invitation: str = "") -> User:
    """The account of somebody for whom the provider vouches; Forbidden, with the reason, for whoever has none.

    `invitation` is the token of the link by which they came, if it was one. The account's role is what the claim gives
    today, if claims give roles: who gets none has lost it.
    """
    bound = identities.bound_user(at.db, identity)
    try:
        _check_address(at, identity)
        _check_enabled(bound)
        _check_role(at, identity, bound)
        user = bound or _known_by_address(at, identity) or _made(at, identity, invitation)
        user = _set_role(at, user, identity.role) if identity.role else user
    except (Forbidden, Conflict):
        if bound:
            about = f"{bound.email}, by {at.settings.oidc_label}"
            at.record(Deed.REFUSE_SIGN_IN, str(bound.id), about=about)
        raise
    _acting(at, user).record(Deed.SIGN_IN, str(user.id), about=f"by {at.settings.oidc_label}")
    return user


def sign_out(at: ActionContext, ended: ProviderSignOut) -> None:
    """End the sessions here that were begun by those which ended at the provider.

    Of somebody who is signed in nowhere any more, also what pages have handed out ends.
    """
    bound = identities.bound_user(at.db, ended) if ended.subject else None
    if ended.subject and bound is None:
        return
    key = identities.session_key(ended.issuer, ended.session)
    for each in sessions.end_provider_sessions(at.db, bound.id if bound else None, key, ended.until):
        if not ended.session:
            addresses.close(at.db, [each])
        if user := users.find_user(at.db, each):
            about = f"{user.email}, by {at.settings.oidc_label}"
            _acting(at, user).record(Deed.END_SESSIONS, str(each), about=about)


def connect(at: ActionContext, user: User, identity: ProviderIdentity) -> None:
    """Let somebody at the provider in to the account of who is signed in."""
    policy.check(at.who, Action.HAVE_ACCOUNT)
    _check_address(at, identity)
    identities.bind(at.db, identity, user.id)
    at.record(Deed.CONNECT, str(user.id), about=user.email)


def disconnect(at: ActionContext, user: User, proof: Proof) -> None:
    """Let nobody at the provider in to one's own account; Conflict where that would shut oneself out."""
    policy.check(at.who, Action.HAVE_ACCOUNT)
    if not user.has_password or not at.settings.password_sign_in:
        raise Conflict("There is no other way to sign in to this account.")
    prove(at, user, proof)
    identities.unbind(at.db, user.id)
    at.record(Deed.DISCONNECT, str(user.id), about=user.email)


def _check_address(at: ActionContext, identity: ProviderIdentity) -> None:
    """Only people with an address of the site's domains, where it has some."""
    domains = [folded(domain.removeprefix("@")) for domain in at.settings.oidc_domains]
    if not domains:
        return
    if not identity.verified:
        raise Forbidden(
            f"Only addresses of {', '.join(domains)} may sign in, and {at.settings.oidc_label} does not say that it "
            "has verified yours."
        )
    if folded(identity.email).rpartition("@")[2] not in domains:
        raise Forbidden(f"Only addresses of {', '.join(domains)} may sign in by {at.settings.oidc_label}.")


def _check_enabled(user: User | None) -> None:
    if user and user.disabled:
        raise Forbidden("This account is disabled. Ask an owner of the site.")


def _check_role(at: ActionContext, identity: ProviderIdentity, user: User | None) -> None:
    """Who has no role any more is signed out everywhere, and an account with a password sees what a viewer sees."""
    if identity.role or not at.settings.oidc_role_claim:
        return
    if user:
        with suppress(Conflict):  # the only owner stays one, and is not let in by this door
            _set_role(at, user, ROLES[0])
        sessions.end_sessions_of(at.db, user.id)
    raise Forbidden(
        f"{at.settings.oidc_label} gives you no role on this site. Ask who looks after the accounts there."
    )


def _set_role(at: ActionContext, user: User, role: str) -> User:
    if users.has_role(at.db, user, role):
        return user
    with at.following_up(FollowUp(accounts=[str(user.id)])):
        changed = users.set_role(at.db, user, role)
        sessions.end_sessions_of(at.db, user.id)
        addresses.close(at.db, [user.id])
    _acting(at, changed).record(
        Deed.SET_ROLE, str(user.id), about=f"{user.email}, {role}, by {at.settings.oidc_label}"
    )
    return changed


def _known_by_address(at: ActionContext, identity: ProviderIdentity) -> User | None:
    """The account of the same address, bound from now on; Forbidden where the address alone proves too little."""
    told = {"email": {"$in": spellings(identity.email)}}
    document = at.db.users.find_one(told, {"_id": 1}) if identity.email else None
    user = users.find_user(at.db, document["_id"]) if document else None
    if user is None:
        return None
    _check_enabled(user)
    if not identity.verified or (user.totp and at.settings.password_sign_in):
        at.record(Deed.REFUSE_SIGN_IN, str(user.id), about=f"{user.email}, by {at.settings.oidc_label}")
        raise Forbidden(
            f"There is an account of this address here already, and what {at.settings.oidc_label} says is not enough "
            "to open it. Sign in with the password, and connect both on the page Account."
        )
    identities.bind(at.db, identity, user.id)
    _acting(at, user).record(Deed.CONNECT, str(user.id), about=user.email)
    return user


def _made(at: ActionContext, identity: ProviderIdentity, token: str) -> User:
    """A new account: for who was invited, or for everybody, if the site makes such."""
    invited = _invitation(at, identity, token)
    if invited is None and identities.is_barred(at.db, identity):
        raise Forbidden("Your account on this site was removed. An owner can invite you again.")
    if invited is None and not at.settings.oidc_create:
        raise Forbidden("You have no account on this site. Ask an owner for an invitation.")
    email, role = invited or (identity.email, at.settings.oidc_new_role)
    if not email:
        raise Forbidden(
            f"{at.settings.oidc_label} tells no e-mail address of yours, and an account here needs one."
        )
    if invited is None and not identity.verified:
        raise Forbidden(
            f"{at.settings.oidc_label} does not say that it has verified your address. Ask an owner for an invitation."
        )
    user = users.create_member(at.db, email, identity.role or role)
    identities.bind(at.db, identity, user.id)
    links.forget(at.db, LinkKind.INVITATION, email=user.email)
    _acting(at, user).record(Deed.JOIN, str(user.id), about=f"{user.role}, by {at.settings.oidc_label}")
    return user


def _invitation(at: ActionContext, identity: ProviderIdentity, token: str) -> tuple[str, str] | None:
    """Address and role of an invitation: by the link that was opened, or to a verified address; None without one."""
    if token:
        link = links.find(at.db, LinkKind.INVITATION, token, links.NO_INVITATION)
        return link["email"], link["role"]
    address = folded(identity.email)
    found = links.about(at.db, LinkKind.INVITATION, email=address) if identity.verified else None
    return (address, found["role"]) if found else None


def _acting(at: ActionContext, user: User) -> ActionContext:
    return at.acting_as(users.person_of(user))
