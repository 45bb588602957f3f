"""Who calls other hosts does it through `outbound/`."""

import re
from pathlib import Path

import picturerail

SOURCE = Path(picturerail.__file__).parent
CALLS = re.compile(r"^(?:import|from) (?:http\.client|urllib\.request|urllib3|requests)\b", re.MULTILINE)

# What these call is what the operator names: parts of the program, inner addresses of edges, its own public address.
SDK = {"gallery/cloud.py", "gallery/handover.py"}  # which call the cloud in its own way
OWN = {
    "server.py",
    "cluster/services.py",
    "cluster/seaweedfs.py",
    "edge/purges/targets.py",
    "gallery/actions/downloads.py",  # originals of assets, from the cloud that the gallery itself uses
    "gallery/transfer/exporter.py",  # the same
    "gallery/transfer/galleries/client.py",  # another gallery, whose address the operator gives
    "media/maintenance/account/account_export.py",  # only what the SDK raises when it calls the other cloud
    "media/maintenance/account/definition_export.py",  # the same
    "preflight/address.py",
    "preflight/services.py",
}


def test_nothing_else_opens_a_connection_to_another_host() -> None:
    files = [path for path in SOURCE.glob("**/*.py") if CALLS.search(path.read_text())]
    found = {str(path.relative_to(SOURCE)) for path in files}
    assert {name for name in found if not name.startswith("outbound/")} == OWN | SDK
    assert "outbound/connection.py" in found
