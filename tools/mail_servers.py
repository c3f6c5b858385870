"""Whether anybody takes the mails of a domain, as the DNS says.

Plain Python. Asking takes up to some seconds: only jobs do it.
"""

from concurrent.futures import ThreadPoolExecutor

import dns.exception
import dns.resolver
from email_validator import EmailUndeliverableError
from email_validator.deliverability import validate_email_deliverability

# Seconds for all questions about one domain, and how many domains at a time.
PATIENCE = 5
AT_A_TIME = 10


def make_resolver(servers=None, port=53):
    """A resolver that asks the machine's DNS servers, or others.

    :param list servers: addresses of other ones
    """
    resolver = dns.resolver.Resolver(configure=not servers)
    if servers:
        resolver.nameservers = servers
        resolver.port = port
    resolver.lifetime = PATIENCE
    return resolver


def ask_domains(domains, resolver):
    """{domain: state} of some domains: ``ok``, ``none`` or ``unknown``.

    Unknown is what nobody has answered: it says nothing against a domain.
    """
    domains = list(domains)
    with ThreadPoolExecutor(min(AT_A_TIME, len(domains) or 1)) as pool:
        states = pool.map(lambda domain: ask_domain(domain, resolver), domains)
        return dict(zip(domains, states, strict=True))


def ask_domain(domain, resolver):
    """The state of one domain.

    A domain without a mail server of its own takes mails at its address (RFC 5321),
    unless it says that it takes none (RFC 7505).
    """
    try:
        found = validate_email_deliverability(domain, domain, dns_resolver=resolver)
    except EmailUndeliverableError as error:
        if isinstance(
            error.__cause__, (type(None), dns.resolver.NXDOMAIN, dns.resolver.NoAnswer)
        ):
            return "none"
        return "unknown"
    return "unknown" if "unknown-deliverability" in found else "ok"
