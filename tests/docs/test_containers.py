"""compose.yaml and Containerfile, as far as they can be judged without a container engine: what they name is there."""

import itertools
import json
import re
import shlex
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from click.testing import CliRunner

from picturerail.cli import main
from picturerail.cluster.replicas import ELECTION
from picturerail.gallery.app import create_app
from picturerail.gallery.cloud import CloudAccess
from picturerail.settings import Settings

COMPOSE = yaml.safe_load(Path("compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if "build" in service and "environment" in service]
EDGES = [name for name in OURS if name.startswith("edge")]
CONTAINERFILE = Path("Containerfile").read_text().replace("\\\n", " ")
KNOWN = {field.metadata["env"] for field in fields(Settings)}


def instructions(name: str) -> list[str]:
    return [line.partition(" ")[2] for line in CONTAINERFILE.splitlines() if line.startswith(f"{name} ")]


def environment(service: dict[str, Any]) -> dict[str, str]:
    """As compose fills it in, every variable of .env being given."""
    given = service.get("environment", {})
    return {name: re.sub(r"\$\{(\w+):(\?|-([^}]*))\}", _filled_in, value) for name, value in given.items()}


def _filled_in(found: re.Match[str]) -> str:
    return found[3] or f"given-for-{found[1].lower().replace('_', '-')}"


def test_it_is_the_world_of_the_cluster_command() -> None:
    assert set(SERVICES) == {
        "mongo1",
        "mongo2",
        "mongo3",
        "replica-set",
        "store",
        "bucket",
        "app1",
        "app2",
        "edge1",
        "edge2",
    }
    initiate = SERVICES["replica-set"]["entrypoint"][-1]
    assert "settings: " + json.dumps(ELECTION).replace('"', "") in initiate
    for number in (1, 2, 3):
        assert "--replSet" in SERVICES[f"mongo{number}"]["command"]


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_names_is_there(name: str) -> None:
    service = SERVICES[name]
    needed = service.get("depends_on", {})
    for other in needed:
        assert other in SERVICES
        if needed[other]["condition"] == "service_healthy":
            assert "healthcheck" in SERVICES[other]
    for volume in service.get("volumes", []):
        assert volume.partition(":")[0] in COMPOSE["volumes"]
    if "build" in service:
        assert Path(service["build"]["context"], service["build"]["dockerfile"]).is_file()
        assert set(service.get("environment", {})) <= KNOWN


def test_the_bucket_is_made_that_the_apps_use() -> None:
    bucket = re.findall(r"@(\w+)\?", environment(SERVICES["app1"])["PICTURERAIL_STORE"])[0]
    [code] = SERVICES["bucket"]["command"]
    compile(code, "compose.yaml", "exec")
    assert f"/buckets/{bucket}/" in code
    assert SERVICES["bucket"]["entrypoint"] == ["python3", "-c"]
    assert "bucket" in SERVICES["app1"]["depends_on"]


def test_everything_of_the_environment_file_is_told() -> None:
    text = Path("compose.yaml").read_text()
    head = text.partition("x-app:")[0]
    assert set(re.findall(r"\$\{(\w+):", text)) <= set(re.findall(r"\w+", head))


@pytest.mark.parametrize("name", OURS)
def test_settings_are_taken(name: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(
        main,
        ["edge", "nginx", "--origin", "app1:8000"],
        env=environment(SERVICES[name]) | {"HOME": str(tmp_path)},
    )
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("name", EDGES)
def test_an_edge_renders_its_configuration_and_the_origin_knows_it(name: str) -> None:
    [script] = SERVICES[name]["command"]
    command = next(line for line in script.split(";") if "picturerail" in line.split()[:1])
    words = shlex.split(command.partition(">")[0])
    done = CliRunner().invoke(main, words[1:], env=environment(SERVICES[name]))
    assert done.exit_code == 0, done.output
    assert f"add_header X-Edge {name} always;" in done.output
    assert SERVICES[name]["hostname"] == name
    addresses = dict(itertools.pairwise(words))
    assert addresses["--inner"] in environment(SERVICES["app1"])["PICTURERAIL_EDGES"].split(",")
    published = SERVICES[name]["ports"][0].partition(":")[2]
    assert addresses["--listen"] == f"0.0.0.0:{published}"
    origins = [words[at + 1].partition(":")[0] for at, word in enumerate(words) if word == "--origin"]
    assert origins == [app for app in OURS if app not in EDGES]
    folder = SERVICES[name]["volumes"][0].partition(":")[2]
    assert f"proxy_cache_path {folder}/cache" in done.output


def test_health_is_asked_where_it_is_answered(tmp_path: Path) -> None:
    [path] = re.findall(r"http://127\.0\.0\.1:8000(/\w+)", " ".join(SERVICES["app1"]["healthcheck"]["test"]))
    cloud = CloudAccess("picturerail", "key", "secret", "", "", own=True, site_url="")
    app = create_app(Settings(mongo_uri="mongodb://127.0.0.1:1/x", secret_key="x" * 20, data=tmp_path), cloud)
    assert path in {rule.rule for rule in app.url_map.iter_rules()}
    assert Settings().port == 8000


def test_what_the_containerfile_names_is_there() -> None:
    makefile = Path("Makefile").read_text()
    commands = [run.split()[1] for run in instructions("RUN") if run.startswith("make ")]
    assert commands
    for command in commands:
        assert re.search(rf"^{command}:", makefile, re.MULTILINE)
    base, arguments = instructions("FROM"), instructions("ARG")
    assert [image.split()[0] for image in base] == ["${BASE}"] * 2
    assert arguments[0].startswith("BASE=")
    source, target = instructions("COPY")[-1].split()[-2:]
    assert source == target
    assert f"venv --without-pip {source} " in " ".join(instructions("RUN"))
    assert re.findall(r"requirements/\w+\.txt", CONTAINERFILE) == ["requirements/run.txt"]
    [path] = re.findall(r"PATH=(\S+):\$PATH", CONTAINERFILE)
    assert path == f"{target}/bin"
    assert set(re.findall(r"(PICTURERAIL_\w+)=", CONTAINERFILE)) <= KNOWN
    assert re.findall(r"PICTURERAIL_DATA=(\S+)", CONTAINERFILE) == instructions("VOLUME")
    assert instructions("USER")[0] in next(run for run in instructions("RUN") if "useradd" in run)
    assert json.loads(instructions("ENTRYPOINT")[0]) == ["picturerail"]
    assert json.loads(instructions("CMD")[0])[0] in main.list_commands(click.Context(main))
    assert instructions("EXPOSE") == [str(Settings().port)]


def test_the_log_of_an_edge_goes_to_the_container_and_not_to_a_file_that_grows() -> None:
    assert all("--log" not in SERVICES[name]["command"][0] for name in EDGES)
    assert "ln -sf /dev/stdout /var/log/nginx/access.log" in " ".join(instructions("RUN"))


def test_an_image_is_built_from_sources_only() -> None:
    """A .venv of this machine in the image would be taken for a finished one."""
    left_out = Path(".dockerignore").read_text().split()
    assert {".venv", "build", "frontend/node_modules", "src/picturerail/gallery/static", ".git"} <= set(
        left_out
    )
    for needed in ("Makefile", "pyproject.toml", "requirements", "src", "frontend", "README.md", "LICENSE"):
        assert Path(needed).exists()
        assert needed not in left_out


def test_packages_of_an_edge_are_those_that_the_page_names() -> None:
    named = re.findall(r"apt-get install (.+)", Path("docs/edge.md").read_text())[0].split()
    assert set(named) <= set(" ".join(instructions("RUN")).split())
