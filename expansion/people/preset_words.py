"""The names of the people of the departments that are sown by a regulation."""

PEOPLE = (
    "顾长青",
    "苏晚晴",
    "陆明远",
    "程雨薇",
    "薛定山",
    "江若兰",
    "贺子谦",
    "叶知秋",
    "童心怡",
    "范承志",
    "尹书涵",
    "潘景行",
    "姜亦凡",
    "孟晓棠",
)
COMPANY = ("白静", "施文博", "纪怀民", "丁宁", "龚雪梅")
