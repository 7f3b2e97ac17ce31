"""Imports: what one did, all of them, and why a row was not taken."""

from tourcrm.base.columns.column import Column, column

IMPORT_RESULT = (
    column("operation", "count", "operation", "操作编号"),
    column("read", "count", "read", "读取"),
    column("added", "count", "added", "新增"),
    column("updated", "count", "updated", "更新"),
    column("unchanged", "count", "unchanged", "未变"),
    column("rejected", "count", "rejected", "拒收"),
    column("rejected_file", "text", "rejected_file", "拒收文件"),
    column("columns_used", "list", "columns_used", "已用的列"),
    column("columns_not_used", "list", "columns_not_used", "未用的列"),
    column("warnings", "list", "warnings", "警告"),
    column("kept", "count", "kept", "保留"),
    column("notes", "list", "notes", "说明"),
)

OPERATION = (
    column("operation", "count", "no", "编号"),
    column("at", "moment", "at", "时间"),
    column("actor", "text", "actor", "操作人", in_table=False),
    column("verb", "text", "command", "命令"),
    column("file", "file", "file", "文件"),
    column("added", "count", "added", "新增"),
    column("updated", "count", "updated", "更新"),
    column("unchanged", "count", "unchanged", "未变", in_table=False),
    column("rejected", "count", "rejected", "拒收"),
    column("undone_by", "count", "undone", "撤销操作"),
)

# What commands did, and what taking one back did.
COMMANDS_DONE = (
    column("operation", "count", "no", "编号"),
    column("at", "moment", "at", "时间"),
    column("actor", "text", "actor", "操作人"),
    column("verb", "text", "command", "命令"),
    column("file", "file", "file", "文件"),
)
TAKEN_BACK = (
    column("operation", "count", "no", "编号"),
    column("undone", "count", "undone", "撤销的操作"),
    column("verb", "text", "command", "命令"),
    column("actor", "text", "actor", "操作人"),
    column("gone", "list", "gone", "删除"),
    column("back", "list", "back", "找回"),
    column("restored", "list", "as before", "还原"),
    column("reversed", "list", "reversed", "冲销"),
)

# What happened to a customer's file, and all that is in it.
HISTORY = (
    column("at", "moment", "at", "时间"),
    column("actor", "text", "actor", "操作人"),
    column("verb", "text", "command", "命令"),
    column("row", "text", "row", "行", spare=1),
    column("field", "text", "field", "字段"),
    column("before", "text", "before", "原值"),
    column("after", "text", "after", "新值"),
    column("operation", "count", "no", "编号", in_table=False),
    column("taken_back", "count", "undone", "撤销操作", in_table=False),
)
DOSSIER = (
    column("table", "text", "table", "表"),
    column("row", "count", "row", "行"),
    column("field", "text", "field", "字段"),
    column("value", "text", "value", "内容"),
)
CONSENT = (
    column("channel", "word", "channel", "渠道", words="contact_channel"),
    column("answer", "word", "answer", "答复", words="consent"),
    column("said_on", "day", "said_on", "日期"),
    column("source", "text", "source", "来源"),
)
OWN_FIELDS = (
    column("name", "text", "name", "名称"),
    column("kind", "word", "kind", "类型", words="own_field_kind"),
    column("values", "count", "customers", "客户数"),
)
SAVED_FILTERS = (
    column("name", "text", "name", "名称"),
    column("options", "text", "options", "条件"),
    column("customers", "count", "customers", "客户数"),
)

# The column of a file of rejected rows that says why; passed over when the file comes again.
REASON = Column("reason", "text", "rejected_because", "拒收原因")
