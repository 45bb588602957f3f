"""What the measurement by Lighthouse reads of its report, and what it says where Lighthouse is not installed."""

from pathlib import Path

import pytest

from bench.parts.lighthouse import Lighthouse, LighthouseFailed, Visit, read


def test_scores_seconds_and_failed_audits_are_read() -> None:
    told = {
        "categories": {
            "performance": {"score": 0.985, "auditRefs": [{"id": "largest-contentful-paint", "weight": 25}]},
            "seo": {
                "score": 0.9,
                "auditRefs": [
                    {"id": "meta-description", "weight": 1},
                    {"id": "hreflang", "weight": 1},
                    {"id": "canonical", "weight": 1},
                    {"id": "structured-data", "weight": 0},
                ],
            },
        },
        "audits": {
            "largest-contentful-paint": {"score": 0.9, "scoreDisplayMode": "numeric", "numericValue": 2150},
            "total-blocking-time": {"score": 1, "scoreDisplayMode": "numeric", "numericValue": 40},
            "meta-description": {"score": 0, "scoreDisplayMode": "binary"},
            "hreflang": {"score": 1, "scoreDisplayMode": "binary"},
            "canonical": {"score": None, "scoreDisplayMode": "notApplicable"},
            "structured-data": {"score": None, "scoreDisplayMode": "manual"},
        },
    }
    assert read(told) == Visit({"performance": 98, "seo": 90}, 2.15, 40.0, 0.0, ("meta-description",))


def test_a_page_that_it_could_not_see_is_no_score() -> None:
    with pytest.raises(LighthouseFailed, match=r"could not see http://a/: no answer"):
        read({"requestedUrl": "http://a/", "runtimeError": {"code": "X", "message": "no answer"}})


def test_a_visit_that_fails_is_tried_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    command, tried = tmp_path / "lighthouse", tmp_path / "tried"
    seen = '{"categories": {}, "audits": {}}'
    command.write_text(
        f"#!/bin/sh\n[ $1 = --version ] && echo 12.8.2 && exit\necho x >> {tried}\n"
        f"[ $(wc -l < {tried}) -lt 3 ] && exit 1\necho '{seen}'\n"
    )
    command.chmod(0o755)
    monkeypatch.setenv("LIGHTHOUSE", str(command))
    monkeypatch.setenv("CHROME_PATH", "/bin/true")
    assert Lighthouse().visit("http://a/", "mobile") == Visit({}, 0.0, 0.0, 0.0, ())
    tried.unlink()
    command.write_text(command.read_text().replace("-lt 3", "-lt 4"))
    with pytest.raises(LighthouseFailed, match="ended with 1"):
        Lighthouse().visit("http://a/", "mobile")


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("LIGHTHOUSE", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match="npm install --prefix DIR lighthouse@12"):
        Lighthouse()
    old = tmp_path / "lighthouse"
    old.write_text("#!/bin/sh\necho 11.7.1\n")
    old.chmod(0o755)
    monkeypatch.setenv("LIGHTHOUSE", str(old))
    with pytest.raises(SystemExit, match="needs Chromium"):
        Lighthouse()
    monkeypatch.setenv("CHROME_PATH", "/bin/true")
    with pytest.raises(SystemExit, match=r"is Lighthouse 11\.7\.1"):
        Lighthouse()
