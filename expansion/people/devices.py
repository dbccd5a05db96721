"""From where a request comes, in words short enough for a list of sessions."""

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

# The first that a user agent names: those that wrap another browser come before it.
PROGRAMS = (
    ("MicroMessenger", "WeChat"),
    ("DingTalk", "DingTalk"),
    ("Lark", "Feishu"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("HuaweiBrowser", "Huawei"),
    ("MiuiBrowser", "Xiaomi"),
    ("QQBrowser", "QQ"),
    ("SamsungBrowser", "Samsung"),
    ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("OpenHarmony", "HarmonyOS"),
    ("HarmonyOS", "HarmonyOS"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_of(request: HttpRequest) -> str:
    """Browser and system, such as `Edge · Windows`; empty where the request names neither."""
    said = request.META.get("HTTP_USER_AGENT", "")
    found = (
        next((word for part, word in table if part in said), "") for table in (PROGRAMS, SYSTEMS)
    )
    return " · ".join(filter(None, found))


def network_of(request: HttpRequest) -> str:
    """The address that the request comes from, behind as many proxies as are ours."""
    try:
        return get_adapter(request).get_client_ip(request)
    except PermissionDenied:  # A server on a socket knows none.
        return ""
