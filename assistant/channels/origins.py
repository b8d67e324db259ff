"""Where a request comes from: the website that a browser names, and the address of the client. Pure functions."""

import ipaddress
from collections.abc import Collection, Sequence


def is_allowed(origin: str, scheme: str, host: str, allowed: Collection[str]) -> bool:
    """Whether a page of this origin may use the channel.

    Args:
        origin: the request's `Origin`.
        scheme: `http` or `https`, as the server received the request.
        host: the request's `Host`.
        allowed: the origins of the settings.
    """
    # The server's own pages; behind a proxy that ends TLS they are https while the server sees http.
    own = {f"{scheme}://{host}".lower(), f"https://{host}".lower()}
    return origin in own or origin in allowed


def client_address(peer: str, forwarded: Sequence[str], trusted_proxies: int) -> str:
    """The address that limits are counted for: of IPv6 its /64 network, which one household has to itself.

    Args:
        peer: the address at the other end of the connection.
        forwarded: the values of all `X-Forwarded-For` headers, in their order.
        trusted_proxies: how many proxies of ours have each appended to it the address that they saw. What stands
            before that is the client's own word and is not believed.
    """
    named = [part.strip() for value in forwarded for part in value.split(",")]
    address = named[-trusted_proxies] if 0 < trusted_proxies <= len(named) else peer
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return peer
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
