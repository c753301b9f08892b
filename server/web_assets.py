"""The built web application: hashed files for ever, every other address the one page, with the strict headers."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

DIST = Path(__file__).resolve().parent.parent / "web" / "dist"
YEAR = 365 * 24 * 3600

# No inline script or style; PDF.js decodes images in WebAssembly and draws from blobs.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)

# Below these only routes answer: an unknown address there is a problem, not the page.
PROGRAMS = ("api/", "public/", "registry/v1/", "sync/", "socket.io/")

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def harden(response: web.StreamResponse) -> None:
    """Policies that a response does not set itself; and no word of which software answers, in which version."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Server"] = "Paraph"


async def strict_headers(_: web.Request, response: web.StreamResponse) -> None:
    """For every response, whoever made it."""
    harden(response)


async def page(request: web.Request) -> web.StreamResponse:
    """A file of the build, else the application itself, so that every address can be opened directly."""
    wanted = (DIST / request.match_info["path"]).resolve()
    if wanted.is_file() and wanted.is_relative_to(DIST):
        hashed = wanted.is_relative_to(DIST / "assets")
        cache = f"public, max-age={YEAR}, immutable" if hashed else "no-cache"
        return web.FileResponse(wanted, headers={"Cache-Control": cache})
    if wanted.suffix or request.match_info["path"].startswith(PROGRAMS) or not (DIST / "index.html").is_file():
        raise web.HTTPNotFound
    return web.FileResponse(DIST / "index.html", headers={"Cache-Control": "no-cache"})


def add_pages(app: web.Application) -> None:
    """Last in the router: whatever no route took."""
    app.router.add_get("/{path:.*}", page)
