"""Whether a text of one colour can be read on another, as WCAG 2 measures it."""

import re

# WCAG 2.1, 1.4.3: the least for a text of normal size (level AA).
READABLE = 4.5
_HEX = re.compile(r"#[0-9a-f]{6}")


def clean_colour(text):
    """A colour as ``#rrggbb``, or None when the text is none.

    >>> clean_colour(" #0AF "), clean_colour("00aaff"), clean_colour("red;}")
    ('#00aaff', '#00aaff', None)
    """
    colour = "#" + (text or "").strip().lower().removeprefix("#")
    if len(colour) == 4:
        colour = "#" + "".join(digit * 2 for digit in colour[1:])
    return colour if _HEX.fullmatch(colour) else None


def _split(colour):
    """Red, green and blue of a colour, from 0 to 255."""
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def _luminance(colour):
    """How light a colour is, from 0 (black) to 1 (white)."""
    parts = []
    for number in _split(colour):
        part = number / 255
        parts.append(
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        )
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, other):
    """How much two colours ``#rrggbb`` differ: from 1 (the same) to 21.

    >>> round(contrast("#000000", "#ffffff"), 1), contrast("#123456", "#123456")
    (21.0, 1.0)
    >>> contrast("#777777", "#ffffff") < READABLE < contrast("#767676", "#ffffff")
    True
    """
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def text_on(colour):
    """Black or white, whichever is read better on a colour.

    One of them always has a contrast of 4.5 at least.

    >>> text_on("#ffffff"), text_on("#1f3a5f"), text_on("#f2c200")
    ('#000000', '#ffffff', '#000000')
    """
    return max(("#ffffff", "#000000"), key=lambda text: contrast(colour, text))


def soften(text, background, least=READABLE):
    """A colour between a text's and its background's that can still be read.

    >>> soften("#000000", "#ffffff")
    '#757575'
    >>> soften("#767676", "#ffffff")
    '#767676'
    """
    for part in range(46, 101, 2):
        pairs = zip(_split(text), _split(background), strict=True)
        mixed = "#" + "".join(
            f"{round((one * part + other * (100 - part)) / 100):02x}"
            for one, other in pairs
        )
        if contrast(mixed, background) >= least:
            return mixed
    return text


def warn_on(background, text):
    """A red that can be read on a background, else the colour of its texts.

    >>> warn_on("#ffffff", "#000000"), warn_on("#10202f", "#ffffff")
    ('#b3001b', '#ffb3ae')
    >>> warn_on("#808080", "#000000")
    '#000000'
    """
    for red in ("#b3001b", "#ffb3ae", "#5c0009"):
        if contrast(red, background) >= READABLE:
            return red
    return text
