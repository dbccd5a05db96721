"""What the departments that are sown by a regulation agree with their partners."""

TITLES = ("联合会员活动", "年度供应合作", "共同推广计划")
CAPACITY = "有自己的渠道和执行队伍，去年合作按期完成。"
SCHEME = "合作内容与方式写明在先，双方各出场地与物料，按月对账，收益按约定比例分配，责任分工到人。"
RESOURCES = "双方各指定一名对接人，物料费用各半。"
PHASES = ("确认方案与分工", "物料到位并培训人员", "正式上线")
CHECK = "进度正常，对账单按时交换，没有未解决的问题。"
EVALUATION = "项目按期完成，达到预期目标；对方配合好，建议续做，并把对账改为半月一次。"
