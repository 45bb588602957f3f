"""An installation of an older release, from a backup made as its own pages said, opened by this program."""

import hashlib
import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cloudinary.api
import cloudinary.uploader
import pytest

from bench.gallery.migration_audit import MigrationAudit
from bench.gallery.older_library import OWNER
from bench.gallery.older_library import PASSWORD as OWNER_PASSWORD
from bench.parts.older_tree import installed, program_of
from picturerail import mongod
from picturerail.database import connect, database
from tests.faults import older_release
from tests.faults.audit import doctor
from tests.faults.older_release import PASSWORD, PEOPLE, OldInstallation
from tests.faults.uploads import GalleryClient, account_of, unique_jpeg
from tests.media import http
from tests.service import Service, wait_until

pytestmark = pytest.mark.slow
PICTURES = 40


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> OldInstallation:
    return older_release.installation(tmp_path_factory.mktemp("older"), program_of(installed()), PICTURES)


def from_copy(old: OldInstallation, data: Path) -> None:
    older_release.copy_of_folder(old, data)


def from_dump(old: OldInstallation, data: Path, *, drop: bool = True) -> None:
    """The database first and the files after it, while the program runs and somebody uploads; then the way back."""
    with old.service() as service:
        dumped = older_release.dump(old.data)
        late = cloudinary.uploader.upload(
            io.BytesIO(unique_jpeg(8_700_000 + time.time_ns() % 1000, (64, 48))), **account_of(service)
        )
        older_release.files_of_folder(old, data)
        cloudinary.uploader.destroy(late["public_id"], **account_of(service))
    with Service(data):
        older_release.restore(dumped, data, drop=drop)


def from_dump_beside_new(old: OldInstallation, data: Path) -> None:
    from_dump(old, data, drop=False)


@pytest.fixture(params=[from_copy, from_dump, from_dump_beside_new])
def moved(request: pytest.FixtureRequest, old: OldInstallation, tmp_path: Path) -> Iterator[Service]:
    """This program on what came back."""
    way: Callable[[OldInstallation, Path], None] = request.param
    way(old, tmp_path / "restored")
    with Service(tmp_path / "restored", owner_email=OWNER, owner_password=OWNER_PASSWORD) as service:
        wait_until(lambda: is_settled(service), 300)
        if way is not from_copy:  # the bytes that came between the dump and the files
            doctor(service, "--quiescent", "--repair")
        yield service


def test_all_is_as_it_was_and_comes_through_a_backup(
    old: OldInstallation, moved: Service, tmp_path: Path
) -> None:
    look(old, moved)
    place = tmp_path / "backup"
    anew = Service(tmp_path / "anew", owner_email=OWNER, owner_password=OWNER_PASSWORD)
    assert "snapshot" in moved.run("backup", str(place))
    assert "Every byte is as it was." in moved.run("backup", str(place), "--verify")
    assert "Restored" in anew.run("restore", str(place))
    with anew:
        look(old, anew)


def is_settled(service: Service) -> bool:
    """Whether every picture of the older release lies where it belongs."""
    with connect(mongod.uri(service.data)) as client:
        db = database(client)
        return not db.gallery.count_documents({"$or": [{"moving": True}, {"shown": None}]}, limit=1)


def look(old: OldInstallation, service: Service) -> None:
    audit = MigrationAudit(service, old.pictures)
    audit.at_the_end()
    assert audit.wrong == []
    assert older_release.credentials(service) == old.credentials
    for email in PEOPLE:
        person = Service(service.data, port=service.port, owner_email=email, owner_password=PASSWORD)
        GalleryClient(person).sign_in()
    look_at_assets(old, service)


def look_at_assets(old: OldInstallation, service: Service) -> None:
    account = account_of(service)
    for asset in old.assets:
        told = cloudinary.api.resource(
            asset.answer["public_id"], type=asset.answer["type"], image_metadata=True, **account
        )
        for name in ("asset_id", "version", "created_at", "etag", "bytes", "tags", "context", "metadata"):
            assert told[name] == asset.answer[name], (name, told)
        original, small = (http.send(service.url + path) for path in asset.addresses)
        assert (small.status, original.status) == (200, 200), asset
        assert hashlib.sha256(original.body).hexdigest() == asset.sha256
    made = cloudinary.api.transformations(**account)["transformations"]
    assert [each["name"] for each in made if each["named"]] == ["t_thumb"]
    assert cloudinary.api.upload_preset("pre", **account)["settings"]["folder"] == "pre"
    assert cloudinary.api.metadata_field_by_field_id("size", **account)["type"] == "integer"
    folders = cloudinary.api.subfolders("shop", **account)["folders"]
    assert sorted(each["name"] for each in folders) == ["empty", "shoes"]
