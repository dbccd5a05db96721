"""Names, addresses and numbers of the demo's clients: plausible, and nobody's."""

from collections.abc import Iterator
from random import Random

from crm.naming import CREDIT_SIGNS

FIRST = "华鼎瑞恒嘉盛宏远云博天金新东宁紫江锦祥德信泰安隆启卓睿凯润"
SECOND = "源诚达邦创辉丰鑫科航晟益康和景逸腾峰利成通业荣基"
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = (
    "伟 芳 娜 敏 静 强 磊 洋 艳 勇 军 杰 娟 涛 明 超 秀兰 霞 平 刚 桂英 建国 晓东 雪梅 志远 思琪 "
    "文博 雨桐 佳怡 浩然 子轩 梦洁 丽华 国栋 春燕 海燕 立新 建华 婷婷 俊杰 欣然 一鸣 晨曦 若楠 "
    "嘉豪 美玲 永康 少华 玉珍 振宇"
).split()

# Place, its middle, and streets that run there.
PLACES = (
    ("玄武区", 32.0486, 118.7977, ("珠江路", "中山东路", "北京东路")),
    ("秦淮区", 32.0330, 118.7946, ("太平南路", "升州路", "大光路")),
    ("建邺区", 32.0036, 118.7318, ("江东中路", "庐山路", "河西大街")),
    ("鼓楼区", 32.0662, 118.7697, ("中央路", "湖南路", "草场门大街")),
    ("浦口区", 32.0589, 118.6279, ("大桥北路", "浦滨路", "文德路")),
    ("栖霞区", 32.0963, 118.9090, ("文苑路", "仙林大道", "尧新大道")),
    ("雨花台区", 31.9914, 118.7790, ("软件大道", "雨花西路", "安德门大街")),
    ("江宁区", 31.9527, 118.8399, ("双龙大道", "胜太路", "天元中路")),
    ("六合区", 32.3223, 118.8217, ("雄州南路", "延安路")),
    ("溧水区", 31.6511, 119.0284, ("珍珠南路", "中大街")),
    ("镇江市", 32.1878, 119.4250, ("中山东路", "学府路")),
    ("扬州市", 32.3936, 119.4127, ("文昌中路", "江阳中路")),
    ("滁州市", 32.3016, 118.3163, ("琅琊路", "会峰路")),
    ("马鞍山市", 31.6704, 118.5067, ("湖东路", "雨山西路")),
)
NETWORKS = (130, 131, 135, 136, 137, 138, 150, 151, 158, 159, 177, 180, 186, 189)


class Names:
    """Hands out each name and number once."""

    def __init__(self, chance: Random):
        self.chance = chance
        self._brands = self._shuffled(a + b for a in FIRST for b in SECOND if a != b)
        self._people = self._shuffled(a + b for a in SURNAMES for b in GIVEN)
        self._phones = self._shuffled(f"{net}0000{n:04d}" for net in NETWORKS for n in range(200))

    def _shuffled(self, found: Iterator[str]) -> Iterator[str]:
        items = sorted(set(found))
        self.chance.shuffle(items)
        return iter(items)

    def brand(self) -> str:
        return next(self._brands)

    def person(self) -> str:
        return next(self._people)

    def phone(self) -> str:
        """A mobile number with four noughts in its middle: none that is handed out."""
        return next(self._phones)

    def credit_code(self) -> str:
        """A code that holds by its check sign (GB 32100-2015)."""
        code = "91320100MA" + "".join(self.chance.choices("0123456789ABCDEFGHJKLMNPQRTUWXY", k=7))
        total = sum(CREDIT_SIGNS.index(s) * pow(3, i, 31) for i, s in enumerate(code))
        return code + CREDIT_SIGNS[-total % 31]

    def place(self) -> dict[str, str | float]:
        """A region with an address in it and where that lies."""
        # The near districts are where most clients are.
        region, north, east, streets = self.chance.choice(PLACES[: self.chance.choice((8, 8, 14))])
        return {
            "region": region,
            "address": f"{region}{self.chance.choice(streets)}{self.chance.randrange(8, 480)}号",
            "latitude": round(north + self.chance.uniform(-0.02, 0.02), 6),
            "longitude": round(east + self.chance.uniform(-0.02, 0.02), 6),
        }
