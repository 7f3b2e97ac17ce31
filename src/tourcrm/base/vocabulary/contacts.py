"""Contacts, and answers to surveys."""

from tourcrm.base.vocabulary.word import words

CONTACTS = {
    "contact_channel": words(
        ("phone", "phone", "电话", "来电 致电 去电 通话 call tel"),
        ("wechat", "WeChat", "微信", "wx weixin 企业微信 企微"),
        ("sms", "SMS", "短信", "text message"),
        ("email", "email", "邮件", "电子邮件 邮箱 mail e-mail"),
        ("visit", "visit", "拜访", "上门 上门拜访 家访 面谈"),
        ("store", "store", "到店", "门店 来店 进店 shop office"),
        ("other", "other", "其他", "其它"),
    ),
    "direction": words(
        ("in", "in", "来", "呼入 来电 客户联系 对方联系 inbound incoming 进"),
        ("out", "out", "去", "呼出 去电 我方联系 主动 outbound outgoing 出"),
    ),
    "contact_kind": words(
        ("inquiry", "inquiry", "咨询", "询价 询问 enquiry 问价"),
        ("followup", "follow-up", "回访", "跟进 售后 关怀 follow-up follow_up 随访"),
        ("greeting", "greeting", "问候", "祝福 生日祝福 节日问候 拜年"),
        ("survey", "survey", "调查", "满意度 意见征询 问卷"),
        ("complaint", "complaint", "投诉", "抱怨 反馈问题"),
        ("promotion", "promotion", "推广", "营销 活动 促销 推荐 群发"),
        ("other", "other", "其他", "其它 沟通"),
    ),
    "satisfaction": words(  # points of a rating
        (
            "5",
            "very satisfied",
            "非常满意",
            "很满意 十分满意 极满意 超满意 完全满意 特别满意 非常好 很好 极好 优秀 优 excellent great "
            "extremely_satisfied completely_satisfied",
        ),
        ("4", "satisfied", "满意", "比较满意 较满意 好 较好 良好 良 good somewhat_satisfied"),
        (
            "3",
            "neither",
            "一般",
            "一般般 还行 还可以 中立 中等 普通 说不清 neutral average fair okay ok",
        ),
        (
            "2",
            "dissatisfied",
            "不满意",
            "不太满意 比较不满意 较不满意 不好 较差 差 poor bad unsatisfied somewhat_dissatisfied",
        ),
        (
            "1",
            "very dissatisfied",
            "非常不满意",
            "很不满意 十分不满意 极不满意 完全不满意 特别不满意 很差 非常差 极差 terrible awful "
            "very_poor very_bad very_unsatisfied extremely_dissatisfied",
        ),
    ),
    "aspect": words(  # what a survey asks to be rated
        ("csat", "overall", "总体满意度", ""),
        ("guide", "guide", "导游", ""),
        ("hotel", "hotel", "住宿", ""),
        ("meals", "meals", "用餐", ""),
        ("transport", "transport", "交通", ""),
        ("itinerary", "itinerary", "行程", ""),
        ("price", "value for money", "性价比", ""),
    ),
    "recommending": words(  # by the answer to "how likely are you to recommend us?", 0 to 10
        ("detractor", "0 to 6", "0到6分", ""),
        ("dissatisfied", "something rated 1 or 2 of 5", "有一项只打1或2分（满分5分）", ""),
        ("passive", "7 or 8", "7或8分", ""),
        ("promoter", "9 or 10", "9或10分", ""),
    ),
}
