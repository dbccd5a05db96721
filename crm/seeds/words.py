"""What people of the demo department write, whatever the trade; blanks as in `trades`."""

from datetime import date, timedelta
from typing import Any

from crm.seeds.trades import Trade

STORES = ("新街口店", "河西店", "江宁百家湖店", "仙林店", "浦口店", "镇江店", "扬州店")
RIVALS = ("欢音汇", "金麦场", "悦鸣量贩", "乐歌城")

OPENINGS = (
    "{who}在办公室接待，谈了四十分钟。",
    "与{who}在对方会议室见面，另有一名财务在场。",
    "{who}刚开完会，约在楼下咖啡厅谈。",
    "按约到访，{who}先带我们看了场地。",
    "{who}今天时间紧，只谈了一刻钟，重点都说到了。",
    "{who}主动提到上次的报价，已给领导看过。",
    "第二次见{who}，气氛比上次轻松。",
    "{who}请了他们的采购一起听介绍。",
    "到的时候{who}在接待别的供应商，等了十分钟。",
    "{who}看过我们带去的样张，问得很细。",
    "与{who}一起吃了午饭，边吃边谈。",
    "{who}下周要出差，赶在这之前见了一面。",
    "请{who}到{store}看了新装修的包房。",
    "{who}把去年的活动账单拿出来对照着谈。",
    "这次见到了能拍板的人，{who}负责介绍情况。",
    "{who}先问了我们最近的促销，再谈自己的安排。",
)
OPINIONS = (
    "{who}认为{store}的音响不错，点歌屏反应偏慢。",
    "{who}对{store}的服务员态度评价高，希望固定服务人员。",
    "{who}觉得{deal}里酒水价格偏高，建议推出不含酒的档次。",
    "{who}说{deal}的报价单太长，希望一页看清。",
    "对上次在{store}的果盘分量有意见，领班已向{who}道歉。",
    "{who}认可开票速度，比{rival}快两天。",
    "{who}说{store}包房隔音好，走廊指示牌不明显。",
    "{who}希望能在线看{store}的房态，不用反复打电话。",
    "{who}建议节假日提前两周开放{store}的预订。",
    "{who}觉得{store}的停车引导做得周到。",
    "{who}认为{store}主题房的装饰该换新了。",
)
WISHED_BY = (
    "，希望{day}前定下来。",
    "，{who}要我们本周报价。",
    "，地点首选{store}。",
    "，总价控制在{sum}元以内。",
    "，已在和{rival}比价。",
)
CONCERNS = (
    "{deal}的价格能否锁定到年底",
    "{day}当天临时加人怎么算",
    "{deal}的发票抬头和结算周期",
    "散场太晚，从{store}回家的{n}人怎么安排",
    "{who}问{store}的消防和安检手续是否齐全",
    "与{rival}比，人均高出{price}元",
    "{deal}的订金比例，改期是否退还",
    "{who}的领导更看重环境，不想太吵",
    "{store}大房数量有限，怕{day}前后订不到",
    "{who}问{deal}是否支持分店通用",
)
PURPOSES = (
    "介绍{deal}方案",
    "送{deal}报价单并听取意见",
    "确认{deal}的人数和时间",
    "回访上次活动的满意度，带去{deal}的新报价",
    "谈{deal}的合同条款",
    "了解下季度活动安排，推荐{deal}",
    "请{who}看{store}的新包房",
    "催收尾款并谈{deal}续约",
    "向{who}解释储值卡的使用范围",
)
MATERIALS = (
    "报价单、门店画册",
    "方案打印稿两份、名片",
    "合同草案",
    "新曲库清单、体验券十张",
    "上季度消费对账单",
    "消防检查复印件、场地平面图",
)
CALLS = (
    "电话里{who}说方案已转给分管领导，下周给答复。",
    "{who}来电问{day}晚上还有没有大房，已帮忙锁房到明天中午。",
    "电话确认人数改为{n}人，仍在{store}，房型不变。",
    "{who}说预算批到{sum}元，超出部分要重新走流程。",
    "回访上次聚会，{who}对服务满意，提醒我们把发票寄到新地址。",
    "{who}在外地，约好回来后见面详谈。",
    "问了续约意向，{who}表示愿意谈，希望保留去年的价格。",
    "{who}介绍了隔壁单位的负责人，同意我们提他的名字。",
    "解释了储值卡跨店使用的规则，{who}说清楚了。",
    "{who}反映有两位客人没收到短信券，已补发。",
    "通话时{who}说{rival}也在找他们，报价比我们低{price}元。",
    "提醒{who}订金本周到期，他答应让财务安排。",
)
UNREACHED = (
    "{who}的电话无人接听，改日再谈{deal}。",
    "{who}正在开会，请我们下午再为{deal}联系。",
    "{who}的号码占线，已发短信说明是{deal}的事。",
    "前台说{who}今天外出，{deal}的报价明天上午再谈。",
    "{who}没有接听，短信说明是为{day}的{deal}。",
    "转了两次没有找到{who}，{deal}的资料改发邮件。",
)
MAILS = (
    "发去{deal}报价单和门店画册，请{who}转财务看。",
    "邮件回复了{who}的六个问题，附上消防和卫生许可的扫描件。",
    "把改过的方案发给{who}，人均调到{price}元。",
    "收到{who}的邮件，要求补充{n}人档的报价。",
    "发去对账单，{who}回信确认无误。",
)
MESSAGES = (
    "短信提醒{day}的活动安排，{who}回复收到。",
    "给{who}发了节日问候和本月优惠。",
    "短信约{who}下周看场地，他回复周三下午可以。",
    "把{store}的停车路线发给了{who}。",
)
CANCELLED = (
    "客户临时出差，改约下周",
    "对方领导不在，见面意义不大",
    "客户来电说预算还没批，延后再谈",
    "与门店接待时间冲突，另约时间",
    "暴雨，双方商定改为电话沟通",
)
UNLOCATED = ("地下车库没有信号", "手机电量不足", "楼内定位偏差太大", "客户园区不允许开定位")
INVALID = (
    "对方只是打听价格，没有实际安排",
    "公司已搬离本市，业务不再相关",
    "与另一条线索重复，合并到那一条",
    "联系人离职，新负责人明确不需要",
    "预算取消，今年不再组织活动",
)
LOST = (
    "客户选了{rival}，对方给了免费接送",
    "预算被砍，活动改为内部聚餐",
    "时间排不开，{store}当天没有大房",
    "价格谈不拢，人均相差{price}元",
    "对方集团统一采购，地方不再自行签约",
)
BACK = ("客户换了负责人，需要重新介绍方案", "人数变动大，方案要重做", "客户要求先看场地再谈价格")
WON = ("按约签订，首笔款已安排", "客户认可方案，双方当面签字", "续签顺利，价格维持不变")
EVIDENCE = {
    "need_confirmed": (
        "客户说明了{day}前后的活动安排和人数",
        "对方发来书面需求，列明{n}人和预算",
        "电话里确认要办，并问了定金比例",
    ),
    "contact_named": (
        "{who}负责此事，已留手机号",
        "确认由{who}对接，名片已拍照留存",
        "{who}是经办人，另有财务会签",
    ),
    "presentation_heard": (
        "{who}听完了方案讲解，提了三个问题",
        "在{store}现场演示了设备和流程",
        "会议上讲解四十分钟，采购和行政都在",
    ),
}
NOT_MET = (
    "对方还在比较，没有说定要办",
    "目前只有前台转达，没有见到负责的人",
    "约了讲解，对方临时取消",
)
OVERRULED = (
    "与客户领导当面核实过，需求属实",
    "负责人已口头确认，按有效信息处理",
    "对方只是询价，不应计入",
)
COMMENTS = (
    "记录清楚，报价请本周给到，不要再拖。",
    "这家我认识他们总经理，需要时我来约。",
    "预算偏紧，建议先推工作日下午场。",
    "请把竞争对手的报价要到，我们好应对。",
    "跟进得好，下次把财务也请来一起谈。",
    "注意结算周期，财务不同意超过三十天。",
    "隔音的问题我来协调门店，月底前回复客户。",
    "可以给到八八折，再低要先报我。",
    "停车的事请写进确认单，免得当天说不清。",
)
SCOPE = "甲方委托乙方在{store}承办“{deal}”，时间以双方确认单为准，每次约{n}人，使用包房{rooms}间。"
DUTIES = (
    "乙方提前一天锁定包房，安排专人接待，设备故障在十五分钟内处理；甲方提前三天确认人数，"
    "爱护设施，遵守消防规定。"
)
PAYMENT = (
    "合同总价{sum}元。签订后五个工作日内支付三成，其余在服务完成后十五日内付清；"
    "乙方开具增值税发票。"
)
SPECIAL = ("", "", "", "客户要求把违约金由百分之十改为百分之五。", "结算周期由十五日改为三十日。")
RETURNED = (
    "付款条款请改为签订后五日内付三成，另补充改期办法。",
    "违约金比例低于公司标准，请与客户再谈一次。",
    "服务内容写得太笼统，请列明包房数量和时段。",
)
REJECTED = (
    "结算周期过长，超出公司规定，本次不签。",
    "客户信用有疑问，建议改为先款后唱的方式另行起草。",
)
APPROVED = ("", "", "", "同意，按条款执行。", "价格在授权范围内，同意。", "已核对条款，无异议。")
NOTES = (
    "月结客户，对账人是财务小周。",
    "旺季提前两周提醒预订。",
    "对烟味敏感，安排无烟楼层。",
    "",
    "",
    "去年在我们这里办过两次活动。",
)


class Phrases:
    """Fills sentences of a trade with plausible particulars, none used up too soon."""

    def __init__(self, demo: Any):
        self.demo = demo
        self._unused: dict[tuple[str, ...], list[str]] = {}

    def pick(self, bank: tuple[str, ...]) -> str:
        """The next of a shuffled bank; it is shuffled anew when all have been used."""
        left = self._unused.get(bank)
        if not left:
            left = self._unused[bank] = self.demo.chance.sample(bank, len(bank))
        return left.pop()

    def fill(self, text: str, trade: Trade, who: str, on: date, **more: Any) -> str:
        """The sentence as somebody writes it on a day."""
        chance = self.demo.chance
        ahead = on + timedelta(days=chance.randrange(9, 60))
        values = {
            "n": chance.randrange(14, 46)
            if trade.industry == "个人聚会"
            else chance.randrange(24, 180),
            "rooms": "两三四五六"[chance.randrange(5)],
            "price": chance.randrange(48, 198, 10),
            "sum": f"{chance.randrange(30, 480) * 100:,}",
            "day": f"{ahead.month}月{ahead.day}日",
            "store": chance.choice(STORES),
            "rival": chance.choice(RIVALS),
            "deal": chance.choice(trade.deals),
            "who": who,
        }
        return text.format(**(values | more))

    def say(self, bank: tuple[str, ...], trade: Trade, who: str, on: date, **more: Any) -> str:
        return self.fill(self.pick(bank), trade, who, on, **more)
