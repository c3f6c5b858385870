"""Commands that send a message, for who sets up the other system."""

_SEND = """\
curl --silent --show-error '{url}' \\
    --header 'Content-Type: application/json' \\
{headers}    --data-binary "$BODY"
"""
_START = """\
SECRET='{secret}'
BODY='{body}'
"""
# {way of signing: commands before, and headers of the message}
_EXAMPLES = {
    "standard": (
        """\
ID="$(openssl rand -hex 16)"
TIME="$(date +%s)"
KEY="$(printf %s "${{SECRET#whsec_}}" | base64 -d | od -An -v -tx1 | tr -d ' \\n')"
SIGNATURE="$(printf %s "$ID.$TIME.$BODY" |
    openssl dgst -sha256 -mac HMAC -macopt "hexkey:$KEY" -binary | base64)"
""",
        (
            "webhook-id: $ID",
            "webhook-timestamp: $TIME",
            "webhook-signature: v1,$SIGNATURE",
        ),
    ),
    "timed": (
        """\
TIME="$(date +%s)"
SIGNATURE="$(printf %s "$TIME.$BODY" |
    openssl dgst -sha256 -hmac "$SECRET" | sed 's/^.* //')"
""",
        ("{header}: t=$TIME,v1=$SIGNATURE",),
    ),
    "body": (
        """\
SIGNATURE="$(printf %s "$BODY" | openssl dgst -sha256 -hmac "$SECRET" | sed 's/^.* //')"
""",
        ("{header}: sha256=$SIGNATURE",),
    ),
    "token": ("", ("{header}: $SECRET",)),
    "basic": (
        """\
LOGIN="$(printf %s "{login}:$SECRET" | base64 | tr -d '\\n')"
""",
        ("Authorization: Basic $LOGIN",),
    ),
    "address": ("", ()),
}
PERSON = (
    '{"email": "ana@example.com", "first_name": "Ana", "company": "Blue Door Studio"}'
)


def make_example(scheme, url, header, secret="...", body=PERSON, login="prospect"):
    """The lines of a shell that sign and send a message.

    :param str scheme: one of the ways of signing
    :param str url: the address
    :param str header: that holds the signature, or the secret
    :param str secret: by default, to be filled in by who runs it
    :param str login: the name of HTTP Basic

    >>> example = make_example("body", "https://x.example/h", "X-Signature")
    >>> example.splitlines()[0], "https://x.example/h" in example
    ("SECRET='...'", True)
    """
    before, headers = _EXAMPLES[scheme]
    lines = "".join(f'    --header "{line}" \\\n' for line in headers)
    start = _START.partition("\n")[2] if scheme == "address" else _START
    send = _SEND.replace("{headers}", lines)
    return (start + before + send).format(
        url=url, header=header, secret=secret, body=body, login=login
    )
