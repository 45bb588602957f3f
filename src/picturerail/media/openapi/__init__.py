"""The OpenAPI document of the media service: served at /v1_1/openapi.json, and kept in docs/reference."""
