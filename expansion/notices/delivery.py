"""Handing a message to a robot's platform, through the library apprise.

Nothing but the sending worker imports this module: it brings the library and its HTTP client along.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import requests
from apprise.plugins import dingtalk, feishu, wecombot
from django.utils.translation import gettext as _

from expansion.notices.models import Robot
from expansion.notices.platforms import PLATFORMS, SECRET, RobotRefused, fault_of, said


def deliver(robot: Robot, text: str) -> None:
    """Hands one message to the robot's platform.

    Raises:
        RobotRefused: it was not taken, or the robot's address is missing.
    """
    fault = fault_of(robot.kind, robot.variable)
    if fault:
        raise RobotRefused(fault)
    address = said(robot.variable)
    token = PLATFORMS[Robot.Kind(robot.kind)].token(address)
    try:
        taken = _plugin(robot, token).notify(body=text)
    except TypeError as wrong:  # so the library says that a key or a secret cannot be one
        raise RobotRefused(
            _("%(name)s holds no robot's key.") % {"name": robot.variable}
        ) from wrong
    if not taken:
        words = {"platform": robot.get_kind_display()}
        raise RobotRefused(_("%(platform)s has not taken the message.") % words)


def _plugin(robot: Robot, token: str) -> Any:
    match Robot.Kind(robot.kind):
        case Robot.Kind.WECOM:
            return wecombot.NotifyWeComBot(key=token)
        case Robot.Kind.DINGTALK:
            secret = said(robot.variable + SECRET) or None
            return dingtalk.NotifyDingTalk(token=token, secret=secret)
        case Robot.Kind.FEISHU:
            return feishu.NotifyFeishu(token=token)


class Way:
    """What the library sends by, in place of `requests`.

    The library believes a status of 200; these platforms say 200 to what they refuse as well, and
    the reason in their answer. It goes to their hosts alone and follows no redirect.
    """

    codes, RequestException = requests.codes, requests.RequestException

    def post(self, url: str, **given: Any) -> requests.Response:
        """
        Raises:
            RobotRefused: the platform says so, or the address is none of theirs.
        """
        parts = urlsplit(url)
        if parts.scheme != "https" or parts.netloc not in {one.host for one in PLATFORMS.values()}:
            raise RobotRefused(_("This is no platform's address."))
        answer = requests.post(url, **given | {"allow_redirects": False})  # noqa: S113 - in `given`
        if answer.status_code == requests.codes.ok and (reason := _refusal(answer)):
            raise RobotRefused(reason)
        return answer


def _refusal(answer: requests.Response) -> str:
    """The platform's reason not to take a message; empty where it has taken it."""
    try:
        told = answer.json()
    except ValueError:
        told = None
    if not isinstance(told, dict):
        return _("The platform's answer cannot be read.")
    code = told.get("errcode", told.get("code", told.get("StatusCode")))
    return "" if code == 0 else f"{code}: {told.get('errmsg', told.get('msg', ''))}"[:200]


for plugin in (dingtalk, feishu, wecombot):
    plugin.requests = Way()
