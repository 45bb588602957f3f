"""Every endpoint of the APIs, in one table: method and path after /v1_1/<cloud>, and the action that answers."""

from collections.abc import Iterator

from picturerail.media.admin import metadata_fields, metadata_rules, ping, resources
from picturerail.media.notifications import polling, triggers
from picturerail.media.search import assets as search
from picturerail.media.upload import destroy, upload
from picturerail.media.web import Action, Guard, Route
from picturerail.media.wire.authentication import check_admin, check_upload

KIND = "<any(image,video,raw,auto):resource_type>"

UPLOAD: dict[str, Action] = {
    f"POST /{KIND}/upload": upload.upload,
    f"POST /{KIND}/destroy": destroy.destroy,
}

ADMIN: dict[str, Action] = {
    "GET /ping": ping.ping,
    # ---- notifications
    "GET /triggers": triggers.every,
    "POST /triggers": triggers.create,
    "PUT /triggers/<trigger_id>": triggers.update,
    "DELETE /triggers/<trigger_id>": triggers.delete,
    "POST /triggers/<trigger_id>/test": triggers.test,
    "GET /v2/notifications/<cloud>/messages": polling.messages,
    "POST /v2/notifications/<cloud>/messages/ack": polling.acknowledge,
    # ---- search
    "GET /resources/search": search.search,
    "POST /resources/search": search.search,
    "GET /resources/visual_search": search.visual_search,
    "POST /resources/visual_search": search.visual_search,
    # ---- assets
    "GET /resources/<asset_id>": resources.detail_by_asset_id,
    f"GET /resources/{KIND}/<kind>/<path:public_id>": resources.detail,
    # ---- structured metadata
    "GET /metadata_fields": metadata_fields.every,
    "POST /metadata_fields": metadata_fields.create,
    "PUT /metadata_fields/order": metadata_fields.order,
    "GET /metadata_fields/<external_id>": metadata_fields.one,
    "PUT /metadata_fields/<external_id>": metadata_fields.update,
    "DELETE /metadata_fields/<external_id>": metadata_fields.delete,
    "PUT /metadata_fields/<external_id>/datasource": metadata_fields.update_datasource,
    "DELETE /metadata_fields/<external_id>/datasource": metadata_fields.delete_entries,
    "POST /metadata_fields/<external_id>/datasource_restore": metadata_fields.restore_entries,
    "POST /metadata_fields/<external_id>/datasource/order": metadata_fields.order_entries,
    "GET /metadata_rules": metadata_rules.every,
    "POST /metadata_rules": metadata_rules.create,
    "PUT /metadata_rules/<external_id>": metadata_rules.update,
    "DELETE /metadata_rules/<external_id>": metadata_rules.delete,
}


def _routes(actions: dict[str, Action], guard: Guard) -> Iterator[Route]:
    for name, action in actions.items():
        method, path = name.split(" ")
        yield Route(method, path, guard, action)


ROUTES = (*_routes(UPLOAD, check_upload), *_routes(ADMIN, check_admin))
