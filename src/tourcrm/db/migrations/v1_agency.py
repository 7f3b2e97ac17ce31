"""Steps 1 to 3: customers, trips, contacts, decisions, tasks."""

from tourcrm.db.migrations.step import Step

STEPS = (
    Step(
        "customers, trips, contacts, decisions, operations",
        (
            """
            CREATE TABLE operation (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                at TEXT NOT NULL,
                actor TEXT NOT NULL,
                verb TEXT NOT NULL,
                file TEXT,
                sha256 TEXT,
                counts TEXT NOT NULL,
                undone_by INTEGER,
                FOREIGN KEY(undone_by) REFERENCES operation (id)
            )
            """,
            """
            CREATE TABLE change (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                operation_id INTEGER NOT NULL,
                table_name TEXT NOT NULL,
                row_id INTEGER NOT NULL,
                customer_id INTEGER,
                "before" TEXT NOT NULL,
                "after" TEXT,
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            "CREATE INDEX change_operation ON change (operation_id)",
            """
            CREATE TABLE customer (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                code TEXT NOT NULL,
                name TEXT NOT NULL,
                kind TEXT NOT NULL,
                status TEXT NOT NULL,
                lost_on DATE,
                lost_reason TEXT,
                rival TEXT,
                gender TEXT,
                phone TEXT,
                phone2 TEXT,
                wechat TEXT,
                email TEXT,
                id_number TEXT,
                passport_no TEXT,
                passport_name TEXT,
                passport_expires_on DATE,
                city TEXT,
                address TEXT,
                occupation TEXT,
                source TEXT,
                owner TEXT,
                company_id INTEGER,
                referred_by_id INTEGER,
                marketing_consent TEXT NOT NULL,
                consent_on DATE,
                consent_source TEXT,
                do_not_contact BOOLEAN NOT NULL,
                language TEXT,
                note TEXT,
                name_pinyin TEXT,
                name_initials TEXT,
                entered_on DATE NOT NULL,
                operation_id INTEGER NOT NULL,
                CONSTRAINT customer_code UNIQUE (code),
                CONSTRAINT kind_known CHECK (
                    kind = 'person' OR kind = 'company' OR kind = 'channel' OR kind = 'internal'
                ),
                CONSTRAINT status_known CHECK (
                    status = 'active' OR status = 'lost' OR status = 'deceased'
                ),
                CONSTRAINT gender_known CHECK (gender = 'male' OR gender = 'female'),
                CONSTRAINT marketing_consent_known CHECK (
                    marketing_consent = 'yes' OR marketing_consent = 'no'
                    OR marketing_consent = 'unknown'
                ),
                CONSTRAINT language_known CHECK (language = 'zh' OR language = 'en'),
                FOREIGN KEY(company_id) REFERENCES customer (id),
                FOREIGN KEY(referred_by_id) REFERENCES customer (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            "CREATE INDEX customer_company ON customer (company_id)",
            "CREATE INDEX customer_id_number ON customer (id_number)",
            "CREATE INDEX customer_name ON customer (name)",
            "CREATE INDEX customer_passport ON customer (passport_no)",
            "CREATE INDEX customer_phone ON customer (phone)",
            "CREATE INDEX customer_phone2 ON customer (phone2)",
            "CREATE INDEX customer_referrer ON customer (referred_by_id)",
            "CREATE INDEX customer_wechat ON customer (wechat)",
            """
            CREATE TABLE customer_tag (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                customer_id INTEGER NOT NULL,
                tag TEXT NOT NULL,
                operation_id INTEGER NOT NULL,
                CONSTRAINT customer_tag_once UNIQUE (customer_id, tag),
                FOREIGN KEY(customer_id) REFERENCES customer (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            "CREATE INDEX customer_tag_tag ON customer_tag (tag)",
            """
            CREATE TABLE special_date (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                customer_id INTEGER NOT NULL,
                label TEXT NOT NULL,
                month INTEGER NOT NULL,
                day INTEGER NOT NULL,
                year INTEGER,
                calendar TEXT NOT NULL,
                leap BOOLEAN NOT NULL,
                operation_id INTEGER NOT NULL,
                CONSTRAINT special_date_once UNIQUE (customer_id, label, calendar),
                CONSTRAINT calendar_known CHECK (calendar = 'solar' OR calendar = 'lunar'),
                CONSTRAINT month_known CHECK (month BETWEEN 1 AND 12),
                CONSTRAINT day_known CHECK (day BETWEEN 1 AND 31),
                FOREIGN KEY(customer_id) REFERENCES customer (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            "CREATE INDEX special_date_day ON special_date (calendar, month, day, leap)",
            """
            CREATE TABLE trip (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                code TEXT NOT NULL,
                customer_id INTEGER NOT NULL,
                destination TEXT,
                abroad BOOLEAN,
                service TEXT NOT NULL,
                kind TEXT NOT NULL,
                status TEXT NOT NULL,
                inquired_on DATE,
                quoted_on DATE,
                booked_on DATE,
                cancelled_on DATE,
                lost_on DATE,
                departs_on DATE,
                returns_on DATE,
                party_size INTEGER,
                price BIGINT,
                channel TEXT,
                advisor TEXT,
                guide TEXT,
                lost_reason TEXT,
                rival TEXT,
                note TEXT,
                operation_id INTEGER NOT NULL,
                CONSTRAINT trip_code UNIQUE (code),
                CONSTRAINT status_known CHECK (status = 'inquiry' OR status = 'quoted' OR
                    status = 'booked' OR status = 'cancelled' OR status = 'lost'),
                CONSTRAINT service_known CHECK (service = 'tour' OR service = 'cruise' OR
                    service = 'flight' OR service = 'train' OR
                    service = 'hotel' OR service = 'visa' OR
                    service = 'ticket' OR service = 'car' OR
                    service = 'insurance' OR service = 'other'),
                CONSTRAINT kind_known CHECK (kind = 'group' OR kind = 'independent' OR
                    kind = 'custom' OR kind = 'business'),
                CONSTRAINT price_known CHECK (price BETWEEN 0 AND 1000000000000),
                CONSTRAINT returns_after_departure CHECK (returns_on >= departs_on),
                FOREIGN KEY(customer_id) REFERENCES customer (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            """
            CREATE INDEX trip_customer ON trip (customer_id, departs_on, status, returns_on, price,
                    cancelled_on)
            """,
            "CREATE INDEX trip_departs ON trip (departs_on)",
            "CREATE INDEX trip_returns ON trip (returns_on)",
            """
            CREATE TABLE followup_outcome (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                rule TEXT NOT NULL,
                subject_table TEXT NOT NULL,
                subject_id INTEGER NOT NULL,
                occurrence TEXT NOT NULL,
                anchor_on DATE NOT NULL,
                customer_id INTEGER NOT NULL,
                due_on DATE NOT NULL,
                status TEXT NOT NULL,
                until DATE,
                note TEXT,
                staff TEXT,
                at TEXT NOT NULL,
                operation_id INTEGER NOT NULL,
                CONSTRAINT status_known CHECK (status = 'done' OR status = 'tried' OR
                    status = 'skipped' OR status = 'snoozed' OR
                    status = 'reopened'),
                FOREIGN KEY(customer_id) REFERENCES customer (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            "CREATE INDEX followup_outcome_customer ON followup_outcome (customer_id)",
            """
            CREATE INDEX followup_outcome_key ON followup_outcome (rule, subject_table, subject_id,
                    occurrence)
            """,
            """
            CREATE TABLE interaction (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                customer_id INTEGER NOT NULL,
                trip_id INTEGER,
                at TEXT NOT NULL,
                channel TEXT NOT NULL,
                direction TEXT NOT NULL,
                kind TEXT NOT NULL,
                personal BOOLEAN NOT NULL,
                summary TEXT,
                staff TEXT,
                outcome_id INTEGER,
                operation_id INTEGER NOT NULL,
                CONSTRAINT channel_known CHECK (channel = 'phone' OR channel = 'wechat' OR
                    channel = 'sms' OR channel = 'email' OR
                    channel = 'visit' OR channel = 'store' OR channel = 'other'),
                CONSTRAINT direction_known CHECK (direction = 'in' OR direction = 'out'),
                CONSTRAINT kind_known CHECK (kind = 'inquiry' OR kind = 'followup' OR
                    kind = 'greeting' OR kind = 'survey' OR
                    kind = 'complaint' OR kind = 'promotion' OR kind = 'other'),
                FOREIGN KEY(customer_id) REFERENCES customer (id),
                FOREIGN KEY(trip_id) REFERENCES trip (id),
                FOREIGN KEY(outcome_id) REFERENCES followup_outcome (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            "CREATE INDEX interaction_customer ON interaction (customer_id, at)",
            "CREATE INDEX interaction_outcome ON interaction (outcome_id)",
            "CREATE INDEX interaction_trip ON interaction (trip_id)",
            """
            CREATE TABLE import_row (
                fingerprint TEXT NOT NULL,
                table_name TEXT NOT NULL,
                row_id INTEGER NOT NULL,
                operation_id INTEGER NOT NULL,
                PRIMARY KEY (fingerprint),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            """
            CREATE TABLE setting (
                "key" TEXT NOT NULL,
                value TEXT NOT NULL,
                PRIMARY KEY ("key")
            )
            """,
        ),
    ),
    Step(
        "tasks: what a colleague noted to do on a day",
        (
            """
            CREATE TABLE task (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                customer_id INTEGER NOT NULL,
                trip_id INTEGER,
                due_on DATE NOT NULL,
                what TEXT NOT NULL,
                owner TEXT,
                noted_on DATE NOT NULL,
                noted_by TEXT NOT NULL,
                outcome_id INTEGER,
                operation_id INTEGER NOT NULL,
                FOREIGN KEY(customer_id) REFERENCES customer (id),
                FOREIGN KEY(trip_id) REFERENCES trip (id),
                FOREIGN KEY(outcome_id) REFERENCES followup_outcome (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            "CREATE INDEX task_due ON task (due_on)",
            "CREATE INDEX task_customer ON task (customer_id)",
            "CREATE INDEX task_outcome ON task (outcome_id)",
        ),
    ),
    Step(
        "what was done of late, and the last personal contact, are found by index",
        (
            "CREATE INDEX interaction_personal ON interaction (customer_id, at) WHERE personal",
            "CREATE INDEX interaction_lately ON interaction (at, customer_id) WHERE personal",
            "CREATE INDEX followup_outcome_at ON followup_outcome (at)",
            "CREATE INDEX followup_outcome_until ON followup_outcome (until)",
        ),
    ),
)
