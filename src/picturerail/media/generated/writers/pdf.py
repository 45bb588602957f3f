"""A PDF with one JPEG on each page. Pure: the JPEG files go in as they are."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PdfPage:
    """A JPEG file with its size in pixels, which become points."""

    jpeg: bytes
    width: int
    height: int


def make_pdf(pages: list[PdfPage]) -> bytes:
    """The file, all of its pages in order."""
    kids = " ".join(f"{3 + index * 3} 0 R" for index in range(len(pages)))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode())
    for index, page in enumerate(pages):
        objects += _page(page, 3 + index * 3)
    return _file(objects)


def _page(page: PdfPage, number: int) -> list[bytes]:
    """The page, what is drawn on it, and its picture, as the objects `number` and the two after it."""
    box = f"[0 0 {page.width} {page.height}]"
    resources = f"<< /XObject << /Picture {number + 2} 0 R >> >>"
    head = (
        f"<< /Type /Page /Parent 2 0 R /MediaBox {box} /Resources {resources} /Contents {number + 1} 0 R >>"
    )
    drawing = f"q {page.width} 0 0 {page.height} 0 0 cm /Picture Do Q".encode()
    picture = (
        f"<< /Type /XObject /Subtype /Image /Width {page.width} /Height {page.height} "
        f"/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length {len(page.jpeg)} >>"
    )
    return [
        head.encode(),
        f"<< /Length {len(drawing)} >>".encode() + _stream(drawing),
        picture.encode() + _stream(page.jpeg),
    ]


def _stream(content: bytes) -> bytes:
    return b"\nstream\n" + content + b"\nendstream"


def _file(objects: list[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(out)
