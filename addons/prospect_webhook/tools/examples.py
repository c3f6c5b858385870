"""Commands that send a message, for who sets up the other system."""

_STANDARD = """\
SECRET='{secret}'
BODY='{body}'
ID="$(openssl rand -hex 16)"
TIME="$(date +%s)"
KEY="$(printf %s "${{SECRET#whsec_}}" | base64 -d | od -An -v -tx1 | tr -d ' \\n')"
SIGNATURE="$(printf %s "$ID.$TIME.$BODY" |
    openssl dgst -sha256 -mac HMAC -macopt "hexkey:$KEY" -binary | base64)"
curl --silent --show-error '{url}' \\
    --header 'Content-Type: application/json' \\
    --header "webhook-id: $ID" \\
    --header "webhook-timestamp: $TIME" \\
    --header "webhook-signature: v1,$SIGNATURE" \\
    --data-binary "$BODY"
"""
_BODY = """\
SECRET='{secret}'
BODY='{body}'
SIGNATURE="$(printf %s "$BODY" | openssl dgst -sha256 -hmac "$SECRET" | sed 's/^.* //')"
curl --silent --show-error '{url}' \\
    --header 'Content-Type: application/json' \\
    --header "{header}: sha256=$SIGNATURE" \\
    --data-binary "$BODY"
"""
_EXAMPLES = {"standard": _STANDARD, "body": _BODY}
PERSON = (
    '{"email": "ana@example.com", "first_name": "Ana", "company": "Blue Door Studio"}'
)


def make_example(scheme, url, header, secret="...", body=PERSON):  # noqa: S107
    """The lines of a shell that sign and send a message.

    :param str scheme: ``standard`` or ``body``
    :param str url: the address
    :param str header: that holds the signature of a body
    :param str secret: by default, to be filled in by who runs it

    >>> print(make_example("body", "https://x.example/h", "X-Signature").splitlines()[3])
    curl --silent --show-error 'https://x.example/h' \\
    """
    return _EXAMPLES[scheme].format(url=url, header=header, secret=secret, body=body)
