#!/usr/bin/env bash
# What the tests need of Debian: a Chromium and an nginx with two modules. As root they are installed, in one go; else it
# is said which are lacking.
set -euo pipefail

# the shell without windows opens and draws a page in a fifth of the time that the whole browser takes
browser="chromium-headless-shell fonts-dejavu-core"
edge="nginx libnginx-mod-http-cache-purge libnginx-mod-http-brotli-filter openssl curl"

has_shell() { command -v chromium-headless-shell >/dev/null; }
has_browser() { has_shell || command -v chromium >/dev/null; }
has_edge() {
    { command -v nginx && ls /usr/lib/nginx/modules/ngx_http_{cache_purge,brotli_filter}_module.so; } >/dev/null 2>&1
}
# RUNLEVEL=1 keeps nginx's package from starting a web server on port 80
install() { RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null; }

wanted="$(has_shell || echo "$browser") $(has_edge || echo "$edge")"
if [ "$wanted" != " " ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing Debian's packages for the browser and edge tests:" $wanted
    apt-get update -qq >/dev/null || true
    # a Debian that lacks one of them gets the others, and hears of that one below
    install $wanted || for each in $wanted; do install "$each" || true; done
fi
if ! has_browser; then
    echo "The browser tests need Debian's Chromium: run 'apt-get install $browser' as root, then 'make test' again." >&2
    exit 1
fi
if ! has_edge; then
    echo "The edge tests need Debian's nginx: run 'apt-get install $edge' as root, then 'make test' again." >&2
    exit 1
fi
