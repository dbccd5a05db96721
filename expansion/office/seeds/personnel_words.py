"""Whom the demo department looks for, who applies, and why people move."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Applicant:
    """Somebody who applies; noted so many days ago, rated by the four criteria in their order."""

    days: int
    name: str
    phone: str
    email: str
    source: str
    note: str = ""
    ratings: tuple[int, ...] = ()
    decisions: tuple[tuple[str, str], ...] = ()


NEWCOMER, COMES_NEXT = "gu.jia", "zhu.qing"

DEVELOPER = {
    "duties": "负责河西、江北两片企业客户的开发和回访，独立完成首访到签约。",
    "skills": "两年以上企业客户销售经验，能独立拜访、写方案、谈价格；熟悉团建或会务采购流程。",
    "traits": "耐得住拒绝，说话有分寸，答应客户的事记得住。",
    "reason": "江北新开两家门店，现有组员人均客户已超过四十家。",
}
GOES = "田野"
DEVELOPERS = (
    Applicant(
        80,
        "顾佳",
        "+8613951870426",
        "gujia@example.com",
        "林嘉推荐",
        "原在会务公司做企业客户，手上有园区行政的人脉。",
        (4, 3, 5, 5),
        (
            ("invited", ""),
            ("chosen", "两轮面谈和一次陪访都稳，客户当场愿意留微信，沟通分最高。"),
        ),
    ),
    Applicant(
        78,
        GOES,
        "+8613770612853",
        "tianye@example.com",
        "招聘网站",
        "应届，没有跑过企业客户。",
        (2, 4, 3, 3),
        (("declined", "经验不够，岗位要能马上独立拜访。"),),
    ),
    Applicant(
        75,
        "邵文斌",
        "+8615850543917",
        "",
        "招聘网站",
        "酒店销售出身，期望薪资高于岗位上限。",
        (4, 3, 3, 4),
        (("invited", ""), ("declined", "薪资谈不拢，本人放弃。")),
    ),
)
PLANNER = {
    "duties": "异业合作活动的策划和落地。",
    "skills": "活动策划三年以上，会做预算和执行表。",
    "traits": "细致，能同时盯几件事。",
    "reason": "四季度联名活动集中，商务合作小组缺一名策划。",
}
NO_BUDGET = "年内编制冻结，活动策划先由品牌部支援，明年一季度再提。"
RESEARCHER = {
    "duties": "商圈与竞品调研，按月出信息，按季参与写报告。",
    "skills": "会做问卷和访谈，表格和作图熟练；懂一点餐饮娱乐业更好。",
    "traits": "对数字较真，愿意跑现场。",
    "reason": "仇浩账号锁定期间调研任务积压，明年还要加做大学城商圈。",
}
RESEARCHERS = (
    Applicant(
        20,
        "祝青",
        "+8618061743295",
        "zhuqing@example.com",
        "猎头推荐",
        "做过两年连锁餐饮选址，带来一份完整的商圈报告样本。",
        (5, 4, 4, 4),
        (("invited", ""), ("chosen", "样本报告写得扎实，市场敏感性突出，期望薪资在范围内。")),
    ),
    Applicant(
        16,
        "孟凡",
        "+8613451968037",
        "mengfan@example.com",
        "招聘网站",
        "统计专业，实习做过神秘顾客。",
        (3, 4, 4, 3),
        (("invited", ""),),
    ),
    Applicant(
        7,
        "林小满",
        "+8615195826410",
        "linxiaoman@example.com",
        "何思远推荐",
        "在校兼职做过问卷，年底毕业。",
    ),
)
PARTNER_MEMBER = {
    "duties": "跟进三家银行信用卡中心的联名权益。",
    "skills": "有银行或支付渠道的商务经验，看得懂结算条款。",
    "traits": "守时，文字干净。",
    "reason": "马瑞下月调去客户开发，商务合作小组要补一人。",
}
ASKED = "本人来电要求删除应聘资料。"

DEMOTION = {
    "reason": "三季度两个合作项目延期，组内周会多次缺席，建议改任组员，组长另选。",
    "source_case": "三季度项目检查",
}
KEEP_THE_LEAD = "延期主要因对方换了负责人，先约谈并限期整改，四季度末再议。"
TRANSFER = {
    "reason": "本人想学调研，调研小组也缺跑现场的人。",
    "source_case": "本人申请",
}
ROTATION = {
    "reason": "按年度轮岗安排到商务合作小组三个月，熟悉异业合作的谈法。",
    "source_case": "年度轮岗计划",
}
UNCLEAR = {
    "reason": "调研小组人手紧，先从客户开发抽一人支援。",
    "source_case": "",
}
SAY_WHO_TAKES_OVER = "请写明手上十二家客户由谁接，支援多久，再报一次。"
MOVE = {
    "reason": "马瑞在商务合作中带来的企业客户更多，转到客户开发小组更合适。",
    "source_case": "本人申请，罗海涛同意",
}
DISMISSAL = {
    "reason": "连续两个季度考核不合格，约谈和辅导后仍未达到最低指标，按制度提出解聘。",
    "source_case": "连续两季度考核不合格",
}
TALKED_TWICE = "已与本人谈过两次，补偿方案按劳动合同法准备。"
