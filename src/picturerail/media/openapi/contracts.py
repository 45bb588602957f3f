"""Which structs belong to which action: what it takes, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
from picturerail.media.metadata import field_actions, rule_actions
from picturerail.media.notifications import poll, triggers
from picturerail.media.schemas import (
    account_answers,
    account_parameters,
    answers,
    handover_parameters,
    link_parameters,
    metadata_answers,
    parameters,
)
from picturerail.media.search import assets as search
from picturerail.media.upload import delete_tokens, endpoint, explicit, handover
from picturerail.media.web import Action


@dataclass(frozen=True)
class ActionContract:
    """The structs of one action: what it answers and what it takes."""

    answer: Any  # a text where the answer is no JSON
    parameters: Any = None  # None where it takes none


FILE = "The file"

CONTRACTS: Mapping[Action, ActionContract] = {
    endpoint.upload: ActionContract(answers.UploadAnswer, parameters.UploadParameters),
    endpoint.upload_body: ActionContract(answers.UploadAnswer, parameters.BodyUploadParameters),
    handover.take: ActionContract(answers.HandedAnswer, handover_parameters.HandedFiles),
    explicit.explicit: ActionContract(answers.UploadAnswer, parameters.ExplicitParameters),
    destroy.destroy: ActionContract(answers.DestroyResult, parameters.OneAsset),
    destroy.destroy_by_asset_id: ActionContract(answers.DestroyResult, parameters.OneAssetId),
    rename.rename: ActionContract(answers.AssetAnswer, parameters.Renaming),
    delete_tokens.delete_by_token: ActionContract(answers.DestroyResult, parameters.DeleteToken),
    tags.tags: ActionContract(answers.ChangedAssets, parameters.TagChange),
    context.context: ActionContract(answers.ChangedAssets, parameters.ContextChange),
    metadata.metadata: ActionContract(answers.ChangedAssets, parameters.MetadataChange),
    ping.ping: ActionContract(answers.Status),
    resources.types: ActionContract(answers.ResourceTypes),
    resources.detail: ActionContract(answers.AssetAnswer, parameters.DetailQuery),
    resources.detail_by_asset_id: ActionContract(answers.AssetAnswer, parameters.DetailQuery),
    resources.update: ActionContract(answers.AssetAnswer, parameters.AssetChange),
    resources.update_by_asset_id: ActionContract(answers.AssetAnswer, parameters.AssetChange),
    lists.tags: ActionContract(answers.TagList, parameters.TagQuery),
    search.search: ActionContract(answers.AssetSearch, parameters.AssetExpression),
    deletions.derived_by_ids: ActionContract(answers.Deletion, parameters.DerivedDeletion),
    upload_presets.every: ActionContract(answers.UploadPresetList, parameters.PageQuery),
    upload_presets.one: ActionContract(answers.UploadPreset),
    upload_presets.create: ActionContract(answers.PresetMessage, parameters.PresetParameters),
    upload_presets.update: ActionContract(answers.PresetMessage, parameters.PresetParameters),
    upload_presets.delete: ActionContract(answers.PresetMessage),
    transformations.create: ActionContract(answers.Message, account_parameters.NewTransformation),
    transformations.update: ActionContract(answers.Message, account_parameters.TransformationChange),
    transformations.delete: ActionContract(answers.Message, account_parameters.TransformationName),
    upload_mappings.every: ActionContract(account_answers.UploadMappingList, account_parameters.MappingQuery),
    upload_mappings.create: ActionContract(account_answers.UploadMapping, account_parameters.FolderMapping),
    upload_mappings.update: ActionContract(account_answers.UploadMapping, account_parameters.FolderMapping),
    upload_mappings.delete: ActionContract(account_answers.UploadMapping, account_parameters.MappedFolder),
    upload_mappings.replace: ActionContract(answers.Message, account_parameters.FolderMappings),
    folders.roots: ActionContract(answers.FolderList, parameters.PageQuery),
    folders.subfolders: ActionContract(answers.FolderList, parameters.PageQuery),
    folders.create: ActionContract(answers.CreatedFolder, parameters.Notified),
    folders.rename: ActionContract(answers.MovedFolder, parameters.FolderMove),
    folders.delete: ActionContract(answers.DeletedFolders, parameters.Notified),
    folders.search: ActionContract(answers.FolderSearch, parameters.AssetExpression),
    search.visual_search: ActionContract("Never: it needs a model that this service does not have"),
    text.text: ActionContract(answers.AssetAnswer, parameters.DrawnText),
    sprite.sprite: ActionContract(answers.GeneratedAnswer, parameters.GeneratedParameters),
    multi.multi: ActionContract(answers.GeneratedAnswer, parameters.GeneratedParameters),
    explode.explode: ActionContract(answers.GeneratedAnswer, parameters.Explosion),
    archive.archive: ActionContract(answers.ArchiveAnswer, parameters.ArchiveParameters),
    archive.tagged: ActionContract(FILE, link_parameters.TaggedFiles),
    downloads.download: ActionContract(FILE, link_parameters.Download),
    downloads.download_backup: ActionContract(FILE, link_parameters.BackupDownload),
    relations.relate: ActionContract(answers.Relations, parameters.NewRelations),
    relations.unrelate: ActionContract(answers.Relations, parameters.EndedRelations),
    relations.relate_by_asset_id: ActionContract(answers.Relations, parameters.NewRelations),
    relations.unrelate_by_asset_id: ActionContract(answers.Relations, parameters.EndedRelations),
    deletions.backed_up: ActionContract(answers.Deletion, parameters.BackupDeletion),
    restore.by_asset_ids: ActionContract(dict[str, answers.RestoredAsset], parameters.AssetIdRestoration),
    restore.by_public_ids: ActionContract(dict[str, answers.RestoredAsset], parameters.Restoration),
    publish.publish: ActionContract(answers.PublishedAssets, parameters.Publication),
    access_mode.update: ActionContract(answers.UpdatedAssets, parameters.AccessModeChange),
    config.config: ActionContract(account_answers.AccountConfig, account_parameters.ConfigQuery),
    usage.usage: ActionContract(account_answers.AccountUsage),
    usage.usage_of_day: ActionContract(account_answers.AccountUsage),
    streaming_profiles.every: ActionContract(account_answers.StreamingProfileList),
    streaming_profiles.one: ActionContract(account_answers.StreamingProfileAnswer),
    streaming_profiles.create: ActionContract(
        account_answers.StreamingProfileAnswer, account_parameters.NewProfile
    ),
    streaming_profiles.update: ActionContract(
        account_answers.StreamingProfileAnswer, account_parameters.ProfileChange
    ),
    streaming_profiles.delete: ActionContract(account_answers.StreamingProfileAnswer),
    transformations.get: ActionContract(
        account_answers.TransformationList, account_parameters.TransformationQuery
    ),
    triggers.every: ActionContract(account_answers.TriggerList, account_parameters.TriggerQuery),
    triggers.create: ActionContract(account_answers.Trigger, account_parameters.NewTrigger),
    triggers.one: ActionContract(account_answers.Trigger),
    triggers.update: ActionContract(account_answers.Trigger, account_parameters.TriggerChange),
    triggers.delete: ActionContract(answers.Message),
    triggers.test: ActionContract(account_answers.TriggerTest, account_parameters.TriggerSample),
    poll.messages: ActionContract(account_answers.QueuedMessages, account_parameters.MessageQuery),
    poll.acknowledge: ActionContract(account_answers.Acknowledgements, account_parameters.MessageReceipts),
    field_actions.every: ActionContract(metadata_answers.MetadataFieldList),
    field_actions.create: ActionContract(metadata_answers.MetadataField, account_parameters.NewMetadataField),
    field_actions.order: ActionContract(metadata_answers.MetadataFieldList, account_parameters.FieldOrder),
    field_actions.move: ActionContract(metadata_answers.MetadataFieldList, account_parameters.FieldPosition),
    field_actions.search_entries: ActionContract(
        list[metadata_answers.FoundEntry], account_parameters.EntrySearch
    ),
    field_actions.search_entries_of: ActionContract(
        metadata_answers.Datasource, account_parameters.EntrySearch
    ),
    field_actions.one: ActionContract(metadata_answers.MetadataField),
    field_actions.update: ActionContract(
        metadata_answers.MetadataField, account_parameters.MetadataFieldChange
    ),
    field_actions.delete: ActionContract(answers.Message),
    field_actions.update_datasource: ActionContract(
        metadata_answers.Datasource, account_parameters.DatasourceChange
    ),
    field_actions.delete_entries: ActionContract(metadata_answers.Datasource, account_parameters.EntryIds),
    field_actions.restore_entries: ActionContract(metadata_answers.Datasource, account_parameters.EntryIds),
    field_actions.order_entries: ActionContract(metadata_answers.Datasource, account_parameters.EntryOrder),
    rule_actions.every: ActionContract(metadata_answers.MetadataRuleList),
    rule_actions.create: ActionContract(metadata_answers.MetadataRule, account_parameters.NewRule),
    rule_actions.update: ActionContract(metadata_answers.MetadataRule, account_parameters.RuleChange),
    rule_actions.delete: ActionContract(metadata_answers.Success),
    lists.by_type: ActionContract(answers.AssetList, parameters.AssetQuery),
    lists.by_tag: ActionContract(answers.AssetList, parameters.ListQuery),
    lists.by_context: ActionContract(answers.AssetList, parameters.ContextQuery),
    lists.by_moderation: ActionContract(answers.AssetList, parameters.ListQuery),
    lists.by_asset_folder: ActionContract(answers.AssetList, parameters.FolderQuery),
    lists.by_asset_ids: ActionContract(answers.AssetList, parameters.AssetIdQuery),
    deletions.by_type: ActionContract(answers.Deletion, parameters.AssetDeletion),
    deletions.by_tag: ActionContract(answers.Deletion, parameters.AssetDeletion),
    deletions.by_asset_ids: ActionContract(answers.Deletion, parameters.AssetIdDeletion),
}


def contract_of(action: Action) -> ActionContract:
    """What an action takes and answers."""
    return CONTRACTS[action]
