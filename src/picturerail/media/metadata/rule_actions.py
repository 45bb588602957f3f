"""/metadata_rules: conditions on metadata fields that decide what other fields may or must hold."""

from typing import Any

from picturerail.media.http.api_request import ApiRequest
from picturerail.media.metadata import fields
from picturerail.media.metadata.rule_definitions import changes_of_rule, new_rule, shown_rule
from picturerail.media.service import Media


def every(media: Media, call: ApiRequest) -> dict[str, Any]:
    """All rules, in the order in which they are tried."""
    del call
    return {"metadata_rules": [shown_rule(rule) for rule in fields.rules(media.database)]}


def create(media: Media, call: ApiRequest) -> dict[str, Any]:
    """Define a rule."""
    return shown_rule(fields.insert_rule(media.database, new_rule(call.params)))


def update(media: Media, call: ApiRequest, external_id: str) -> dict[str, Any]:
    """Change a rule."""
    return shown_rule(fields.update_rule(media.database, external_id, changes_of_rule(call.params)))


def delete(media: Media, call: ApiRequest, external_id: str) -> dict[str, Any]:
    """Delete a rule."""
    del call
    fields.remove_rule(media.database, external_id)
    return {"success": True}
