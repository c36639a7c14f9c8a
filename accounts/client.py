import ipaddress

from django.conf import settings


def client_ip(request):
    """The address a request comes from, as the nearest proxy we trust saw it.

    Each proxy adds, at the right of X-Forwarded-For, the address that spoke to it: with
    TRUSTED_PROXIES of them the client’s is that many from the right. What stands further left was
    written by the client and proves nothing.
    """
    hops = settings.TRUSTED_PROXIES
    seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if hops and len(seen) >= hops:
        try:
            return str(ipaddress.ip_address(seen[-hops]))
        except ValueError:
            pass
    return request.META.get("REMOTE_ADDR") or "inconnue"
