"""Every endpoint of the APIs, in one table: method and path after /v1_1/<cloud>, and the action that answers."""

from collections.abc import Iterator

from picturerail.media import guards
from picturerail.media.account import config, streaming_profiles, upload_mappings, usage
from picturerail.media.admin import (
    access_mode,
    deletions,
    lists,
    ping,
    publish,
    relations,
    resources,
    restore,
    transformations,
    upload_presets,
)
from picturerail.media.assets import context, destroy, metadata, rename, tags
from picturerail.media.folders import actions as folders
from picturerail.media.generated import archive, downloads, explode, multi, text
from picturerail.media.generated.sprites import sprite
from picturerail.media.guards import Guard
from picturerail.media.metadata import field_actions, rule_actions
from picturerail.media.notifications import poll, triggers
from picturerail.media.openapi.contracts import contract_of
from picturerail.media.search import assets as search
from picturerail.media.upload import delete_tokens, endpoint, explicit, handover
from picturerail.media.web import Action, Route

KIND = "<any(image,video,raw,auto):resource_type>"
ANY_KIND = "<any(image,video,raw,auto,all):resource_type>"

UPLOAD: dict[str, Action] = {
    f"POST /{KIND}/upload": endpoint.upload,
    f"POST /{KIND}/upload_chunked": endpoint.upload,
    "POST /upload": endpoint.upload,
}

# The body is the file: so Rails lets browsers send straight to a store.
BARE: dict[str, Action] = {
    f"PUT /{KIND}/upload": endpoint.upload_body,
    f"PUT /{KIND}/direct_upload": endpoint.upload_body,
}

SIGNED: dict[str, Action] = {
    "POST /image/handover": handover.take,
    f"POST /{KIND}/destroy": destroy.destroy,
    "POST /asset/destroy": destroy.destroy_by_asset_id,
    f"POST /{KIND}/explicit": explicit.explicit,
    f"POST /{KIND}/rename": rename.rename,
    f"POST /{KIND}/text": text.text,
    f"POST /{KIND}/sprite": sprite.sprite,
    f"POST /{KIND}/multi": multi.multi,
    f"POST /{KIND}/explode": explode.explode,
    f"POST /{ANY_KIND}/generate_archive": archive.archive,
}

TOKENS: dict[str, Action] = {
    "POST /delete_by_token": delete_tokens.delete_by_token,
    f"POST /{KIND}/delete_by_token": delete_tokens.delete_by_token,
}

LINKS: dict[str, Action] = {
    f"GET /{KIND}/sprite": sprite.sprite,
    f"GET /{KIND}/multi": multi.multi,
    f"GET /{ANY_KIND}/generate_archive": archive.archive,
    f"GET /{ANY_KIND}/download_tag.zip": archive.tagged,
    f"GET /{KIND}/download": downloads.download,
    "GET /download_backup": downloads.download_backup,
}

# Clients leave notification_url and batch_id out of the signature of these.
LOOSELY_SIGNED: dict[str, Action] = {
    f"POST /{KIND}/tags": tags.tags,
    f"POST /{KIND}/context": context.context,
    f"POST /{KIND}/metadata": metadata.metadata,
}

ADMIN: dict[str, Action] = {
    "GET /ping": ping.ping,
    # ---- the account
    "GET /config": config.config,
    "GET /usage": usage.usage,
    "GET /usage/<day>": usage.usage_of_day,
    "GET /upload_mappings": upload_mappings.every,
    "POST /upload_mappings": upload_mappings.create,
    "PUT /upload_mappings": upload_mappings.update,
    "DELETE /upload_mappings": upload_mappings.delete,
    "PUT /upload_mappings/replace": upload_mappings.replace,
    "GET /streaming_profiles": streaming_profiles.every,
    "POST /streaming_profiles": streaming_profiles.create,
    "GET /streaming_profiles/<name>": streaming_profiles.one,
    "PUT /streaming_profiles/<name>": streaming_profiles.update,
    "DELETE /streaming_profiles/<name>": streaming_profiles.delete,
    # ---- notifications
    "GET /triggers": triggers.every,
    "POST /triggers": triggers.create,
    "GET /triggers/<trigger_id>": triggers.one,
    "PUT /triggers/<trigger_id>": triggers.update,
    "DELETE /triggers/<trigger_id>": triggers.delete,
    "POST /triggers/<trigger_id>/test": triggers.test,
    "GET /v2/notifications/<cloud>/messages": poll.messages,
    "POST /v2/notifications/<cloud>/messages/ack": poll.acknowledge,
    # ---- folders
    "GET /folders": folders.roots,
    "GET /folders/search": folders.search,
    "POST /folders/search": folders.search,
    "GET /folders/<path:path>": folders.subfolders,
    "POST /folders/<path:path>": folders.create,
    "PUT /folders/<path:path>": folders.rename,
    "DELETE /folders/<path:path>": folders.delete,
    # ---- search
    "GET /resources/search": search.search,
    "POST /resources/search": search.search,
    "GET /resources/visual_search": search.visual_search,
    "POST /resources/visual_search": search.visual_search,
    # ---- lists of assets
    "GET /resources": resources.types,
    "GET /resources/by_asset_folder": lists.by_asset_folder,
    "GET /resources/by_asset_ids": lists.by_asset_ids,
    f"GET /resources/{KIND}": lists.by_type,
    f"GET /resources/{KIND}/<kind>": lists.by_type,
    f"GET /resources/{KIND}/tags/<path:tag>": lists.by_tag,
    f"GET /resources/{KIND}/context": lists.by_context,
    f"GET /resources/{KIND}/moderations/<kind>/<status>": lists.by_moderation,
    f"GET /tags/{KIND}": lists.tags,
    # ---- one asset
    "GET /resources/<asset_id>": resources.detail_by_asset_id,
    "PUT /resources/<asset_id>": resources.update_by_asset_id,
    f"GET /resources/{KIND}/<kind>/<path:public_id>": resources.detail,
    f"POST /resources/{KIND}/<kind>/<path:public_id>": resources.update,
    "POST /resources/related_assets/<asset_id>": relations.relate_by_asset_id,
    "DELETE /resources/related_assets/<asset_id>": relations.unrelate_by_asset_id,
    f"POST /resources/related_assets/{KIND}/<kind>/<path:public_id>": relations.relate,
    f"DELETE /resources/related_assets/{KIND}/<kind>/<path:public_id>": relations.unrelate,
    # ---- deleting and restoring
    "DELETE /resources": deletions.by_asset_ids,
    f"DELETE /resources/{KIND}/<kind>": deletions.by_type,
    f"DELETE /resources/{KIND}/tags/<path:tag>": deletions.by_tag,
    "DELETE /resources/backup/<asset_id>": deletions.backed_up,
    "DELETE /derived_resources": deletions.derived_by_ids,
    "POST /resources/restore": restore.by_asset_ids,
    f"POST /resources/{KIND}/<kind>/restore": restore.by_public_ids,
    f"POST /resources/{KIND}/publish_resources": publish.publish,
    f"POST /resources/{KIND}/<kind>/update_access_mode": access_mode.update,
    # ---- upload presets
    "GET /upload_presets": upload_presets.every,
    "POST /upload_presets": upload_presets.create,
    "GET /upload_presets/<path:name>": upload_presets.one,
    "PUT /upload_presets/<path:name>": upload_presets.update,
    "DELETE /upload_presets/<path:name>": upload_presets.delete,
    # ---- transformations
    "GET /transformations": transformations.get,
    "POST /transformations": transformations.create,
    "PUT /transformations": transformations.update,
    "DELETE /transformations": transformations.delete,
    "GET /transformations/<path:transformation>": transformations.get,
    "POST /transformations/<path:transformation>": transformations.create,
    "PUT /transformations/<path:transformation>": transformations.update,
    "DELETE /transformations/<path:transformation>": transformations.delete,
    # ---- structured metadata
    "GET /metadata_fields": field_actions.every,
    "POST /metadata_fields": field_actions.create,
    "PUT /metadata_fields/order": field_actions.order,
    "PUT /metadata_fields/<external_id>/reorder": field_actions.move,
    "POST /metadata_fields/datasource/search": field_actions.search_entries,
    "POST /metadata_fields/<external_id>/datasource/search": field_actions.search_entries_of,
    "GET /metadata_fields/<external_id>": field_actions.one,
    "PUT /metadata_fields/<external_id>": field_actions.update,
    "DELETE /metadata_fields/<external_id>": field_actions.delete,
    "PUT /metadata_fields/<external_id>/datasource": field_actions.update_datasource,
    "DELETE /metadata_fields/<external_id>/datasource": field_actions.delete_entries,
    "POST /metadata_fields/<external_id>/datasource_restore": field_actions.restore_entries,
    "POST /metadata_fields/<external_id>/datasource/order": field_actions.order_entries,
    "GET /metadata_rules": rule_actions.every,
    "POST /metadata_rules": rule_actions.create,
    "PUT /metadata_rules/<external_id>": rule_actions.update,
    "DELETE /metadata_rules/<external_id>": rule_actions.delete,
}


def _routes(actions: dict[str, Action], guard: Guard, *, bare: bool = False) -> Iterator[Route]:
    for name, action in actions.items():
        method, path = name.split(" ")
        yield Route(method, path, guard, action, contract_of(action).parameters, bare)


ROUTES = (
    *_routes(UPLOAD, guards.signed_or_preset),
    *_routes(BARE, guards.signed_or_preset, bare=True),
    *_routes(SIGNED, guards.signed),
    *_routes(TOKENS, guards.anybody),
    *_routes(LINKS, guards.signed_link),
    *_routes(LOOSELY_SIGNED, guards.loosely_signed),
    *_routes(ADMIN, guards.admin),
)
