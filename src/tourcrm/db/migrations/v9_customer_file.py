"""Step 9: looks, old codes, numbers of sources, likes, own columns, consent."""

from tourcrm.db.migrations.step import Step

STEPS = (
    Step(
        "the customer file: looks, old codes, numbers of sources, likes, own columns, consent",
        (
            """
            CREATE TABLE look (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                customer_id INTEGER,
                what TEXT NOT NULL,
                operation_id INTEGER NOT NULL,
                FOREIGN KEY(customer_id) REFERENCES customer (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            "CREATE INDEX look_customer ON look (customer_id)",
            """
            CREATE TABLE customer_alias (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                customer_id INTEGER NOT NULL,
                code TEXT NOT NULL,
                operation_id INTEGER NOT NULL,
                CONSTRAINT customer_alias_code UNIQUE (code),
                FOREIGN KEY(customer_id) REFERENCES customer (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            "CREATE INDEX customer_alias_customer ON customer_alias (customer_id)",
            """
            CREATE TABLE customer_source (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                customer_id INTEGER NOT NULL,
                source TEXT NOT NULL,
                number TEXT NOT NULL,
                first_seen DATE NOT NULL,
                last_seen DATE NOT NULL,
                operation_id INTEGER NOT NULL,
                CONSTRAINT customer_source_once UNIQUE (source, number),
                FOREIGN KEY(customer_id) REFERENCES customer (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            "CREATE INDEX customer_source_customer ON customer_source (customer_id)",
            """
            CREATE TABLE preference (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                customer_id INTEGER NOT NULL,
                "key" TEXT NOT NULL,
                value TEXT NOT NULL,
                operation_id INTEGER NOT NULL,
                CONSTRAINT preference_once UNIQUE (customer_id, "key"),
                FOREIGN KEY(customer_id) REFERENCES customer (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            'CREATE INDEX preference_key ON preference ("key", value)',
            """
            CREATE TABLE own_field (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                name TEXT NOT NULL,
                kind TEXT NOT NULL,
                operation_id INTEGER NOT NULL,
                CONSTRAINT own_field_name UNIQUE (name),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            """
            CREATE TABLE own_value (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                customer_id INTEGER NOT NULL,
                field_id INTEGER NOT NULL,
                value TEXT NOT NULL,
                operation_id INTEGER NOT NULL,
                CONSTRAINT own_value_once UNIQUE (customer_id, field_id),
                FOREIGN KEY(customer_id) REFERENCES customer (id),
                FOREIGN KEY(field_id) REFERENCES own_field (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            "CREATE INDEX own_value_field ON own_value (field_id, value)",
            """
            CREATE TABLE saved_filter (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                name TEXT NOT NULL,
                options TEXT NOT NULL,
                operation_id INTEGER NOT NULL,
                CONSTRAINT saved_filter_name UNIQUE (name),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            """
            CREATE TABLE channel_consent (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                customer_id INTEGER NOT NULL,
                channel TEXT NOT NULL,
                answer TEXT NOT NULL,
                said_on DATE NOT NULL,
                source TEXT,
                operation_id INTEGER NOT NULL,
                CONSTRAINT channel_consent_once UNIQUE (customer_id, channel),
                CONSTRAINT channel_known CHECK (channel = 'phone' OR channel = 'wechat' OR channel =
                    'sms' OR channel = 'email' OR channel = 'visit' OR channel = 'store' OR channel
                    = 'other'),
                CONSTRAINT answer_known CHECK (answer = 'yes' OR answer = 'no' OR answer =
                    'unknown'),
                FOREIGN KEY(customer_id) REFERENCES customer (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            """
            CREATE TABLE distinct_pair (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                customer_id INTEGER NOT NULL,
                other_id INTEGER NOT NULL,
                operation_id INTEGER NOT NULL,
                CONSTRAINT distinct_pair_once UNIQUE (customer_id, other_id),
                FOREIGN KEY(customer_id) REFERENCES customer (id),
                FOREIGN KEY(other_id) REFERENCES customer (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            "CREATE INDEX distinct_pair_other ON distinct_pair (other_id)",
            """
            CREATE TABLE erased (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                digest TEXT NOT NULL,
                erased_on DATE NOT NULL,
                operation_id INTEGER NOT NULL,
                CONSTRAINT erased_digest UNIQUE (digest),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            """
            CREATE TABLE reject_file (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                path TEXT NOT NULL,
                written_on DATE NOT NULL,
                CONSTRAINT reject_file_path UNIQUE (path)
            )
            """,
            "ALTER TABLE customer ADD COLUMN erased_on DATE",
            "ALTER TABLE customer ADD COLUMN company_type TEXT",
            "ALTER TABLE customer ADD COLUMN travel_policy TEXT",
            "ALTER TABLE customer ADD COLUMN valued TEXT",
            "CREATE INDEX customer_limit ON customer (credit_limit) WHERE credit_limit IS NOT NULL",
            """
            CREATE INDEX change_papers ON change (operation_id) WHERE
                table_name = 'customer' AND (
                    instr(after, '"name"') OR instr(after, '"phone"') OR instr(after, '"id_number"')
                    OR instr(after, '"passport_no"') OR instr(after, '"passport_name"')
                    OR instr(after, '"passport_expires_on"')
                )
            """,
        ),
    ),
)
