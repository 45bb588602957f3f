"""The calls about share links: each parses, calls the same actions as the pages, and answers JSON."""

from flask import Blueprint, Response, url_for

from picturerail.gallery import policy
from picturerail.gallery.actions import shares as actions
from picturerail.gallery.actions.shares import NewLink
from picturerail.gallery.api.exchange import answer, body
from picturerail.gallery.api.operations import answers
from picturerail.gallery.api.share_schemas import NewShare, PublicShare, RevokedShare, ShareAnswer, ShareList
from picturerail.gallery.policy import Action
from picturerail.gallery.shares import store
from picturerail.gallery.shares.model import Share, token_of
from picturerail.gallery.web import access, services
from picturerail.gallery.web.access import requires

blueprint = Blueprint("share_api", __name__, url_prefix="/api/v1")


@blueprint.get("/shares")
@requires(Action.SHARE)
@answers({200: ShareList})
def list_shares() -> Response:
    """One's own links, an owner everybody's, newest first."""
    found = store.made_by(services.database(), policy.shares(access.principal()))
    return answer(ShareList(shares=[_public(one) for one in found]))


@blueprint.post("/shares")
@requires(Action.SHARE)
@answers({201: ShareAnswer}, body=NewShare)
def add_share() -> Response:
    """Make a link to one picture, one album or one search; `url` opens it without an account."""
    given = body(NewShare)
    link = NewLink(
        picture=given.picture or "",
        album=given.album or "",
        q=given.q or "",
        name=given.name or "",
        password=given.password or "",
        download=given.download,
        edited=given.edited,
        location=given.location,
        expires_at=given.expires_at,
        max_uses=given.max_uses,
        adds=given.adds,
        chooses=given.chooses,
    )
    return answer(ShareAnswer(share=_public(actions.create(access.acting(), link))), 201)


@blueprint.delete("/shares/<share_id>")
@requires(Action.SHARE)
@answers({200: RevokedShare})
def revoke_share(share_id: str) -> Response:
    """End a link at once."""
    actions.revoke(access.acting(), share_id)
    return answer(RevokedShare(revoked=share_id))


def _public(share: Share) -> PublicShare:
    token = token_of(share.id, services.settings().secret_key)
    return PublicShare(
        id=share.id,
        url=services.site_url() + url_for("shared.show", token=token),
        picture=share.picture or None,
        album=share.album or None,
        q=share.q or None,
        name=share.name,
        has_password=bool(share.password),
        download=share.download,
        edited=share.edited,
        location=share.location,
        created_at=share.created_at.isoformat(timespec="milliseconds"),
        expires_at=share.expires_at.isoformat(timespec="milliseconds") if share.expires_at else None,
        used_at=share.used_at.isoformat(timespec="milliseconds") if share.used_at else None,
        uses=share.uses,
        max_uses=share.max_uses,
        chooses=share.chooses,
        done_at=share.done_at.isoformat(timespec="milliseconds") if share.done_at else None,
        adds=share.adds,
        added=share.added,
    )
