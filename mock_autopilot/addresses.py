"""What a host name or IP address says about who can reach it."""

from ipaddress import ip_address


def is_ip(host: str) -> bool:
    """Say whether a host is an IP address, and no name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Say whether a host can only be reached from this machine."""
    return host == "localhost" or (is_ip(host) and ip_address(host).is_loopback)
