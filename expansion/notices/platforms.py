"""Robots of WeCom, DingTalk and Feishu: their addresses, and the one way out to them.

An address comes from the environment alone, from a variable whose name begins with `ROBOT_`, so
that no other secret can be named. It is taken apart and only its key is used: whatever it says, a
request goes to one of the three hosts below, by https, and follows no redirect.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.utils.translation import gettext as _

from expansion.notices.models import Robot

VARIABLE = re.compile(r"ROBOT_[A-Z0-9_]{1,50}")
SECRET = "_SECRET"  # noqa: S105 - the end of a variable's name; DingTalk's signature
TOKEN = re.compile(r"[A-Za-z0-9-]{8,128}")


class RobotRefused(OSError):
    """The platform has not taken the message, or there is no address to send it to."""


@dataclass(frozen=True)
class Platform:
    """Where a platform's robots listen; `word` names the key in the query, else the path ends with
    it."""

    host: str
    path: str
    word: str = ""

    def token(self, address: str) -> str:
        """The key in the address; empty where the address is none of this platform's."""
        parts = urlsplit(address)
        if parts.scheme != "https" or parts.netloc != self.host:
            return ""
        found = self._in_query(parts) if self.word else self._in_path(parts.path)
        return found if TOKEN.fullmatch(found) else ""

    def _in_query(self, parts: Any) -> str:
        return parse_qs(parts.query).get(self.word, [""])[0] if parts.path == self.path else ""

    def _in_path(self, path: str) -> str:
        return path.removeprefix(self.path) if path.startswith(self.path) else ""


PLATFORMS = {
    Robot.Kind.WECOM: Platform("qyapi.weixin.qq.com", "/cgi-bin/webhook/send", "key"),
    Robot.Kind.DINGTALK: Platform("oapi.dingtalk.com", "/robot/send", "access_token"),
    Robot.Kind.FEISHU: Platform("open.feishu.cn", "/open-apis/bot/v2/hook/"),
}


def is_set(variable: str) -> bool:
    """Whether the environment says anything under this name."""
    return bool(said(variable))


def said(variable: str) -> str:
    return os.environ.get(variable, "").strip()


def fault_of(kind: str, variable: str) -> str:
    """A sentence on what keeps this robot from being reached; empty where nothing does."""
    address = said(variable)
    if not address:
        return _("%(name)s is not set where this system runs.") % {"name": variable}
    if not PLATFORMS[Robot.Kind(kind)].token(address):
        words = {"name": variable, "host": PLATFORMS[Robot.Kind(kind)].host}
        return _("%(name)s holds no robot's address at https://%(host)s.") % words
    return ""
