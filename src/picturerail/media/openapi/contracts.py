"""Which structs belong to which action; one that stands in no line answers an object of Cloudinary's reference."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from picturerail.media.account import upload_mappings
from picturerail.media.admin import (
    deletions,
    lists,
    ping,
    resources,
    transformations,
    upload_presets,
)
from picturerail.media.assets import context, destroy, metadata, rename, tags
from picturerail.media.folders import actions as folders
from picturerail.media.notifications import triggers
from picturerail.media.openapi import answers, parameters
from picturerail.media.search import assets as search
from picturerail.media.upload import delete_tokens, endpoint, explicit
from picturerail.media.web import Action


@dataclass(frozen=True)
class ActionContract:
    """The structs of one action: what it answers and what it takes."""

    answer: Any = answers.Anything
    parameters: Any = None


_LISTS = (
    lists.by_type,
    lists.by_tag,
    lists.by_context,
    lists.by_moderation,
    lists.by_asset_folder,
    lists.by_asset_ids,
)
_DELETIONS = (deletions.by_type, deletions.by_tag, deletions.by_asset_ids)

CONTRACTS: Mapping[Action, ActionContract] = {
    endpoint.upload: ActionContract(answers.UploadAnswer, parameters.UploadParameters),
    explicit.explicit: ActionContract(answers.UploadAnswer, parameters.OneAsset),
    destroy.destroy: ActionContract(answers.DestroyResult, parameters.OneAsset),
    rename.rename: ActionContract(answers.AssetAnswer, parameters.Renaming),
    delete_tokens.delete_by_token: ActionContract(answers.DestroyResult),
    tags.tags: ActionContract(answers.ChangedAssets, parameters.TagChange),
    context.context: ActionContract(answers.ChangedAssets, parameters.ContextChange),
    metadata.metadata: ActionContract(answers.ChangedAssets, parameters.MetadataChange),
    ping.ping: ActionContract(answers.Status),
    resources.types: ActionContract(answers.ResourceTypes),
    resources.detail: ActionContract(answers.AssetAnswer),
    resources.detail_by_asset_id: ActionContract(answers.AssetAnswer),
    resources.update: ActionContract(answers.AssetAnswer),
    lists.tags: ActionContract(answers.TagList, parameters.PageQuery),
    search.search: ActionContract(answers.AssetSearch, parameters.AssetExpression),
    deletions.derived_by_ids: ActionContract(answers.Deletion),
    upload_presets.every: ActionContract(answers.UploadPresetList, parameters.PageQuery),
    upload_presets.one: ActionContract(answers.UploadPreset),
    upload_presets.create: ActionContract(answers.Message),
    upload_presets.update: ActionContract(answers.Message),
    upload_presets.delete: ActionContract(answers.Message),
    transformations.create: ActionContract(answers.Message, parameters.TransformationChange),
    transformations.update: ActionContract(answers.Message, parameters.TransformationChange),
    transformations.delete: ActionContract(answers.Message, parameters.TransformationChange),
    upload_mappings.create: ActionContract(answers.Message, parameters.FolderMapping),
    upload_mappings.update: ActionContract(answers.Message, parameters.FolderMapping),
    upload_mappings.delete: ActionContract(answers.Message, parameters.FolderMapping),
    folders.roots: ActionContract(answers.FolderList, parameters.PageQuery),
    folders.subfolders: ActionContract(answers.FolderList, parameters.PageQuery),
    folders.rename: ActionContract(parameters=parameters.FolderMove),
    triggers.create: ActionContract(parameters=parameters.TriggerChange),
    triggers.update: ActionContract(parameters=parameters.TriggerChange),
    **{action: ActionContract(answers.AssetList, parameters.AssetQuery) for action in _LISTS},
    **{action: ActionContract(answers.Deletion, parameters.AssetDeletion) for action in _DELETIONS},
}


def contract_of(action: Action) -> ActionContract:
    """What an action takes and answers."""
    return CONTRACTS.get(action, ActionContract())
