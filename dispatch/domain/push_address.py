"""Where push messages may go: a browser names the address, so it must not lead into our own network."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from dispatch.domain.errors import N_, Invalid

LONGEST = 500
_INTERNAL = (".local", ".localhost", ".internal", ".lan", ".home", ".arpa", ".test", ".invalid")


def checked(address: str) -> str:
    """The address of a push service as it came. Raises Invalid unless it is https at a public host's usual port."""
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    plain = parts.scheme == "https" and port in {None, 443} and parts.username is None and len(address) <= LONGEST
    if not plain or not _public(host):
        raise Invalid("push_address", N_("This is no address of a push service"), field="endpoint")
    return address


def _public(host: str) -> bool:
    if is_address(host):
        return is_global(host)
    # A number without dots, or with hexadecimal parts, is an address in disguise to some resolvers.
    return "." in host and not host.endswith(_INTERNAL) and not host.rpartition(".")[2].isdigit()


def is_address(host: str) -> bool:
    """Whether a host is given as a number."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_global(number: str) -> bool:
    """Whether an IP address is one of the public Internet, also when it is wrapped in one of version 6."""
    address = ip_address(number.partition("%")[0])
    wrapped = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    return (wrapped or address).is_global and not address.is_multicast
