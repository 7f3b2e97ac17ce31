"""Customers: what is stored of each."""

from dataclasses import replace

from tourcrm.base.columns.column import APART, column
from tourcrm.base.i18n import N_

CUSTOMER = (
    column("code", "code", "customer", "客户编号", "code 编号 客户 客户代码 客户号 会员号 会员编号 customer_code customer_id customer_no member_id member_no",
        means="the customer's code: your own, or one like C000012", help=N_("a code of your own; without it one like C000012 is made"), told=1),
    column("name", "name", "name", "姓名", "客户姓名 客户名称 名称 名字 客人姓名 客人 联系人 公司名称 full_name fullname customer_name 姓名全称 真实姓名 中文名 中文姓名 昵称 微信昵称 备注名 display_name contact_name contact_person 单位名称 企业名称",
        means="name, as it is written", help=N_("name"), only_edited=True, place=1, told=1),
    column("kind", "word", "kind", "客户类型", "类型 客户类别 类别 customer_kind customer_type type", spare=3,
        words="customer_kind", means="what kind of customer", help=N_("person, company, channel (another agency) or internal"), told=1),
    column("status", "word", "status", "状态", "客户状态", words="customer_status", in_table=False,
        means="lost and deceased customers are not called", help=N_("active again, after a loss by mistake"), only_edited=True, place=9, told=1),
    column("phone", "phones", "phone", "手机", "手机号 手机号码 电话 联系电话 联系方式 电话号码 mobile tel telephone phone_number cell 移动电话 手机1 电话1 phone_1 phone1 mobile_phone cell_phone cellphone contact_number",
        mask="phone", means="first phone, E.164: +8613812345678", help=N_("phone; a second one may follow after a slash"), told=5),
    column("phone2", "phone", "phone2", "备用电话", "电话2 手机2 备用手机 备用号码 第二电话 其他电话 phone_2 second_phone other_phone home_phone work_phone business_phone 座机 固定电话 固话 办公电话 家庭电话 住宅电话 商务电话 单位电话 工作电话 公司电话 宅电",
        mask="phone", in_table=False, means="second phone, E.164", help=N_("second phone"), told=5),
    column("wechat", "handle", "wechat", "微信", "微信号 weixin wx wechat_id", in_table=False, help=N_("WeChat id"), found=True, told=5),
    column("email", "email", "email", "邮箱", "电子邮箱 电子邮件 邮件 邮箱地址 电子邮件地址 e-mail mail email_address e-mail_address", in_table=False,
        help=N_("e-mail address"), found=True, told=5),
    column("gender", "gender", "gender", "性别", "sex", words="gender", in_table=False,
        means="for the form of address", help=N_("male or female"), told=1),
    column("birthday", "special_day", "birthday", "生日", "出生日期 出生年月日 生辰 date_of_birth birth_date dob birthdate birth_day",
        in_table=False, stored=APART, help=N_("1985-03-05, 03-05, or lunar: 农历八月十五")),
    column("special_dates", "special_dates", "special_dates", "纪念日", "特殊日期 其他纪念日", in_table=False, stored=APART),
    column("id_number", "id_number", "id_number", "身份证号", "身份证 身份证号码 证件号 证件号码 identity_number id_card national_id",
        mask="id_number", in_table=False, means="resident ID number, 18 characters; its birth date is in special_date", help=N_("resident ID number; fills in birthday and gender")),
    column("passport_no", "passport", "passport_no", "护照号", "护照 护照号码 passport passport_number",
        mask="passport", in_table=False, help=N_("passport number"), option="--passport"),
    column("passport_name", "text", "passport_name", "护照姓名", "英文名 英文姓名 姓名英文 name_en name_english 拼音姓名 姓名拼音 护照拼音 护照英文名 name_on_passport english_name",
        in_table=False, help=N_("name as in the passport")),
    column("passport_expires_on", "day", "passport_expires_on", "护照有效期", "护照到期 护照到期日 护照有效期至 passport_expiry passport_expires",
        in_table=False, help=N_("last day of the passport"), option="--passport-expires", told=8),
    column("city", "text", "city", "城市", "所在城市 居住地 所在地 town", help=N_("city"), found=True, told=5, spare=1),
    column("address", "text", "address", "地址", "住址 联系地址 通讯地址", in_table=False, help=N_("postal address"), told=5, line=True),
    column("occupation", "text", "occupation", "职业", "工作 行业 职务 职位 岗位 job job_title title profession", in_table=False, help=N_("occupation"), told=5),
    column("source", "text", "source", "来源", "客户来源 获客渠道 渠道来源 lead_source", in_table=False,
        help=N_("where the customer came from"), told=5),
    column("sources", "sources", "source_numbers", "来源客户号", "平台客户号 渠道客户号 平台会员号 来源编号 source_number source_customer_no source_customer_id platform_customer_id",
        in_table=False, stored=APART, told=5, line=True),
    column("owner", "text", "owner", "负责人", "客户经理 销售 业务员 跟进人 所属顾问 归属人 owned_by sales", spare=2,
        help=N_("who in the agency looks after the customer"), told=5),
    column("company", "customer", "company", "所属公司", "公司 单位 工作单位 公司编号 所在公司 所在单位 任职公司 employer company_name organization organisation organization_name", in_table=False,
        stored="company_id", means="the company the customer works for", help=N_("the company the customer works for: code, phone or name"), told=5),
    column("referred_by", "customer", "referred_by", "介绍人", "推荐人 转介绍 referrer", in_table=False,
        stored="referred_by_id", means="the customer who recommended the agency", help=N_("who recommended you: code, phone or name"), told=5),
    column("tags", "tags", "tags", "标签", "客户标签 tag labels", stored=APART, told=5),
    column("marketing_consent", "word", "marketing_consent", "营销许可", "营销同意 同意营销 是否同意营销 接收营销 consent opt_in",
        words="consent", in_table=False, means="whether the customer agrees to marketing", help=N_("agrees to marketing: yes, no or unknown"), option="--consent", told=7),
    column("consent_on", "day", "consent_on", "许可日期", "同意日期", in_table=False, help=N_("the day of that answer")),
    column("consent_source", "text", "consent_source", "许可来源", "同意来源", in_table=False, help=N_("how that answer was given")),
    column("do_not_contact", "flag", "do_not_contact", "请勿联系", "勿扰 不要联系 免打扰 黑名单", in_table=False,
        means="1: only what a booked trip demands", help=N_("yes: only what a booked trip demands"), told=7),
    column("language", "word", "language", "语言", "客户语言 lang", words="language", in_table=False,
        means="the language to speak with the customer", help=N_("the language to speak: zh or en"), told=6),
    column("needs", "text", "needs", "特殊需求", "特殊要求 饮食禁忌 饮食要求 忌口 special_needs special_requirements dietary_requirements", in_table=False,
        means="what must be seen to on every trip: diet, wheelchair, child seat, room", help=N_("what must be seen to on every trip: diet, wheelchair, child seat, room"), found=True, told=8),
    column("credit_days", "count", "credit_days", "账期", "账期天数 信用期 付款期限 payment_terms", in_table=False,
        means="of a company: days after the booking within which it pays", help=N_("days within which a company pays"), told=8),
    column("credit_limit", "amount", "credit_limit", "信用额度", "授信额度 欠款上限", in_table=False,
        means="how much it may owe, in fen (divide by 100)", help=N_("how much may be owed, for example 50000"), told=8),
    column("note", "text", "note", "备注", "说明 备注信息 notes remark remarks comment", in_table=False,
        means="free text", help=N_("a note"), found=True, told=9),
    column("lost_on", "day", "lost_on", "流失日期", "", in_table=False, means="the day on which the customer was lost or died"),
    column("lost_reason", "text", "lost_reason", "流失原因", "", in_table=False, means="why the customer was lost"),
    column("rival", "text", "rival", "竞争对手", "流向 competitor", in_table=False, means="to whom"),
    column("entered_on", "day", "entered_on", "录入日期", "建档日期 登记日期 创建日期 注册日期 入会日期 开户日期 添加日期 created_on created_at created created_date create_time signup_date registered_on registration_date date_added member_since customer_since",
        in_table=False, means="the day on which the customer was entered", told=9),
)  # fmt: skip

# What `customers reveal` shows in full.
PERSONAL = (
    replace(CUSTOMER[0], field="customer"),
    *(one for one in CUSTOMER if one.mask or one.field in ("name", "passport_name", "passport_expires_on")),
)  # fmt: skip

# Who is likely entered twice; and two entries side by side, before they become one.
DUPLICATE = (
    column("customer", "code", "customer", "客户编号"),
    column("name", "name", "name", "姓名"),
    column("other", "code", "other", "另一编号"),
    column("other_name", "name", "other name", "另一姓名"),
    column("score", "number", "score", "相似度"),
    column("reasons", "text", "reasons", "理由"),
)
SIDES = (
    column("what", "text", "field", "字段"),
    column("keep", "text", "kept entry", "保留的档案"),
    column("go", "text", "other entry", "并入的档案"),
    column("result", "text", "value taken", "取值"),
)
