"""Headers by which browsers guard what they are sent, where more than one part of the program says them; pure."""

# A site that is reached by HTTPS is reached by nothing else.
HSTS_NAME = "Strict-Transport-Security"
HSTS = "max-age=31536000; includeSubDomains"
# Content-Security-Policy of what shows nothing wherever it is opened, and of files, which may stand in any page.
CLOSED = "default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
SANDBOXED = "default-src 'none'; object-src 'none'; base-uri 'none'; sandbox"
