"""Addresses as QR codes: pictures that phones read, drawn as shapes."""

from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

# Squares around it that stay white, so that phones find it.
QUIET = 4


def draw_qr_code(text):
    """A text as an SVG image of a QR code, which any size can be printed of.

    >>> image = draw_qr_code("https://example.com/prospect/form/spring-fair")
    >>> image.startswith("<svg"), image.count("<path"), "fair" in image
    (True, 2, False)
    """
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    size = code.getModuleCount()
    dots = "".join(
        f"M{column + QUIET} {row + QUIET}h1v1h-1z"
        for row in range(size)
        for column in range(size)
        if code.isDark(row, column)
    )
    whole = size + 2 * QUIET
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {whole}"'
        f' shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{whole}v{whole}H0z'
        f'"/><path fill="#000" d="{dots}"/></svg>'
    )
