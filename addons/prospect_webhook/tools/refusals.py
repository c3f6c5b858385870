"""Why a message is not taken in."""

# What is wrong: the status of the answer over HTTP. An address that does not exist and
# a signature that does not match are told alike, so that nobody finds out addresses.
STATUSES = {
    "signature": 401,
    "time": 401,
    "body": 400,
    "type": 415,
    "events": 413,
    "limit": 429,
}


class Refused(Exception):
    """A message that is not taken in.

    :ivar str code: one of ``STATUSES``

    >>> Refused("limit").status
    429
    """

    def __init__(self, code):
        super().__init__(code)
        self.code = code
        self.status = STATUSES[code]
