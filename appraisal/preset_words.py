"""What is written into the forms of the departments that are sown by a regulation."""

ACHIEVEMENTS = (
    "完成一家重点客户的签约，拜访记录全部按时填写。",
    "参与的合作项目按期上线，对账清楚，对方愿意续做。",
    "把半年没有联系的客户重新走了一遍，唤回三家。",
)
PROBLEMS = ("有两次反馈超过时限，已改为当场填写。", "个别报价回复慢于客户预期。")
PLANS = ("每周固定半天做回访，重点跟进到期合同。", "提前一周检查项目节点，延误当天上报。")
COMMENTS = ("记录完整，数字与台账一致。", "进步明显，保持下去。", "数量达标，质量还可以再提高。")
