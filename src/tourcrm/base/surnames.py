"""The surnames of Chinese names, and how they are read: the one list of the program.

Nobody's surname is guessed: where a name may be of another people, Japanese, transliterated, a
nickname, or where its surname may end in two places, it is not sure.
"""

from tourcrm.base.patterns import pattern


def _table(pairs: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in pairs.split())


# Surnames that are often read wrongly, each followed by its reading.
READINGS = _table(
    "曾=zeng 单=shan 單=shan 仇=qiu 查=zha 翟=zhai 解=xie 区=ou 區=ou 盖=ge 蓋=ge 朴=piao "
    "任=ren 华=hua 華=hua 缪=miao 繆=miao 乐=yue 樂=yue 秘=bi 覃=qin 郇=xun 员=yun 員=yun "
    "贠=yun 祭=zhai 洗=xian 冼=xian 召=shao 折=she 黑=he 佴=nai 种=chong 薄=bo 阚=kan "
    "闞=kan 句=gou 勾=gou 能=nai 尉=wei 繁=po 番=pan 都=du 藏=zang 臧=zang 卜=bu 晟=cheng "
    "粘=nian 炅=gui 六=lu 角=jue 幺=yao 么=yao 逄=pang 谌=chen 諶=chen 车=che 車=che 石=shi "
    "贾=jia 賈=jia 柏=bai 葛=ge 宁=ning 甯=ning 宿=su 隗=kui 郗=xi 郄=qie 昝=zan 笪=da 钭=tou "
    "訾=zi 庹=tuo 逯=lu 禚=zhuo 眭=sui 睢=sui 隽=juan 莘=shen 冯=feng 馮=feng 叶=ye 葉=ye "
    "谷=gu 曲=qu 阙=que 闕=que 仉=zhang 瞿=qu 行=xing 相=xiang 应=ying 應=ying 於=yu 那=na "
    "过=guo 過=guo 哈=ha 撒=sa 盛=sheng 费=fei 費=fei 亓=qi 牟=mou 褚=chu 沈=shen 郝=hao "
    "纪=ji 紀=ji 燕=yan 强=qiang 強=qiang 尹=yin 殷=yin 汤=tang 湯=tang 侯=hou 陆=lu 陸=lu "
    "芮=rui 呙=guo 咼=guo 妫=gui 嬀=gui 厍=she 佘=she 俞=yu 万=wan 萬=wan 干=gan 甘=gan "
    "遆=ti 缑=gou 緱=gou 仝=tong 洛=luo 宓=mi 卞=bian 澹=tan 适=kuo 不=fou"
)
# Other readings by which some families with these surnames are called as well.
ALSO_READ = {
    "覃": "tan", "乐": "le", "盖": "gai", "翟": "di", "缪": "miu mou", "折": "zhe", "洗": "xi",
    "召": "zhao", "祭": "ji", "秘": "mi", "种": "zhong", "员": "yuan", "贠": "yuan", "能": "neng",
    "藏": "cang", "粘": "zhan", "句": "ju", "佴": "er", "呙": "he", "隗": "wei", "莘": "xin",
    "郗": "chi", "谌": "shen", "晟": "sheng", "宓": "fu", "澹": "dan", "郇": "huan", "那": "nuo",
    "黑": "hei", "车": "ju", "朴": "pu", "宁": "ning", "番": "fan", "六": "liu", "曲": "qu",
}  # fmt: skip
# Surnames of two characters, and how they are read.
COMPOUND = _table(
    "闻人=wen-ren 聞人=wen-ren "
    "欧阳=ou-yang 歐陽=ou-yang 尉迟=yu-chi 尉遲=yu-chi 长孙=zhang-sun 長孫=zhang-sun "
    "万俟=mo-qi 萬俟=mo-qi 令狐=ling-hu 单于=chan-yu 單于=chan-yu 澹台=tan-tai 澹臺=tan-tai "
    "亓官=qi-guan 宰父=zai-fu 鲜于=xian-yu 鮮于=xian-yu 夹谷=jia-gu 夾谷=jia-gu 子车=zi-ju "
    "乐正=yue-zheng 樂正=yue-zheng 拓跋=tuo-ba 谷梁=gu-liang 穀梁=gu-liang 仲长=zhong-chang "
    "诸葛=zhu-ge 諸葛=zhu-ge 司马=si-ma 司馬=si-ma 司徒=si-tu 司空=si-kong 司寇=si-kou "
    "上官=shang-guan 皇甫=huang-fu 公孙=gong-sun 公孫=gong-sun 宇文=yu-wen 慕容=mu-rong "
    "轩辕=xuan-yuan 軒轅=xuan-yuan 钟离=zhong-li 鍾離=zhong-li 闾丘=lv-qiu 閭丘=lv-qiu "
    "赫连=he-lian 赫連=he-lian 濮阳=pu-yang 濮陽=pu-yang 淳于=chun-yu 太叔=tai-shu "
    "申屠=shen-tu 仲孙=zhong-sun 仲孫=zhong-sun 夏侯=xia-hou 呼延=hu-yan 东方=dong-fang "
    "東方=dong-fang 东郭=dong-guo 東郭=dong-guo 南宫=nan-gong 南宮=nan-gong 西门=xi-men "
    "西門=xi-men 百里=bai-li 端木=duan-mu 独孤=du-gu 獨孤=du-gu 第五=di-wu 公羊=gong-yang "
    "公冶=gong-ye 公良=gong-liang 公西=gong-xi 漆雕=qi-diao 壤驷=rang-si 段干=duan-gan "
    "巫马=wu-ma 巫馬=wu-ma 梁丘=liang-qiu 左丘=zuo-qiu 东门=dong-men 東門=dong-men "
    "微生=wei-sheng 羊舌=yang-she 颛孙=zhuan-sun 顓孫=zhuan-sun 哥舒=ge-shu 纳兰=na-lan "
    "納蘭=na-lan 叶赫=ye-he 葉赫=ye-he 完颜=wan-yan 完顏=wan-yan 耶律=ye-lv 尔朱=er-zhu "
    "爾朱=er-zhu 贺兰=he-lan 賀蘭=he-lan 宗政=zong-zheng 南荣=nan-rong 归海=gui-hai"
)

# Surnames of one character that are sure: the hundred family names and what is frequent today, in
# simplified and in traditional characters; not what given names begin with as often.
SINGLE = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程"
    "苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝"
    "龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞"
    "左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕"
    "屈饶解牟艾尤阳穆司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟"
    "邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储"
    "原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿狄计索"
    "宣晋相初门敬扈晁芮都阙浦戈伏鹿薄邸雍辜羊乌裘亓修邰赫杭况那宿鲜印逯隆茹战慕危银亢嵇湛宾戎"
    "勾茅呼居揭干尉冶束檀衣展阴昝智幸奉植衡富尧闭訾郗缑笪隗璩庹禚眭睢逄郇莘钭贠妫厍郏咸籍濮郦"
    "張劉陳楊黃趙吳孫馬鄭謝許韓馮鄧蕭蔣葉蘇呂盧鐘鍾譚陸範賈韋鄒閆龍賀顧龔萬錢嚴莊湯龐顏聶魯關"
    "蘭寧紀畢單駱藍華饒繆簡車項連蘆麥婁竇黨宮費衛應閔鄔邊師欒榮叢鞏遲鄺談樂儲勞諶樓盤滿聞區闞"
    "權強帥蓋練豐計閻倉齊喬賴賓實況陰閉歐郟酈塗儀於闕阎佐赖冒佴繁藏晟粘炅折种秘遆祭句能番甯郄"
    "隽仉呙咼嬀緱洛宓澹"
)

# What given names of other peoples of China, and transliterated ones, are made of: they have no
# surname in front, or none that is sure.
_OTHER_PEOPLES = pattern(
    "卓玛|卓嘎|央金|央宗|拉姆|次仁|才仁|扎西|格桑|尼玛|达瓦|旺堆|旺姆|旺杰|多吉|多杰|才让|才旦|丹增|旦增|平措|加措|嘉措|尖措|"
    "白玛|洛桑|罗桑|仁青|仁增|索南|索朗|德吉|曲珍|曲扎|曲吉|边巴|米玛|强巴|巴桑|普布|贡布|措姆|桑吉|顿珠|罗布|云丹|拉珍|"
    "拉毛|周毛|吉毛|措毛|益西|群培|晋美|"
    "娜仁|高娃|其其格|图雅|托娅|托雅|巴特尔|巴图|格日|乌云|乌兰|斯琴|日娜|朝鲁|宝音|白音|巴音|哈斯|额尔|那木|苏和|"
    "孟和|铁木|布和|满达|呼和|萨仁|阿拉坦|"
    "古丽|阿依|买提|麦提|合买|木提|吐尔|尔逊|热合|依明|艾力|艾山|艾尼|艾孜|帕提|米热|迪丽|努尔|哈山|马木|再努|"
    "吉克|沙马|曲比|曲木|马海|"
    "^(?:安娜|安妮|安迪|马克|马丁|马可|汤姆|卢卡|卢克|雷蒙|莫妮卡|凯文|罗伯特|罗杰斯|艾伦|艾米|艾玛|艾丽|艾琳|安德烈|安东尼|"
    "安吉拉|威廉|查理|查尔斯|索菲|索菲亚|温迪|贝拉|夏洛特|尤利娅|尼娜|苏菲|苏珊|戴维|戴安娜|康妮|乔治|乔伊|"
    "雷吉娜|阮氏.?|金正.?)$"
)

# Japanese surnames that begin as a Chinese one does.
_JAPANESE = pattern(
    "安[藤田倍部达井]|白[石井川鸟]|柏[木原]|池[田上内]|高[桥橋木田山岛島野村松仓]|宫[本崎泽田下内城]|宮[本崎澤田下]|"
    "古[川田贺谷]|谷[口川村]|关[口根谷]|關[口根谷]|和[田泉]|黑[田泽木川]|吉[田川村野冈本泽]|江[口藤川原]|金[子田井泽]|"
    "井[上口出]|林田|柳[田泽原]|梅[田原泽本]|米[田仓山]|牧野|牛[岛山]|平[野田井山川松]|杉[本山田浦原]|石[川田井原黑桥塚]|"
    "水[野谷岛]|松[本田井下冈尾村原永浦]|田[中村口边畑岛代]|武[田藤井内]|伊[藤东达]|原[田口]|竹[内下田中]|向[井山]|星野|"
    "熊[谷田]|南[部野]|成[田濑]|上[野田原村]|西[村田川冈]|东[野条]"
)

# Surnames of two characters that may be one, and the beginning of a given name: 贺兰英.
_EITHER = frozenset(
    (
        "贺兰",
        "賀蘭",
        "宗政",
        "乐正",
        "樂正",
        "钟离",
        "鍾離",
        "左丘",
        "梁丘",
        "谷梁",
        "段干",
        "南荣",
        "仲长",
    )
)

# Who is called by a title, or like one of the family, keeps that: 李老师, 王姐.
TITLE = (
    "老师|老師|医生|大夫|教授|先生|女士|太太|小姐|阿姨|叔叔|伯伯|大爷|大妈|大姐|大哥|大嫂|师傅|经理|主任|校长|院长|局长|"
    "处长|科长|董事|老板|会计|护士|律师|博士|爷爷|奶奶|同学|导游|[总姐哥嫂姨叔董工]$"
)
_TITLED = pattern(TITLE)


def may_be_foreign(name: str) -> bool:
    """Whether a name in Chinese characters may be another people's, or no name but a title."""
    return bool(_OTHER_PEOPLES.search(name) or _JAPANESE.match(name) or _TITLED.search(name))


def surname(name: str) -> str | None:
    """The surname of a Chinese name of two to four characters; None where it is not sure.

    A name of four has a surname of two, or none that is known. Nicknames and titles have none.
    """
    if _OTHER_PEOPLES.search(name) or _TITLED.search(name):
        return None
    pair, single = name[:2], name[0]
    if pair in COMPOUND and len(name) > 2:
        return None if pair in _EITHER and len(name) == 3 else pair
    if len(name) > 3 or single not in SINGLE or (len(name) == 3 and _JAPANESE.match(name)):
        return None
    return single
