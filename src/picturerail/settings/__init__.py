"""Settings: one table, one precedence, and the only reader of the environment."""

from picturerail.settings.secret_store import holds_gallery, kept_secrets, with_secrets
from picturerail.settings.sources import check_environment, child_environment, load, plain_environment
from picturerail.settings.table import MEGABYTE, Settings

__all__ = [
    "MEGABYTE",
    "Settings",
    "check_environment",
    "child_environment",
    "holds_gallery",
    "kept_secrets",
    "load",
    "plain_environment",
    "with_secrets",
]
