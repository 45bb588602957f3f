"""A text as a QR code, drawn into the page: dark on white by day and night, since cameras want it so."""

from markupsafe import Markup


def qr_code(text: str, label: str) -> Markup:
    """An SVG element that a camera reads."""
    import segno  # noqa: PLC0415 - a megabyte in each process, and few pages have one

    drawn = segno.make_qr(text, error="m").svg_inline(
        scale=4, border=3, dark="#000", light="#fff", omitsize=True
    )
    return Markup('<figure class="qr" role="img" aria-label="{}">{}</figure>').format(label, Markup(drawn))  # noqa: S704 - drawn by segno, of no text of anybody
