"""A visitor of an edge."""

from http.client import HTTPConnection, HTTPMessage

from tests.edge.conftest import SITE, Running

AVIF = "image/avif,image/webp,image/apng,image/*,*/*;q=0.8"
WEBP = "image/webp,*/*"
PICTURE = "/picturerail/image/upload/c_scale,f_auto,w_100/v1/a.jpg"


def get(
    edge: Running, path: str, headers: dict[str, str] | None = None, method: str = "GET", inner: bool = False
) -> tuple[int, HTTPMessage, bytes]:
    host, _, port = (edge.edge.inner if inner else edge.edge.listen).rpartition(":")
    connection = HTTPConnection(host, int(port), timeout=30)
    connection.request(method, path, headers={"Host": SITE} | (headers or {}))
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, answer.headers, body
