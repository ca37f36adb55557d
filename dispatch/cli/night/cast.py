"""Who plays: people, cars and places of Shangrao. Names and numbers are invented."""

from dataclasses import dataclass

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
GIVEN = ("建国", "晓雯", "志强", "丽娟", "文博", "雨桐", "海涛", "思远", "静怡", "国栋", "俊杰", "美玲")
DRIVERS = (
    "刘师傅", "陈国平", "汪建华", "余长水", "徐志刚", "郑小军", "吴远征", "杨柳青", "周大勇", "黄文斌",
    "祝有才", "董立新",
)  # fmt: skip
PLACES = (
    "信州区 五三大道 万达广场 3 号门", "信州区 中山路 步行街东口", "信州区 滨江西路 水南饭店",
    "信州区 带湖路 龙潭湖公馆",
    "信州区 庆丰路 赣东北大酒店", "信州区 凤凰中大道 喜来登", "信州区 胜利路 老火车站", "信州区 赣东北大道 中心广场",
)  # fmt: skip
HOMES = (
    "广信区 旭日大道 凤凰城 12 栋", "广信区 吉阳路 御景园", "信州区 茶圣路 香逸华府", "广丰区 芦林大道 铜钹山庄",
    "信州区 三江大道 江南春城", "广信区 七六西路 罗桥花园", "信州区 丰溪路 书香门第", "信州区 志敏大道 时代广场 6 栋",
)  # fmt: skip
CARS: tuple[tuple[str, list[str]], ...] = (
    ("大众 帕萨特", []),
    ("丰田 凯美瑞", []),
    ("比亚迪 汉", ["ev"]),
    ("别克 GL8", ["large"]),
    ("本田 思域", ["manual"]),
)


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who calls tonight."""

    name: str
    phone: str
    plate: str
    model: str
    needs: list[str]
    pickup: str
    home: str


def customer(number: int) -> Customer:
    """The caller of the night's job of that number; different for every number."""
    model, needs = CARS[number % len(CARS)]
    serial = f"AD{10000 + number * 37 % 90000:05d}"[:6] if "ev" in needs else f"E{10000 + number * 37 % 90000:05d}"
    plate = f"赣E{serial}" if "ev" in needs else f"赣{serial}"
    return Customer(
        name=SURNAMES[number * 7 % len(SURNAMES)] + GIVEN[number % len(GIVEN)],
        phone=f"139{79300000 + number * 131:08d}",
        plate=plate,
        model=model,
        needs=list(needs),
        pickup=PLACES[number % len(PLACES)],
        home=HOMES[number * 3 % len(HOMES)],
    )
