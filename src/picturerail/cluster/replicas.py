"""Three mongods that hold the same documents: a replica set over Unix sockets, with key file and users."""

import contextlib
import time
from pathlib import Path
from urllib.parse import quote_plus

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from picturerail import mongod, processes
from picturerail.cluster.services import Part
from picturerail.database import DATABASE, Client
from picturerail.errors import StartupError
from picturerail.settings import kept_secrets

MEMBERS = 3
READY_SECONDS = 60
# A dead primary is noticed after two seconds and replaced in the next; with MongoDB's own ten, uploads stall eleven.
# A primary that hears nothing of a majority steps down after three, so that writes are refused and not kept waiting.
ELECTION = {"electionTimeoutMillis": 2000, "heartbeatIntervalMillis": 500, "heartbeatTimeoutSecs": 3}

# a member that is told to stop hands over and goes, instead of waiting fifteen seconds for its clients
QUICK_END = ("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=500")


def parts(data: Path) -> list[Part]:
    """The members, mongo1 to mongo3, each in a folder of its own below `data`."""
    return [_part(data, number) for number in range(1, MEMBERS + 1)]


def uri(data: Path) -> str:
    """The URI for the program's own user; pages are read from a secondary while there is no primary."""
    hosts = ",".join(quote_plus(str(socket)) for socket in _sockets(data))
    password = kept_secrets(data)["mongo_app"]
    options = f"replicaSet={mongod.REPLICA_SET}&authSource={DATABASE}&readPreference=primaryPreferred"
    return f"mongodb://app:{password}@{hosts}/{DATABASE}?{options}"


def prepare(data: Path) -> None:
    """Make the set and its users on the first start; wait for a primary on every one."""
    deadline = time.monotonic() + READY_SECONDS
    with contextlib.suppress(PyMongoError):
        if _primary(data) is not None:
            return
    # refused where a start before this one made it
    with _client(_sockets(data)[0]) as anybody, contextlib.suppress(OperationFailure):
        anybody.admin.command("replSetInitiate", _configuration(data))
    while (elected := _elected(data)) is None:
        _refuse_late(deadline)
    with _client(elected) as anybody, contextlib.suppress(OperationFailure):
        anybody.admin.command("createUser", "admin", pwd=kept_secrets(data)["mongo_admin"], roles=["root"])
    with _client(elected, f"admin:{kept_secrets(data)['mongo_admin']}@") as admin:
        roles = [{"role": "readWrite", "db": DATABASE}]
        admin[DATABASE].command("createUser", "app", pwd=kept_secrets(data)["mongo_app"], roles=roles)


def primary(data: Path) -> str | None:
    """The name of the member that is the primary now."""
    with contextlib.suppress(PyMongoError):
        return _primary(data)
    return None


def _primary(data: Path) -> str | None:
    """The primary, asked of the members; needs the users, so PyMongoError before the first `prepare` is through."""
    with MongoClient[dict[str, object]](
        uri(data), serverSelectionTimeoutMS=3000, readPreference="primary"
    ) as client:
        client.admin.command("ping")
        host = client.primary[0] if client.primary else ""
    return next((f"mongo{n}" for n, socket in enumerate(_sockets(data), 1) if str(socket) == host), None)


def _elected(data: Path) -> Path | None:
    """The socket of the member that takes writes, found without signing in."""
    for socket in _sockets(data):
        with contextlib.suppress(PyMongoError), _client(socket) as anybody:
            if anybody.admin.command("hello")["isWritablePrimary"]:
                return socket
    return None


def _part(data: Path, number: int) -> Part:
    folder, socket = data / f"mongo{number}", _sockets(data)[number - 1]

    def start() -> processes.Process:
        # who knows the administrator's password can do no more with the key: one secret is enough
        place = mongod.prepare(folder, key=kept_secrets(data)["mongo_admin"] * 4)
        command = [*mongod.command(mongod.binary(), place, socket), *QUICK_END]
        return processes.start(command, log=place / "console.log")

    def ready() -> bool:
        with contextlib.suppress(PyMongoError), _client(socket) as client:
            return bool(client.admin.command("ping")["ok"])
        return False

    return Part(f"mongo{number}", "database", str(socket), start, ready)


def _sockets(data: Path) -> list[Path]:
    return [mongod.socket_path(data / f"mongo{number}") for number in range(1, MEMBERS + 1)]


def _client(socket: Path, who: str = "") -> Client:
    address = f"mongodb://{who}{quote_plus(str(socket))}/?directConnection=true"
    return MongoClient(address, serverSelectionTimeoutMS=1000)


def _configuration(data: Path) -> dict[str, object]:
    members = [{"_id": number, "host": str(socket)} for number, socket in enumerate(_sockets(data))]
    return {"_id": mongod.REPLICA_SET, "members": members, "settings": ELECTION}


def _refuse_late(deadline: float) -> None:
    if time.monotonic() > deadline:
        raise StartupError("The replica set found no primary.")
    time.sleep(0.05)
