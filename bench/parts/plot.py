"""Small plots as SVG text: horizontal bars, and lines over a count."""

from html import escape

COLOURS = ("#2f6f8f", "#c2703d", "#6b8f3a", "#8a5a9e", "#6f7680")
STYLE = "font-family:system-ui,sans-serif;font-size:13px;fill:#57606a"


def bars(title: str, values: list[tuple[str, float, str]]) -> str:
    """One bar for each (label, value, text beside it); the longest fills the width."""
    longest = max(value for _, value, _ in values)
    parts = []
    for number, (label, value, text) in enumerate(values):
        y, width = 44 + number * 28, max(1, round(360 * value / longest))
        parts += [
            f'<text x="190" y="{y + 14}" text-anchor="end">{escape(label)}</text>',
            f'<rect x="200" y="{y}" width="{width}" height="19" fill="{COLOURS[0 if "icturerail" in label else 4]}"/>',
            f'<text x="{206 + width}" y="{y + 14}">{escape(text)}</text>',
        ]
    return _svg(title, 720, 54 + len(values) * 28, parts)


def lines(title: str, series: dict[str, list[tuple[float, float]]], unit: str) -> str:
    """One line for each name through its (x, y), both axes from nought."""
    right = max(x for points in series.values() for x, _ in points)
    top = max(y for points in series.values() for _, y in points)
    parts = ['<path d="M60 40V300H560" fill="none" stroke="#8c959f"/>']
    parts += [f'<text x="54" y="46" text-anchor="end">{top:,.0f} {escape(unit)}</text>']
    parts += [f'<text x="560" y="320" text-anchor="end">{right:,.0f}</text>']
    for number, (name, points) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        path = " ".join(f"{60 + 500 * x / right:.1f},{300 - 260 * y / top:.1f}" for x, y in points)
        parts += [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>']
        parts += [f'<text x="575" y="{60 + number * 20}" style="fill:{colour}">{escape(name)}</text>']
    return _svg(title, 720, 335, parts)


def _svg(title: str, width: int, height: int, parts: list[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" style="{STYLE}">'
    head += '<rect width="100%" height="100%" fill="#fff"/>'
    return "\n".join(
        [head, f'<text x="12" y="24" font-weight="600">{escape(title)}</text>', *parts, "</svg>\n"]
    )
