"""Swagger UI from files that travel with the function: the page loads nothing from elsewhere."""

from importlib.resources import files

from fastapi import Response

from paycore.errors import NotFound

_PAGE = """<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Paycore API</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
  <div id="swagger-ui"></div>
  <script src="/docs/swagger-ui-bundle.js"></script>
  <script src="/docs/start.js"></script>
</body>
</html>
"""
_START = "SwaggerUIBundle({url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true});\n"
# Swagger UI sets styles from its script and draws with data: images; scripts come from here alone.
_POLICY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
}
_CACHED = {"Cache-Control": "public, max-age=86400"}
_TYPES = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript"}


def page() -> Response:
    """The page itself."""
    return Response(_PAGE, headers=_POLICY, media_type="text/html")


def file(name: str) -> Response:
    """One of its files; raises NotFound for any other name."""
    if name == "start.js":
        return Response(_START, headers=_CACHED, media_type="text/javascript")
    if name not in _TYPES:
        raise NotFound
    content = (files("fastapi_swagger") / "resources" / name).read_bytes()
    return Response(content, headers=_CACHED, media_type=_TYPES[name])
