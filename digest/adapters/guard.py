"""Which hosts and addresses may be connected to. Judges only: looks nothing up, connects to nothing."""

import ipaddress
import re
import socket
from collections.abc import Iterable, Sequence

# The IANA registries of special-purpose addresses. Written out, because ipaddress calls some of them global
# (Python 3.11.7: 192.0.0.192, multicast, 64:ff9b:1::/48, 3fff::/20), and others in other versions.
NOT_PUBLIC_V4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by carriers; metadata service of one cloud
        "127.0.0.0/8",
        "168.63.129.16/32",  # the host itself, in one cloud
        "169.254.0.0/16",  # link-local; metadata service of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
"""All that is handed out; anything outside is local, multicast, reserved, or wraps an IPv4 address."""
NOT_PUBLIC_V6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments; Teredo among them
        "2001:db8::/32",
        "3fff::/20",
    )
)
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

# What resolvers answer from their own machine, house or cloud. A dotless name is never a public site.
LOCAL_SUFFIXES = (
    *(".localhost", ".localdomain", ".local", ".internal", ".intranet", ".private"),
    *(".lan", ".home", ".corp", ".home.arpa"),
)
HOST_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


class RefusedError(Exception):
    """An address or name that must not be connected to; never leaves the adapter."""


def is_public(address: str) -> bool:
    """Tell whether an IP address belongs to the public internet.

    Addresses that wrap an IPv4 address (IPv4-mapped, NAT64, 6to4) are as public as what they wrap.

    Args:
        address: IPv4 or IPv6, in the form resolvers answer with.

    Returns:
        False also for what is no IP address, or is bound to an interface ('fe80::1%eth0').
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        wrapped = wrapped_ipv4(ip)
        if wrapped is None:
            return ip.scope_id is None and ip in GLOBAL_V6 and not any(ip in net for net in NOT_PUBLIC_V6)
        ip = wrapped
    return not any(ip in network for network in NOT_PUBLIC_V4)


def wrapped_ipv4(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that packets to `ip` end up at, if it is of a kind that wraps one.

    The local NAT64 prefix 64:ff9b:1::/48 is not unwrapped: where it keeps the IPv4 address is for each
    network to choose, so it is simply not public.
    """
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip in NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip.sixtofour


def literal_address(host: str) -> str | None:
    """Return the IP address a host is written as, in plain form; None for a name.

    Covers the old forms that the C library still reads as IPv4: 127.1, 0x7f000001, 2130706433, 0177.0.0.1.
    """
    bare = host.rstrip(".")
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        pass
    if not NUMBER.fullmatch(bare.rpartition(".")[2]):
        return None
    try:
        return socket.inet_ntoa(socket.inet_aton(bare))
    except OSError:
        return None


def is_local_name(host: str) -> bool:
    """Tell whether a host name means something only inside one machine, house or cloud."""
    bare = host.rstrip(".")
    return "." not in bare or bare.endswith(LOCAL_SUFFIXES)


def is_host(host: str) -> bool:
    """Tell whether a host is an address or could be a name; a name never ends in a number."""
    if literal_address(host) is not None:
        return True
    bare = host.removesuffix(".")
    return HOST_NAME.fullmatch(bare) is not None and not NUMBER.fullmatch(bare.rpartition(".")[2])


class Guard:
    """Judges hosts and addresses; connects to nothing.

    Args:
        allow_hosts: Host names, allowed wherever they lead, and networks ('127.0.0.0/8') or addresses,
            allowed however they are reached.
    """

    def __init__(self, allow_hosts: Sequence[str]) -> None:
        self._networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = []
        self._names: set[str] = set()
        for allowed in allow_hosts:
            try:
                self._networks.append(ipaddress.ip_network(allowed.strip("[]"), strict=False))
            except ValueError:
                self._names.add(allowed.lower().rstrip("."))

    def judge_host(self, host: str) -> None:
        """Judge a host by how it is written, before any look-up.

        Raises:
            RefusedError: It is an address that is not public, or a local name.
        """
        literal = literal_address(host)
        if literal is not None:
            self.judge_addresses(host, [literal])
        elif is_local_name(host) and not self._is_named(host) and not self._networks:
            # With networks allowed, a local name may still turn out to lead into one of them.
            raise RefusedError(f"{host} is not a public host name")

    def judge_addresses(self, host: str, addresses: Iterable[str]) -> None:
        """Judge everything a host resolves to: one bad address refuses the host.

        Raises:
            RefusedError: An address is not public, or a public one belongs to a local name.
        """
        if self._is_named(host):
            return
        for address in addresses:
            if self._is_in_networks(address):
                continue
            if not is_public(address):
                raise RefusedError(f"{address} is not a public address")
            if literal_address(host) is None and is_local_name(host):
                raise RefusedError(f"{host} is not a public host name")

    def _is_named(self, host: str) -> bool:
        return host.rstrip(".") in self._names

    def _is_in_networks(self, address: str) -> bool:
        try:
            ip = ipaddress.ip_address(address)
        except ValueError:
            return False
        if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        return any(ip in network for network in self._networks)
