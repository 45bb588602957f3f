"""Take pictures from a source, each once: may be stopped at any moment and begun again.

An asset's name follows from its bytes. So whatever a killed run left half done is found by the next one, and the same
bytes under two names are taken once.
"""

import string
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Any

from bson import ObjectId

from picturerail import image_formats
from picturerail.errors import PicturerailError, Unavailable
from picturerail.gallery.actions import albums, pictures, stacks, transfers, uploads
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.pictures import lookup
from picturerail.gallery.pictures.create import FORMATS, PictureDraft
from picturerail.gallery.pictures.marks import marks_of
from picturerail.gallery.pictures.model import DELETED, LIVE, TRASH, Picture, new_id
from picturerail.gallery.policy import Person
from picturerail.gallery.transfer.album_shelf import AlbumShelf
from picturerail.gallery.transfer.album_titles import AlbumsOf
from picturerail.gallery.transfer.gallery_json import ALBUM_FIELDS, GalleryJson, spelled, told_in_order
from picturerail.gallery.transfer.handover_batch import BATCH, StagedFile, digests_of_bytes, is_staged
from picturerail.gallery.transfer.import_result import ImportOutcome, ImportResult
from picturerail.gallery.transfer.natural_order import natural
from picturerail.gallery.transfer.picture_texts import in_picture
from picturerail.gallery.transfer.rights import Check, for_anybody
from picturerail.gallery.transfer.shot_files import ShotFiles
from picturerail.gallery.transfer.sidecar_names import sidecars_among
from picturerail.gallery.transfer.source import (
    ImportSource,
    SourceFile,
    Stamp,
    SteadyFile,
    digests_of,
    stamp_of,
)
from picturerail.gallery.transfer.told import Told, in_takeout, in_xmp, sayable
from picturerail.spool import spooled

TAKERS = 4
TRIES = 4
SIDECARS = (".xmp", ".json")
UNTOUCHED = timedelta(seconds=1)  # between coming and the last change of what nobody has changed
_ALPHABET = string.ascii_lowercase + string.digits


@dataclass
class Import:
    """One run over a source; with `dry` nothing is taken. `albums_of` says in which album a folder's pictures hang."""

    at: ActionContext
    source: ImportSource
    dry: bool = False
    albums_of: AlbumsOf | None = None
    check: Check = for_anybody  # refuses whoever may not bring what comes next
    _seen: dict[str, PurePosixPath] = field(default_factory=dict)
    _claims: dict[PurePosixPath, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _last_id: ObjectId = field(default_factory=new_id)
    _told_of_all: GalleryJson = GalleryJson()  # in an export of ours
    _beside: dict[PurePosixPath, Told] = field(default_factory=dict)  # Takeout's words about files under way
    _has_staged: bool = False
    _shots: ShotFiles = field(default_factory=ShotFiles)
    _files: dict[PurePosixPath, list[ImportResult]] = field(default_factory=dict)  # by folder

    def run(self) -> Iterator[ImportResult]:
        """Take every file, then hang the albums; the results come as they are ready, sidecars not among them."""
        self._told_of_all = self.source.index()
        for result in self._pictures():
            self._forget(result.path)
            if self._keeps_files and (result.picture or any(result.digests)):
                self._files.setdefault(result.path.parent, []).append(result)
            yield result
            yield from self._join(result)
        if self._has_staged:
            transfers.look_later(self.at.db)
        if self._keeps_files:
            yield from self._hang()
            yield from self._stack()

    @property
    def _sending(self) -> ActionContext:
        return replace(self.at, cloud=replace(self.at.cloud, is_bulk=True))

    def _forget(self, path: PurePosixPath) -> None:
        """What is done the database knows: memory does not grow with the source, but in a dry run."""
        with self._lock:
            self._beside.pop(path, None)
            sha256 = self._claims.pop(path, "")
            if not self.dry and self._seen.get(sha256) == path:
                del self._seen[sha256]

    @property
    def _keeps_files(self) -> bool:
        is_told = bool(self._told_of_all.albums or self._told_of_all.stacks)
        return not self.dry and (self.albums_of is not None or is_told)

    def _pictures(self) -> Iterator[ImportResult]:
        entries = (each for each in self.source.entries() if each.path.suffix.lower() not in SIDECARS)
        waiting: set[Future[Sequence[ImportResult | StagedFile]]] = set()
        staged: list[StagedFile] = []
        with ThreadPoolExecutor(TAKERS) as pool:
            while True:
                while len(waiting) < 2 * TAKERS and (entry := next(entries, None)):
                    waiting.add(pool.submit(self._begin, entry, self._next_id()))
                self._has_staged = self._has_staged or bool(staged)
                if len(staged) >= BATCH or (staged and not waiting):
                    waiting.add(pool.submit(self._add_staged, staged[:BATCH]))
                    del staged[:BATCH]
                if not waiting:
                    return
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for each in chain.from_iterable(one.result() for one in done):
                    if isinstance(each, StagedFile):
                        staged.append(each)
                    else:
                        yield each

    def _next_id(self) -> ObjectId:
        """An id behind the last one: pictures come in the order of the source, whichever upload ends first."""
        while (new := new_id()).binary[:6] == self._last_id.binary[:6]:
            time.sleep(0)
        self._last_id = new
        return new

    def _begin(self, entry: SourceFile, picture_id: ObjectId) -> Sequence[ImportResult | StagedFile]:
        """Stage a file for our own service that shares this data folder; take any other one."""
        self.check()
        picture_id = self._told_of_all.id_like(entry.path) or picture_id
        if not entry.refusal:
            self._beside[entry.path] = told = self._takeout(entry.path)
            entry = replace(entry, refusal="it is in the trash there") if told.is_trashed else entry
        if self.at.cloud.own and not (self.dry or self.source.is_far or entry.refusal):
            # whatever is wrong with it is told when it is taken by itself
            with suppress(OSError, PicturerailError), self.source.file(entry.path) as file:
                if begun := self._stage(entry, file, picture_id):
                    return [begun]
        return [self._take(entry, picture_id)]

    def _stage(self, entry: SourceFile, file: Path, picture_id: ObjectId) -> ImportResult | StagedFile | None:
        with file.open("rb") as opened:
            kind = image_formats.sniff(opened)
        if not is_staged(file, kind, self.at.settings.max_upload_bytes):
            return None
        content = file.read_bytes()
        sha256, md5 = digests_of_bytes(content)
        if known := self._known(entry.path, file, sha256, md5):
            return known
        told, name = self._told(entry.path, file), self._told_of_all.filename(entry.path)
        lain = spooled(self.at.settings.spool_folder, content, name, md5, sha256)
        return StagedFile(entry, lain, told, picture_id)

    def _add_staged(self, staged: Sequence[StagedFile]) -> Sequence[ImportResult]:
        """Hand these over together; each that is not plainly taken so is taken by itself."""
        files = [(each.file, public_id_of(each.file.sha256), self._new(each)) for each in staged]
        added: Sequence[uploads.Added | None] = [None] * len(staged)
        try:
            self.check()
            with suppress(PicturerailError):
                added = uploads.add_spooled(self.at, files)
        finally:
            for each in staged:
                each.file.path.unlink(missing_ok=True)
        return [self._end(*each) for each in zip(staged, added, strict=True)]

    def _new(self, staged: StagedFile) -> PictureDraft:
        visibility, owner = self._told_of_all.visibility(staged.entry.path), self.at.who.id
        return PictureDraft(staged.file.name, staged.told.text, owner, visibility, staged.picture_id)

    def _end(self, staged: StagedFile, added: uploads.Added | None) -> ImportResult:
        if added is None:
            result = self._take(staged.entry, staged.picture_id)
            is_ours = result.picture == str(staged.picture_id)  # it came before what has failed
            return replace(result, outcome=ImportOutcome.TAKEN, why="") if is_ours else result
        try:
            return self._added(staged.entry.path, added, staged.told)
        except PicturerailError as error:
            return ImportResult(staged.entry.path, ImportOutcome.FAILED, error.message)

    def _added(self, path: PurePosixPath, added: uploads.Added, told: Told) -> ImportResult:
        if added.waits:  # somebody uploaded the same bytes at this moment
            pictures.skip(self.at, added.picture.id)
            return ImportResult(path, ImportOutcome.SKIPPED, "these bytes are in the gallery already")
        self._complete(path, added.picture, lambda: told)
        return ImportResult(path, ImportOutcome.TAKEN, "", added.picture.id)

    def _take(self, entry: SourceFile, picture_id: ObjectId) -> ImportResult:
        if entry.refusal:
            outcome = ImportOutcome.FAILED if entry.is_lost else ImportOutcome.SKIPPED
            return ImportResult(entry.path, outcome, entry.refusal)
        try:
            if (digests := self.source.digests(entry.path)) and (
                known := self._known(entry.path, None, *digests)
            ):
                return known
            if self.dry and self.source.is_far:
                return ImportResult(entry.path, ImportOutcome.TAKEN, "would be taken")
            with self.source.file(entry.path) as file:
                return self._take_file(entry.path, file, picture_id)
        except OSError as error:
            return ImportResult(entry.path, ImportOutcome.FAILED, error.strerror or str(error))
        except PicturerailError as error:
            return ImportResult(entry.path, ImportOutcome.FAILED, error.message)

    def _take_file(self, path: PurePosixPath, file: Path, picture_id: ObjectId) -> ImportResult:
        with file.open("rb") as opened:
            kind = image_formats.sniff(opened)
        if kind not in FORMATS:
            return ImportResult(path, ImportOutcome.SKIPPED, "no picture of a kind that can be shown here")
        before, digests = stamp_of(file), digests_of(file)
        if known := self._known(path, file, *digests):
            return known
        if self.dry:
            return ImportResult(path, ImportOutcome.TAKEN, "would be taken")
        return self._upload(path, file, before, digests[0], picture_id)

    def _known(self, path: PurePosixPath, file: Path | None, sha256: str, md5: str) -> ImportResult | None:
        """The result for bytes that are here already, or come a second time in this run."""
        with self._lock:
            first = self._seen.setdefault(sha256, path)
            self._claims.setdefault(path, sha256)
        if first != path:
            return ImportResult(
                path, ImportOutcome.SKIPPED, f"the same bytes as {first}", digests=(sha256, md5)
            )
        there = lookup.of_file(self.at.db, public_id_of(sha256), md5)
        if there is None:
            return None
        ours = there.public_id == public_id_of(sha256) and there.owner == self.at.who.id
        if ours and there.state == LIVE and not self.dry:
            self._complete(path, there, lambda: self._told(path, file))
        is_gone = there.state in (TRASH, DELETED)
        why = "it was deleted here" if is_gone else "these bytes are in the gallery already"
        return ImportResult(path, ImportOutcome.SKIPPED, why, there.id, version=there.version)

    def _upload(
        self, path: PurePosixPath, file: Path, before: Stamp, sha256: str, picture_id: ObjectId
    ) -> ImportResult:
        told, name = self._told(path, file), public_id_of(sha256)
        filename, visibility = self._told_of_all.filename(path), self._told_of_all.visibility(path)
        for tries_left in reversed(range(TRIES)):
            try:
                with SteadyFile(file, before) as opened:
                    added = uploads.add_file(
                        self._sending,
                        opened,
                        filename=filename,
                        text=told.text,
                        visibility=visibility,
                        public_id=name,
                        picture_id=picture_id,
                    )
                break
            except Unavailable as error:
                if not tries_left:
                    raise
                time.sleep(error.retry_after or 1)
        return self._added(path, added, told)

    def _complete(self, path: PurePosixPath, picture: Picture, tell: Callable[[], Told]) -> None:
        """Say when a picture was taken, and how it is edited, unless somebody has changed it since it came.

        A run that was killed between the two is so made good by the next one. Marks are somebody's, and are no
        change: those that the person has given here stay.
        """
        if not _is_untouched(picture):
            return
        wanted = self._told_of_all.details(path)
        told = tell() if wanted is None or isinstance(self.at.who, Person) else Told()
        if isinstance(self.at.who, Person):
            given = marks_of(self.at.who.id, picture.marks)
            for kind, value in told.marks.items():
                if kind not in given:
                    pictures.mark(self.at, picture.id, kind, value)
        if wanted is None:
            wanted = {"taken_at": told.taken_at or picture.taken_at or told.taken_otherwise}
        missing = {name: value for name, value in wanted.items() if value != getattr(picture, name)}
        if missing:
            pictures.adjust(self.at, picture.id, None, missing)

    def _hang(self) -> Iterator[ImportResult]:
        """Hang what came, and what was here already, in the albums of the source; what cannot be is told."""
        shelf, made = AlbumShelf(self.at), dict[str, str]()
        for about in told_in_order(self._told_of_all.albums):
            self.check()
            try:
                made[str(about.get("id"))] = self._hang_again(shelf, about, made)
            except PicturerailError as error:
                yield ImportResult(PurePosixPath(str(about["title"])), ImportOutcome.FAILED, error.message)
        for folder in sorted(self._files) if self.albums_of else ():
            self.check()
            try:
                self._hang_folder(shelf, folder)
            except PicturerailError as error:
                yield ImportResult(folder, ImportOutcome.FAILED, error.message)

    def _join(self, result: ImportResult) -> Iterator[ImportResult]:
        """Stack the files of a shot, a raw one and what the camera developed of it, when the last of them has come."""
        if self.dry or self.source.is_far or self._told_of_all.stacks:
            return
        try:
            names, is_new = self.source.names(result.path.parent), result.outcome is ImportOutcome.TAKEN
            if shot := self._shots.note(result.path, names, result.picture, is_new=is_new):
                stacks.stack_best(self.at, shot)
        except OSError:  # the folder went away meanwhile
            return
        except PicturerailError as error:
            yield ImportResult(result.path, ImportOutcome.FAILED, error.message)

    def _stack(self) -> Iterator[ImportResult]:
        """Stack what lay in one stack of an export of ours, unless it does already; what cannot be is told."""
        here = self._at_the_top()
        for names in self._told_of_all.stacks:
            ids = list(dict.fromkeys(self._ids(here[name] for name in names if name in here)))
            query = {"_id": {"$in": [ObjectId(each) for each in ids]}}
            if len(ids) < 2 or "" not in {each.get("stack", "") for each in self.at.db.gallery.find(query)}:
                continue
            try:
                stacks.stack(self.at, ids)
            except PicturerailError as error:
                yield ImportResult(PurePosixPath(names[0]), ImportOutcome.FAILED, error.message)

    def _at_the_top(self) -> dict[str, ImportResult]:
        return {str(spelled(each.path)): each for each in self._files.get(PurePosixPath(), ())}

    def _hang_again(self, shelf: AlbumShelf, about: Mapping[str, Any], made: Mapping[str, str]) -> str:
        """An album of an export of ours, in the album in which it was; its id here."""
        fields = {name: value for name in ALBUM_FIELDS if isinstance(value := about.get(name), str)}
        album = shelf.another(made.get(str(about.get("parent")), ""), fields)
        here = self._at_the_top()
        names = [name for name in map(str, about.get("pictures", ())) if name in here]
        if not album.is_smart:
            shelf.hang(album, self._ids(here[name] for name in names))
        cover = self._ids([here[str(about["cover"])]]) if str(about.get("cover")) in here else []
        if cover and not album.cover:
            albums.change(self.at, album.id, {"cover": cover[0]})
        return album.id

    def _hang_folder(self, shelf: AlbumShelf, folder: PurePosixPath) -> None:
        parent, album = "", None
        for each in self.albums_of(self.source, folder) if self.albums_of else ():
            album = shelf.album(parent, {"title": each.title, "description": each.description})
            parent = album.id
        if album is not None:
            shelf.hang(
                album, self._ids(sorted(self._files[folder], key=lambda each: natural(each.path.name)))
            )

    def _ids(self, results: Iterable[ImportResult]) -> list[str]:
        """The pictures that files are, also those of the same bytes as another file."""
        return [found for each in results if (found := each.picture or self._twin(*each.digests))]

    def _twin(self, sha256: str, md5: str) -> str:
        there = lookup.of_file(self.at.db, public_id_of(sha256), md5)
        return there.id if there else ""

    def _told(self, path: PurePosixPath, file: Path | None) -> Told:
        """What is known about a picture; what a person wrote beside it counts before what is inside."""
        told, sidecars = Told(), sidecars_among(self.source.names(path.parent))
        with suppress(OSError, ValueError):
            if beside := sidecars.xmp_of(path.name):
                told = in_xmp(self.source.text(path.parent / beside), path.name)
        of_all = self._told_of_all.told(path)
        if told.description == sayable(of_all.description):
            told = replace(told, description=of_all.description)
        told = told.or_else(of_all)
        if not self.source.is_far and self._told_of_all.details(path) is not None:
            return told  # what somebody took away before an export of ours stays away, also if the file still says it
        told = told.or_else(self._beside.get(path, Told()).behind_camera())
        return told.or_else(in_picture(file, path.name).behind_camera()) if file else told

    def _takeout(self, path: PurePosixPath) -> Told:
        """What Takeout says about a picture, which it does of those in its trash, too."""
        with suppress(OSError, ValueError):
            if beside := sidecars_among(self.source.names(path.parent)).takeout_of(path.name):
                return in_takeout(self.source.text(path.parent / beside))
        return Told()


def public_id_of(sha256: str) -> str:
    """The name of the asset with these bytes."""
    digest = bytes.fromhex(sha256)
    return "gallery/" + "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest[:20])


def _is_untouched(picture: Picture) -> bool:
    if picture.created_at is None or picture.updated_at is None:
        return False
    return abs(picture.updated_at - picture.created_at) < UNTOUCHED
