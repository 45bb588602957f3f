"""The samples of docs/https.md for reverse proxies, as the proxies themselves read them."""

import json
import re
import subprocess
from pathlib import Path

import yaml

from picturerail import caddy, certificates
from tests.ports import free_port

PAGE = (Path(__file__).parents[2] / "docs" / "https.md").read_text()


def sample(language: str) -> str:
    [text] = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    return str(text)


def test_nginx_takes_its_sample(tmp_path: Path) -> None:
    files = certificates.make(tmp_path, ())
    text = sample("nginx").replace("/etc/ssl/site.pem", str(files.certificate))
    text = text.replace("/etc/ssl/site.key", str(files.key)).replace(
        "listen 443", f"listen 127.0.0.1:{free_port()}"
    )
    head = f"pid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n"
    (tmp_path / "nginx.conf").write_text(f"{head}{text}}}\n")
    verify = ["nginx", "-t", "-q", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    tried = subprocess.run(verify, capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr


def test_caddy_takes_its_sample(tmp_path: Path) -> None:
    (tmp_path / "Caddyfile").write_text(sample("caddyfile"))
    adapt = [str(caddy.binary()), "adapt", "--adapter", "caddyfile", "--config", str(tmp_path / "Caddyfile")]
    adapted = subprocess.run(adapt, capture_output=True, text=True, check=True)
    assert "127.0.0.1:8000" in json.dumps(json.loads(adapted.stdout))


def test_traefik_finds_the_service_of_its_router() -> None:
    given = yaml.safe_load(sample("yaml"))["http"]
    [router] = given["routers"].values()
    [server] = given["services"][router["service"]]["loadBalancer"]["servers"]
    assert server["url"] == "http://127.0.0.1:8000"
