"""The places to send messages to."""

from tourcrm.base.columns.column import column

# The places to send messages to; their addresses are secrets.
PLACES = (
    column("name", "name", "name", "名称"),
    column("service", "text", "service", "渠道"),
    column("owner", "text", "colleague", "同事"),
    column("phones", "flag", "phones", "含电话"),
    column("on_duty", "flag", "on duty", "值班"),
    column("last_sent", "moment", "last sent", "最近送达"),
    column("waiting", "count", "waiting", "待发"),
    column("error", "text", "last error", "最近错误"),
)
