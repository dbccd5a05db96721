"""What is reported in the departments that are sown by a regulation."""

WRITTEN = "本期“{label}”按计划推进，重点客户逐一跟进，数据已与台账核对。"
PLANS = ("跟进在谈的报价，争取签下一份", "回访本月到期的合同客户，谈续签")
