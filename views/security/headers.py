"""Response headers that tell a browser what it must not do with our pages."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request

# FAB's and Flask-Admin's own pages carry inline styles; scripts run by nonce only.
_POLICY = (
    "default-src 'self'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


def csp_nonce() -> str:
    """This response's nonce for script elements."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(18)
    return str(g.csp_nonce)


def add_headers(app: Flask, *, https: bool) -> None:
    """Send the headers with every response of `app`; `https`: tell browsers to stay on HTTPS."""
    app.jinja_env.globals["csp_nonce"] = csp_nonce

    @app.after_request
    def protect(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", _POLICY.format(nonce=csp_nonce()))
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if https:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if not _is_static():  # nobody's page is left behind in a shared computer's cache
            headers["Cache-Control"] = "no-store"
        return response


def _is_static() -> bool:
    return bool(request.endpoint) and str(request.endpoint).endswith("static")
