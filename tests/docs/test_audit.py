"""The bill of materials has every package of the locks, and an audit that could not ask says so."""

import json
import re

from bench.audit import ROOT, Audit, bill, node_components, python_components, read_node, read_python


def test_every_locked_package_is_in_the_bill_with_its_hashes() -> None:
    components = bill([*python_components(), *node_components()])["components"]
    told = {one["purl"].partition("/")[2].lower() for one in components}
    assert len(told) == len(components)
    for lock in ("run", "test", "node"):
        pinned = re.findall(
            r"^([\w.-]+)==([^\s;]+)", (ROOT / f"requirements/{lock}.txt").read_text(), re.MULTILINE
        )
        assert pinned
        assert {f"{name}@{version}".lower() for name, version in pinned} <= told
    packages = json.loads((ROOT / "frontend/package-lock.json").read_text())["packages"]
    assert sum(one["purl"].startswith("pkg:npm/") for one in components) == len(packages) - 1
    for one in components:
        assert one["properties"], one["name"]
        assert all(re.fullmatch("[0-9a-f]{64}|[0-9a-f]{128}", each["value"]) for each in one["properties"])
    assert {one["scope"] for one in components} == {"required", "excluded"}


def test_what_is_known_against_a_package_is_told() -> None:
    audit = Audit()
    vulnerable = {"name": "flask", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}
    good = {"name": "pillow", "version": "12.3", "vulns": []}
    read_python(audit, json.dumps({"dependencies": [vulnerable, good]}), "")
    worse = {"vulnerabilities": {"sass": {"range": "<2", "severity": "high"}}}
    read_node(audit, json.dumps({**worse, "metadata": {"dependencies": {"total": 7}}}), "")
    assert audit.found == ["flask 1.0: PYSEC-1, mended in 1.1", "sass <2: high"]
    assert (audit.compared, audit.not_compared, audit.status) == (9, [], 1)


def test_who_cannot_be_asked_has_found_nothing_and_compared_nothing() -> None:
    audit = Audit()
    assert audit.status == 0
    read_python(audit, "", "ConnectionError: no route")
    read_python(audit, json.dumps({"dependencies": [{"name": "a", "skip_reason": "a is not there"}]}), "")
    read_node(audit, json.dumps({"message": "405"}), "npm error audit endpoint returned an error")
    assert (audit.found, audit.compared, audit.status) == ([], 0, 3)
    assert audit.not_compared == [
        "Python packages: ConnectionError: no route",
        "a is not there",
        "npm packages: 405",
    ]
