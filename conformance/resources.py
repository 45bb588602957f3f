"""The files that the suite uploads, made anew: of the same kind and size as the SDK's own."""

import zipfile
from pathlib import Path

from PIL import Image, ImageDraw

LOGO_SIZE = (241, 51)  # the tests compare these numbers
DOCUMENT = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body><w:p><w:r><w:t>A document.</w:t></w:r></w:p></w:body></w:document>"
)
CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="word/document.xml" Type='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
)


def make_resources(folder: Path) -> None:
    """Write all files into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    logo = _logo()
    logo.save(folder / "logo.png")
    logo.save(folder / "üni_näme_lögö.png")
    logo.resize((32, 32)).save(folder / "favicon.ico", sizes=[(16, 16), (32, 32)])
    with zipfile.ZipFile(folder / "docx.docx", "w", zipfile.ZIP_DEFLATED) as document:
        document.writestr("[Content_Types].xml", CONTENT_TYPES)
        document.writestr("_rels/.rels", RELATIONS)
        document.writestr("word/document.xml", DOCUMENT)


def _logo() -> Image.Image:
    """A wordmark-like picture with soft edges and a transparent ground."""
    width, height = LOGO_SIZE
    logo = Image.new("RGBA", (width * 4, height * 4))
    draw = ImageDraw.Draw(logo)
    for letter in range(10):
        left = 40 + letter * 92
        draw.ellipse((left, 40, left + 80, 164), fill=(40 + letter * 12, 90, 200 - letter * 8, 255))
        draw.rectangle((left + 30, 20, left + 44, 184), fill=(20, 50 + letter * 10, 120, 255))
    return logo.resize(LOGO_SIZE, Image.Resampling.LANCZOS)
