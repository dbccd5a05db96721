"""What is reported, said outside and asked of newcomers in the departments of a regulation."""

WRITTEN = "本期“{label}”按计划推进，重点客户逐一跟进，数据已与台账核对。"
PLANS = ("跟进在谈的报价，争取签下一份", "回访本月到期的合同客户，谈续签")

# title, audience, text, where it was said
STATEMENT = (
    "行业交流稿：{month} 月合作经验",
    "行业协会会员",
    "介绍本部门的服务流程和合作案例，不涉及客户名称、价格和未公开的计划。",
    "协会会刊",
)
SKILLS = "两年以上客户拓展经验，能独立拜访和起草方案。"
NEEDED = "在谈客户增多，现有人手跟进不过来。"
# name, user name, phone, where from
APPLICANT = ("孟书怡", "newcomer", "13900013900", "内部推荐")
CHOSEN = "面谈各项评分均衡，有同行业客户资源。"
