"""What we are made of, and what is known against it: python -m bench.audit (`make audit`).

Writes the bill of materials of all locks (CycloneDX 1.6), and compares the locks with the advisories that the package
registries publish. Where these cannot be asked, it says so: nothing is then known, which is not the same as nothing
found. Ends with 1 when something is found, with 3 when something was not compared.
"""

import base64
import json
import re
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PYTHON_LOCKS = ("run.txt", "test.txt", "node.txt")
NODE_LOCK = Path("frontend/package-lock.json")
SBOM = ROOT / "build" / "sbom.cdx.json"
FOUND, NOT_COMPARED = 1, 3
SECONDS = 600
MAX_SHOWN = 12  # lines of what was not compared

_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Component:
    """One package of a lock: `hashes` are those of its files, by algorithm."""

    kind: str
    name: str
    version: str
    hashes: tuple[tuple[str, str], ...]
    needed_to_run: bool

    @property
    def purl(self) -> str:
        """Its package URL."""
        return f"pkg:{self.kind}/{self.name.replace('@', '%40')}@{self.version}"


@dataclass
class Audit:
    """What was found, and what could not be compared."""

    found: list[str] = field(default_factory=list)
    not_compared: list[str] = field(default_factory=list)
    compared: int = 0

    @property
    def status(self) -> int:
        """How the command ends."""
        return FOUND if self.found else NOT_COMPARED if self.not_compared else 0


def python_components(root: Path = ROOT) -> Iterator[Component]:
    """The packages of the Python locks, each once."""
    known: set[tuple[str, str]] = set()
    for lock in PYTHON_LOCKS:
        text = (root / "requirements" / lock).read_text()
        for block in re.split(r"\n(?=\S)", text):
            match = _PINNED.match(block)
            if match is None or (match[1].lower(), match[2]) in known:
                continue
            known.add((match[1].lower(), match[2]))
            hashes = tuple(("SHA-256", one) for one in _HASH.findall(block))
            yield Component("pypi", match[1].lower(), match[2], hashes, lock == "run.txt")


def node_components(root: Path = ROOT) -> Iterator[Component]:
    """The packages of the npm lock."""
    packages = json.loads((root / NODE_LOCK).read_text())["packages"]
    for place, package in packages.items():
        if not place:
            continue
        algorithm, _, digest = package["integrity"].partition("-")
        hashes = ((algorithm.upper().replace("SHA", "SHA-"), base64.b64decode(digest).hex()),)
        name = place.rpartition("node_modules/")[2]
        yield Component("npm", name, package["version"], hashes, not package.get("dev", False))


def bill(components: Sequence[Component]) -> dict[str, Any]:
    """The bill of materials. A package has one hash for each of its files, so they stand as properties."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "picturerail", "bom-ref": "picturerail"}},
        "components": [
            {
                "type": "library",
                "bom-ref": one.purl,
                "name": one.name,
                "version": one.version,
                "purl": one.purl,
                "scope": "required" if one.needed_to_run else "excluded",
                "properties": [{"name": f"file:{name}", "value": value} for name, value in one.hashes],
            }
            for one in components
        ],
    }


def read_python(audit: Audit, told: str, error: str) -> None:
    """Add what pip-audit told (its JSON), or why it told nothing."""
    try:
        packages = json.loads(told)["dependencies"]
    except (ValueError, KeyError):
        audit.not_compared.append(f"Python packages: {_last_line(error)}")
        return
    for package in packages:
        if reason := package.get("skip_reason"):
            audit.not_compared.append(reason)
            continue
        audit.compared += 1
        for one in package["vulns"]:
            mended = ", ".join(one["fix_versions"]) or "no version"
            audit.found.append(f"{package['name']} {package['version']}: {one['id']}, mended in {mended}")


def read_node(audit: Audit, told: str, error: str) -> None:
    """Add what `npm audit --json` told, or why it told nothing."""
    try:
        answer = json.loads(told)
        packages, count = answer["vulnerabilities"], answer["metadata"]["dependencies"]["total"]
    except ValueError:
        audit.not_compared.append(f"npm packages: {_last_line(error)}")
        return
    except KeyError:
        audit.not_compared.append(f"npm packages: {answer.get('message', _last_line(error))}")
        return
    audit.compared += count
    audit.found += [f"{name} {one['range']}: {one['severity']}" for name, one in packages.items()]


def _last_line(text: str) -> str:
    return next(reversed(text.strip().splitlines()), "no answer")[:300]


def _ask_python(audit: Audit) -> None:
    """pip-audit, in an environment of its own: it is no part of what it judges."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        pip = _run([f"{folder}/bin/pip", "install", "--quiet", "--disable-pip-version-check", "pip-audit"])
        if pip.returncode:
            audit.not_compared.append(f"Python packages: pip-audit cannot be had: {_last_line(pip.stderr)}")
            return
        for lock in PYTHON_LOCKS:
            chosen = ["--requirement", str(ROOT / "requirements" / lock), "--require-hashes", "--disable-pip"]
            asked = _run(
                [f"{folder}/bin/pip-audit", *chosen, "--format", "json", "--progress-spinner", "off"]
            )
            read_python(audit, asked.stdout, asked.stderr)


def _ask_node(audit: Audit) -> None:
    asked = _run(["npm", "audit", "--package-lock-only", "--json"], cwd=ROOT / NODE_LOCK.parent)
    read_node(audit, asked.stdout, asked.stderr)


def _run(command: list[str], cwd: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(command, 1, "", str(error))


def main() -> int:
    """Write the bill, ask, and tell."""
    components = [*python_components(), *node_components()]
    SBOM.parent.mkdir(exist_ok=True)
    SBOM.write_text(json.dumps(bill(components), indent=1) + "\n")
    print(f"{SBOM.relative_to(ROOT)}: {len(components)} packages")
    audit = Audit()
    _ask_python(audit)
    _ask_node(audit)
    for line in dict.fromkeys(audit.found):
        print(f"FOUND         {line}")
    unasked = list(dict.fromkeys(audit.not_compared))
    for line in unasked[:MAX_SHOWN]:
        print(f"NOT COMPARED  {line}")
    if len(unasked) > MAX_SHOWN:
        print(f"NOT COMPARED  and {len(unasked) - MAX_SHOWN} more")
    print(f"{audit.compared} compared; known against them: {len(set(audit.found))}.")
    return audit.status


if __name__ == "__main__":
    sys.exit(main())
