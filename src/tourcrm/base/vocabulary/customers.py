"""Customers, and what is known of them."""

from tourcrm.base.vocabulary.word import words

CUSTOMERS = {
    "customer_kind": words(
        ("person", "person", "个人", "散客 自然人 individual private 客人 个人客户"),
        ("company", "company", "公司", "企业 单位 团体 机构 corporate business 企业客户 公司客户"),
        ("channel", "channel", "同行", "渠道 分销商 代理 代理商 distributor agent reseller 同业"),
        ("internal", "internal", "内部", "员工 内部员工 staff 自己人"),
    ),
    "customer_status": words(
        ("active", "active", "正常", "有效 在用 活跃 在册 normal"),
        ("lost", "lost", "已流失", "流失 inactive churned"),
        ("deceased", "deceased", "已故", "去世 已去世 dead"),
    ),
    "gender": words(
        ("male", "male", "男", "m 先生 男性 man mr"),
        ("female", "female", "女", "f 女士 女性 woman ms mrs 小姐"),
    ),
    "consent": words(
        ("yes", "yes", "同意", "是 y 允许 可以 已同意 true 1"),
        ("no", "no", "拒绝", "否 n 不同意 不允许 不可以 已拒绝 退订 false 0"),
        ("unknown", "unknown", "未知", "? 不详 未问"),
    ),
    "language": words(
        ("zh", "Chinese", "中文", "chinese 汉语 普通话 zh_cn zh-cn cn"),
        ("en", "English", "英文", "英语 english en_us en-us en_gb"),
    ),
    "own_field_kind": words(
        ("text", "text", "文字", "文本"),
        ("day", "day", "日期", "date"),
        ("number", "number", "数字", "数值 金额"),
        ("flag", "yes or no", "是否", "bool"),
    ),
    "company_type": words(
        ("state_owned", "state-owned", "国有企业", "国企 央企 国营 国有 soe"),
        ("foreign", "foreign", "外资企业", "外企 外资 合资 合资企业 foreign-owned"),
        ("private", "private", "民营企业", "民企 私企 私营企业 私营 民营"),
        ("government", "government", "政府机关", "政府 机关 事业单位 机关单位 行政事业单位"),
    ),
    "valued": words(
        ("lowest_cost", "lowest cost", "成本最低", "低价 价格 省钱 最低价 成本 cost price"),
        ("quick_answers", "quick answers", "响应快", "快速响应 效率 速度 及时响应 speed"),
        ("vip_care", "VIP care", "贵宾服务", "vip vip服务 尊享服务 服务"),
    ),
    "calendar": words(
        ("solar", "solar", "公历", "阳历 新历 gregorian"),
        ("lunar", "lunar", "农历", "阴历 旧历"),
    ),
    "gap": words(  # what is wrong or missing in what is known of a customer
        ("passport_ends", "passport ends too soon", "护照有效期不足", ""),
        ("id_birthday", "birthday is not that of the ID", "生日与身份证不符", ""),
        ("id_gender", "gender is not that of the ID", "性别与身份证不符", ""),
        ("passport_name", "passport has another name", "护照姓名与姓名不符", ""),
        ("no_phone", "no phone", "缺电话", ""),
        ("no_owner", "nobody in charge", "无负责人", ""),
        ("no_birthday", "no birthday", "缺生日", ""),
    ),
}
