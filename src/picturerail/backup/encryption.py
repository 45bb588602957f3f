"""What lies in a backup, as it is or encrypted with age, so that nobody needs this program to open it.

Each repository has a key pair of its own; its private half lies beside it, encrypted by the passphrase. So the slow
derivation from a passphrase happens once for a run, and not once for each file.
"""

from pathlib import Path
from typing import BinaryIO, Protocol

import pyrage

from picturerail.errors import StartupError

REFUSED = "That is not the passphrase of this backup (PICTURERAIL_BACKUP_PASSPHRASE)."


class Cipher(Protocol):
    """How files go into a repository, and come out of it."""

    def seal(self, source: Path, target: Path) -> None:
        """Write the file `source` as it is to be kept to `target`; `source` stays."""

    def open(self, source: BinaryIO, target: Path) -> None:
        """Write what was kept as `source` to the file `target`, as it was before."""


class Plain:
    """Files are kept as they are."""

    def seal(self, source: Path, target: Path) -> None:
        """Copy."""
        with source.open("rb") as reader, target.open("wb") as writer:
            _copy(reader, writer)

    def open(self, source: BinaryIO, target: Path) -> None:
        """Copy."""
        with target.open("wb") as writer:
            _copy(source, writer)


class Age:
    """Files are encrypted to the repository's own key, https://age-encryption.org/v1."""

    def __init__(self, identity: str) -> None:
        """Use the private key `identity` (AGE-SECRET-KEY-1...)."""
        self._identity = pyrage.x25519.Identity.from_str(identity)

    def seal(self, source: Path, target: Path) -> None:
        """Encrypt in one stream."""
        pyrage.encrypt_file(str(source), str(target), [self._identity.to_public()])

    def open(self, source: BinaryIO, target: Path) -> None:
        """Decrypt in one stream; what was changed or cut is refused."""
        try:
            with target.open("wb") as writer:
                pyrage.decrypt_io(source, writer, [self._identity])
        except pyrage.DecryptError as error:
            raise StartupError("A file of the backup cannot be decrypted: it is damaged.") from error


def new_key(passphrase: str) -> bytes:
    """A new private key, encrypted by `passphrase`."""
    return bytes(pyrage.passphrase.encrypt(str(pyrage.x25519.Identity.generate()).encode(), passphrase))


def unlock(key: bytes, passphrase: str) -> Age:
    """The cipher whose private key was encrypted by `passphrase`; raises StartupError when it was another one."""
    try:
        return Age(pyrage.passphrase.decrypt(key, passphrase).decode())
    except pyrage.DecryptError as error:
        raise StartupError(REFUSED) from error


def _copy(reader: BinaryIO, writer: BinaryIO) -> None:
    while block := reader.read(1024 * 1024):
        writer.write(block)
