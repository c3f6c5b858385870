"""QR codes that can be printed at any size."""

from reportlab.graphics.barcode.qr import QrCodeWidget

# Light squares around the code, which readers need.
MARGIN = 4


def make_qr_svg(text):
    """A text as a QR code: an SVG picture, of one path.

    Drawn here, since the pictures that the host makes need a library that is not always
    there.

    >>> picture = make_qr_svg("https://example.com/prospect/form/fair")
    >>> picture[:4], picture.count("<path"), "https" in picture.partition(">")[2]
    ('<svg', 1, False)
    """
    code = QrCodeWidget(text, barLevel="M").qr
    code.make()
    squares = "".join(
        f"M{x + MARGIN} {y + MARGIN}h1v1h-1z"
        for y, row in enumerate(code.modules)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    size = len(code.modules) + 2 * MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"'
        f' width="{size * 8}" height="{size * 8}" shape-rendering="crispEdges">'
        f'<rect width="{size}" height="{size}" fill="#fff"/>'
        f'<path d="{squares}" fill="#000"/></svg>'
    )
