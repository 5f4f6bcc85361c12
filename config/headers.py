"""What a browser may do with our pages (SEC-07)."""

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE

# Pages of our own have no script at all: neither a nonce nor an exception is needed.
DOOR_POLICY = {
    "default-src": [NONE],
    "style-src": [SELF],
    "img-src": [SELF],
    "form-action": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
}

# The theme of Admin (unfold) evaluates the expressions of Alpine.js, and styles in place; no script stands in a page.
PANEL_POLICY = {
    **DOOR_POLICY,
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "font-src": [SELF],
    "connect-src": [SELF],
}

# What no page of ours needs, for ourselves and for whoever might be framed.
PERMISSIONS_POLICY = ", ".join(
    f"{name}=()"
    for name in (
        *(
            "accelerometer",
            "autoplay",
            "camera",
            "display-capture",
            "encrypted-media",
            "fullscreen",
            "geolocation",
        ),
        *(
            "gyroscope",
            "magnetometer",
            "microphone",
            "midi",
            "payment",
            "screen-wake-lock",
            "usb",
            "xr-spatial-tracking",
        ),
    )
)
