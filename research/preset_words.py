"""What is researched in the departments that are sown by a regulation."""

PLAN = "{year}年{quarter}季度市场调研计划"
REPORT = "{year}年{quarter}季度市场调研报告"
PLANNED = "围绕“{label}”：先整理公开资料，再走访六家同行和十位老客户，每周碰头一次，月底汇总。"
FINDINGS = (
    ("同行推出工作日套餐", "三家同行把工作日的价格下调一成，并附赠停车。"),
    ("企业客户预算回升", "受访的十家企业里有七家今年的活动预算高于去年。"),
    ("新商圈将在年底开业", "规划中的商圈引进了四个同类品牌，招商已完成八成。"),
)
PERIOD, ORIGIN = "{year}年{month}月", "走访记录与行业公众号"
WRITTEN = (
    "本期在“{label}”上的判断：需求总体平稳，企业客户回升；"
    "对手以价格竞争为主，我们宜以服务和方案取胜。"
)
DECISION = "下季度的方案据此调整报价和排期。"
NOTE = "数据扎实，建议部分可以再具体一些。"
