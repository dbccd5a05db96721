"""The style guide: every component on one page, with sample data and no record of anybody."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from expansion import clock
from expansion.ui.gates import SIGNED_IN, behind

COLOURS = (
    ("text", "文字"),
    ("second", "次文字"),
    ("muted", "弱文字"),
    ("line", "边线"),
    ("line-field", "输入框边"),
    ("sunken", "下沉底"),
    ("accent-solid", "主色"),
    ("accent-tint", "主色底"),
    ("done-dot", "成"),
    ("due-dot", "待"),
    ("late-dot", "误"),
    ("neutral-dot", "中性"),
)


class SampleForm(forms.Form):
    """One field of each kind, one of them wrong."""

    phone = forms.CharField(label="联系电话", initial="12345")
    next_on = forms.DateField(
        label="下次联系日",
        required=False,
        help_text="A 级客户最晚 12 月 18 日前。",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    owner = forms.CharField(
        label="负责人", initial="许晴", disabled=True, help_text="由组长转移，您不能改。"
    )
    result = forms.ChoiceField(
        label="谈了什么",
        required=False,
        initial="keen",
        choices=[
            ("met", "已见负责人"),
            ("keen", "有意向"),
            ("plan", "要方案"),
            ("none", "暂无需求"),
        ],
        widget=forms.RadioSelect,
    )
    level = forms.ChoiceField(label="等级", choices=[("A", "A 级"), ("B", "B 级")], required=False)
    note = forms.CharField(label="小结", widget=forms.Textarea, required=False)
    copy = forms.BooleanField(label="抄送部门经理", required=False, initial=True)

    def clean_phone(self) -> str:
        raise forms.ValidationError("只有 5 位。请填 11 位手机号，或带区号的座机。")


def _form() -> SampleForm:
    form = SampleForm({"phone": "12345", "next_on": "2026-11-20", "result": "keen", "copy": "on"})
    form.is_valid()
    return form


def _rows(today: dt.date) -> list[dict[str, Any]]:
    firms = (
        ("南京海纳酒店管理有限公司", "A", "许晴", "info", "合作洽谈", "486200", 2, True),
        ("无锡远航旅行社有限公司", "B", "许晴", "late", "逾期 1 天", "218040", -1, False),
        ("合肥百盛餐饮管理股份有限公司", "B", "冯璐", "done", "已签约", "96500", 14, False),
    )
    names = ("name", "grade", "owner", "tone", "word", "sum", "in_days", "selected")
    rows = [dict(zip(names, firm, strict=True)) for firm in firms]
    for row in rows:
        row["next_on"] = today + dt.timedelta(days=row["in_days"])
        row["sum"] = Decimal(row["sum"])
    return rows


def _charts() -> list[dict[str, Any]]:
    stages = ["信息收集", "策略制定", "初次接触", "客户拜访", "合作洽谈", "合同签订"]
    now, before = [86, 28, 31, 22, 13, 7], [79, 30, 27, 25, 9, 9]
    quarters, scores = ["25Q3", "25Q4", "26Q1", "26Q2", "26Q3"], [78.9, 81.5, 79.3, 83.1, 86.33]
    skills, own, team = (
        ["新客户", "态度", "能力", "关系维护", "满意度"],
        [92, 88, 85, 73, 86],
        [85, 86, 84, 78, 84],
    )
    return [
        {
            "id": "stages",
            "kind": "bar",
            "title": "各阶段商机",
            "data": {
                "labels": stages,
                "series": [
                    {"name": "三季度", "values": before, "role": "other"},
                    {"name": "四季度", "values": now, "role": "self"},
                ],
                "target": {"label": "目标 50", "value": 50},
            },
            "table": {
                "head": ["阶段", "三季度", "四季度"],
                "rows": list(zip(stages, before, now, strict=True)),
            },
        },
        {
            "id": "trend",
            "kind": "line",
            "title": "近五个季度",
            "data": {
                "labels": quarters,
                "series": [{"name": "许晴", "values": scores, "role": "self"}],
                "target": {"label": "良好 80", "value": 80},
                "minimum": 60,
                "maximum": 100,
            },
            "table": {"head": ["季度", "得分"], "rows": list(zip(quarters, scores, strict=True))},
        },
        {
            "id": "skills",
            "kind": "radar",
            "title": "各指标得分",
            "data": {
                "labels": skills,
                "series": [
                    {"name": "小组平均", "values": team, "role": "other"},
                    {"name": "许晴", "values": own, "role": "self"},
                ],
            },
            "table": {
                "head": ["指标", "许晴", "小组平均"],
                "rows": list(zip(skills, own, team, strict=True)),
            },
        },
    ]


def _timeline() -> list[dict[str, Any]]:
    return [
        {
            "month": "2026 年 11 月",
            "at": "今天 09:12",
            "icon": "phone",
            "title": "电话，已接通",
            "meta": "许晴 → 刘主管 · 6 分钟",
            "text": "确认下午两点面谈，要求带报价二稿。",
        },
        {
            "month": "2026 年 11 月",
            "at": "11-16 周一",
            "icon": "map-pin",
            "title": "拜访",
            "tone": "done",
            "word": "按约到访",
            "meta": "签到 14:03，精度 ±18 米",
            "text": "年会分两场，要独立签到台。",
            "quote": {
                "person": "林嘉",
                "text": "音响的意见已转运营部，周四前答复您。",
                "at": "11-16 17:22",
            },
        },
        {
            "month": "2026 年 10 月",
            "at": "10-15 周四",
            "icon": "star",
            "title": "等级由 B 调为 A",
            "text": "拜访频次由每季 2 次变为 3 次。",
        },
    ]


def _steps() -> list[dict[str, Any]]:
    return [
        {"label": "何思远 提交", "state": "done", "note": "11-10 10:20"},
        {"label": "退回修改", "state": "back", "note": "11-12 16:05"},
        {"label": "何思远 重新提交", "state": "done", "note": "11-17 09:31"},
        {"label": "您，部门经理", "state": "now", "note": "今天 18:00 前"},
        {"label": "分发 4 个部门", "state": "next", "note": "通过后自动"},
    ]


def _filters() -> dict[str, Any]:
    grades = [
        {"label": f"{grade} 级", "url": "#", "count": count}
        for grade, count in (("A", 41), ("B", 97))
    ]
    return {
        "search": {
            "name": "q",
            "value": "",
            "placeholder": "名称、拼音、首字母、电话尾号",
            "action": "",
        },
        "filters": [
            {
                "name": "team",
                "label": "小组",
                "value": "客户开发",
                "clear_url": "#",
                "choices": grades,
            },
            {"name": "grade", "label": "等级", "value": "", "choices": grades},
        ],
        "views": [
            {"label": "本组客户", "url": "#", "active": True, "count": 1001, "icon": "star"},
            {"label": "我负责的", "url": "#", "count": 186},
            {"label": "到期联系", "url": "#", "count": 4},
        ],
        "density": {"dense": False, "dense_url": "#", "roomy_url": "#"},
        "columns_menu": {
            "columns": [
                {"key": "grade", "label": "等级", "shown": True},
                {"key": "until", "label": "保护期至"},
            ],
            "action": "",
            "reset_url": "#",
        },
        "pager": {"first": 1, "last": 50, "total_label": "1,000+", "next_url": "#"},
        "acts": [
            {"label": "转给…", "icon": "user-share", "url": "#"},
            {"label": "放回公海", "icon": "droplet", "url": "#", "danger": True},
        ],
    }


def sample(today: dt.date) -> dict[str, Any]:
    """Everything the style guide draws, dated from `today`."""
    return {
        "colours": COLOURS,
        "spaces": (4, 8, 12, 16, 24, 32),
        "form": _form(),
        "rows": _rows(today),
        "charts": _charts(),
        "timeline": _timeline(),
        "steps": _steps(),
        "lists": _filters(),
        "soon": today + dt.timedelta(days=2),
        "facts": [
            {"label": "负责人", "value": "许晴"},
            {"label": "下次联系", "value": "11月20日 周五", "tone": "due", "word": "2 天后"},
            {"label": "近 12 个月成交", "value": "¥486,200.00"},
            {"label": "满意度", "value": "4.6 / 5", "note": "11 份"},
        ],
        "tabs": [
            {"label": "时间线", "url": "#", "active": True, "count": 64},
            {"label": "商机", "url": "#", "count": 2},
            {"label": "变更记录", "url": "#"},
        ],
        "segments": [
            {"label": "看板", "url": "#", "active": True, "icon": "layout-kanban"},
            {"label": "列表", "url": "#", "icon": "table"},
        ],
        "menu": [
            {"label": "改下次联系", "url": "#", "icon": "calendar-due"},
            {"label": "放回公海", "url": "#", "icon": "droplet", "danger": True},
        ],
        "differences": [
            {"name": "next_on", "label": "下次联系", "theirs": "11-24", "yours": "11-20"},
            {"name": "amount", "label": "预计金额", "theirs": "¥126,000", "yours": "¥120,000"},
        ],
        "gate": [
            {"text": "商务合作小组合计应为 100%", "met": False},
            {"text": "修改原因已写，共 38 字", "met": True},
        ],
        "people": [
            {"name": "许晴", "reason": "负责人，自 2026-03-12"},
            {"name": "林嘉", "reason": "客户开发小组组长：看本组全部"},
        ],
        "found": [
            {
                "label": "南京海纳酒店管理有限公司",
                "kind": "客户",
                "icon": "building-store",
                "url": "#",
            },
            {"label": "海纳酒店年度接待协议", "kind": "合同", "icon": "writing-sign", "url": "#"},
        ],
        "photos": [],
    }


@behind(SIGNED_IN)
def page(request: HttpRequest) -> HttpResponse:
    """Every component, in the reader's theme and, where it differs, in the dark one beside it."""
    context = {"title": _("Style guide"), **sample(clock.today())}
    return render(request, "styleguide.html", context)
