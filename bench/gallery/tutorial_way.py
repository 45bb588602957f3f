"""The tutorial's way with pictures, for comparison: full originals in a folder, one page with all of them.

Written for this comparison after the tutorial's description; run as `python tutorial_way.py FOLDER PORT`.
"""

import sys

from flask import Flask, Response, render_template_string, send_from_directory

PAGE = """<!doctype html><title>Gallery</title>
{% for name in names %}<div class="card"><img src="/uploads/{{ name }}" width="30%"><p>{{ name }}</p></div>{% endfor %}
"""


def create_app(folder: str, names: list[str]) -> Flask:
    app = Flask(__name__)

    @app.get("/gallery/")
    def gallery() -> str:
        return render_template_string(PAGE, names=names)

    @app.get("/uploads/<int:number>-<name>")
    def upload(number: int, name: str) -> Response:  # noqa: ARG001  the number makes 60 pictures of few files
        return send_from_directory(folder, name)

    return app


if __name__ == "__main__":
    create_app(sys.argv[1], sys.argv[3:]).run(port=int(sys.argv[2]), threaded=True)
