"""The client list's import: its columns, the headers people use for them, and its importer."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from crm.models import Client
from crm.services.import_undo import undo_rows
from crm.services.imports import ClientRun, identity_of
from expansion import access
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.values import offered
from expansion.transfer.columns import Column, Kind
from expansion.transfer.models import Import, ImportRow
from expansion.transfer.registry import Draft, Importer
from expansion.ui import formats

CLIENT_COLUMNS = (
    Column(
        "name",
        _("Client name"),
        synonyms=(
            "客户 客户名称 客户全称 客户单位 客户单位名称 单位 单位名称 单位全称 公司 公司名称"
            " 公司全称 企业 企业名称 企业全称 商户名称 商家名称 机构名称 甲方 甲方名称 名称"
            " 客户姓名 client company clientname companyname customer"
        ).split(),
        required=True,
        max_length=120,
        width=34,
    ),
    Column(
        "credit_code",
        _("Credit code"),
        synonyms="统一社会信用代码 社会信用代码 信用代码 统一信用代码 税号 纳税人识别号".split(),
        max_length=18,
        width=22,
    ),
    Column(
        "industry",
        _("Industry"),
        synonyms="业态 物业业态 行业 所属行业 客户行业 行业类型 客户类型 单位性质 类型".split(),
        max_length=60,
    ),
    Column(
        "category",
        _("Kind of client"),
        synonyms="客户种类 客户分类 商户类别 商家类别".split(),
        max_length=60,
    ),
    Column(
        "region",
        _("Region"),
        synonyms="区域 所辖区域 所属区域 所在区域 地区 所在地区 城市 所在城市 片区 辖区".split(),
        max_length=60,
    ),
    Column(
        "address",
        _("Address"),
        synonyms="地址 单位地址 公司地址 客户地址 详细地址 联系地址 办公地址 项目地址".split(),
        width=30,
    ),
    Column(
        "contact",
        _("Contact person"),
        Kind.PERSON,
        synonyms=(
            "联系人 联系人姓名 联系人名称 姓名 对接人 客户联系人 客户对接人 关键联系人 主要联系人"
            " 联络人 联系人/职务 联系人/职位 联系人及职务 联系人职务 联系人、职务 姓名/职务"
        ).split(),
        max_length=60,
        post_key="contact_post",
    ),
    Column(
        "contact_post",
        _("Post"),
        synonyms="职务 职位 岗位 联系人职位 职称 部门/职务 部门职务 头衔".split(),
        max_length=60,
    ),
    Column(
        "phones",
        _("Phone"),
        Kind.PHONES,
        synonyms=(
            "电话 联系电话 联系方式 联系人电话 联系人手机 联系人联系方式 手机 手机号 手机号码"
            " 手机号/座机 电话号码 联系号码 座机 固定电话 固话 办公电话 单位电话 公司电话 客户电话"
            " 电话/手机 手机/电话 tel phone mobile"
        ).split(),
        width=26,
    ),
    Column(
        "effective",
        _("Effective information"),
        Kind.FLAG,
        synonyms="是否有效信息 是否有效 有效信息 是否为有效信息 信息是否有效 有效".split(),
    ),
    Column(
        "progress",
        _("Follow-up"),
        Kind.NOTE,
        synonyms=(
            "对接情况 跟进记录 跟进情况 沟通情况 沟通记录 洽谈情况 拜访情况 拜访记录 进展 进展情况"
            " 目前进展 跟进内容 回访情况 对接进展"
        ).split(),
        max_length=2000,
        width=40,
    ),
    Column(
        "next_contact_on",
        _("Next contact"),
        Kind.DATE,
        synonyms=(
            "下次跟进时间 下次跟进日期 下次跟进 跟进日期 跟进时间 下次联系时间 下次联系日期"
            " 下次联系 下次拜访时间 下次拜访日期 下次回访时间 下次沟通时间 计划跟进时间 约定时间"
        ).split(),
    ),
    Column(
        "owner",
        _("Owner"),
        synonyms=(
            "负责人 拓展人 拓展人员 拓展专员 跟进人 跟进人员 客户经理 业务员 业务人员 归属人"
            " 所属人 所有人 填报人 经办人 责任人 对接人员 市场专员"
        ).split(),
        max_length=60,
    ),
    Column(
        "note",
        _("Remark"),
        Kind.NOTE,
        synonyms="备注 备注说明 说明 其他 其它 remark note".split(),
        max_length=1900,  # The follow-up stands in the same note, which holds 4,000.
        width=30,
    ),
)


class ClientImporter(Importer):
    """Workbooks of clients (R-crm-01)."""

    key = "crm.clients"
    model = Client
    label = _("Clients")
    title = _("Import clients")
    columns = CLIENT_COLUMNS
    mended_together = ("owner",)
    preview = ("contact", "phones", "next_contact_on", "owner")
    list_route = "crm:client-list"

    def begin(
        self, *, actor: Any, batch: Import, undecided: str = "", writing: bool = False
    ) -> ClientRun:
        kinds = offered(rules_on().crm.client_kinds)
        return ClientRun(actor, batch, undecided, writing, kinds)

    def identity(self, values: dict[str, Any]) -> str:
        return identity_of(values)

    def undo(self, *, actor: Any, batch: Import, rows: Sequence[ImportRow]) -> set[int]:
        return undo_rows(actor=actor, batch=batch, rows=rows)

    def remarks(self, *, actor: Any, keys: Iterable[str]) -> list[str]:
        if "owner" in keys and not access.can(actor, "reassign", Client):
            return [gettext("New clients become yours: only who leads a team may name owners.")]
        return []

    def compare(self, *, person: Any, draft: Draft) -> list[dict[str, Any]]:
        theirs = self._seen(person, draft)
        if theirs is None:
            return []
        values = draft.values
        numbers = [phone.e164 for phone in values.get("phones", ())]
        known = [point.value for point in theirs.points.all() if point.kind == "phone"]
        talks = theirs.communications.count()
        count = ngettext("%(count)s record", "%(count)s records", talks) % {"count": talks}
        lines = [
            (_("Client name"), values.get("name", ""), theirs.name),
            (_("Phone"), _masked(numbers), _masked(known)),
            (_("Contact person"), values.get("contact", ""), _people(theirs)),
            (_("Owner"), values.get("owner", ""), theirs.owner.name),
            (_("Follow-up"), values.get("progress", ""), count if talks else ""),
        ]
        return [
            {"label": label, "yours": ours, "theirs": there, "differs": ours != there}
            for label, ours, there in lines
        ]

    def offers_merge(self, *, person: Any, draft: Draft) -> bool:
        theirs = self._seen(person, draft)
        return theirs is not None and access.can(person, "edit", theirs)

    def _seen(self, person: Any, draft: Draft) -> Client | None:
        """The client that is there, where this person may see it now."""
        visible = access.visible_to(person, Client.objects.live()).select_related("owner")
        return visible.filter(pk=draft.row.match).first()


def _masked(numbers: Sequence[str]) -> str:
    return gettext(", ").join(formats.masked_phone(number) for number in numbers)


def _people(client: Client) -> str:
    return gettext(", ").join(str(one) for one in client.contacts.filter(deleted_at=None))
