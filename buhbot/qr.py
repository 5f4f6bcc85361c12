"""QR codes as inline SVG: links that are opened with a phone's camera."""

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_code(text: str) -> SafeString:
    """Draw a QR code, dark on white whatever the theme, that keeps its size in a layout."""
    drawn = segno.make(text, error="m", micro=False).svg_inline(
        scale=4, border=3, dark="#000", light="#fff", svgclass="bb-qr", lineclass=None, omitsize=True
    )
    return mark_safe(drawn)  # noqa: S308  # nosec B308 B703 # (drawn from numbers; the text is not in it)
