"""Steps 4 to 6: complaints and what is owed for them, money, answers, calendars, clocks."""

from tourcrm.db.migrations.step import Step

STEPS = (
    Step(
        "complaints and what is owed for them, payments, vouchers, answers, notices",
        (
            """
            CREATE TABLE complaint (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                code TEXT NOT NULL,
                customer_id INTEGER NOT NULL,
                trip_id INTEGER,
                severity TEXT NOT NULL,
                category TEXT NOT NULL,
                text TEXT NOT NULL,
                opened_at TEXT NOT NULL,
                cause TEXT,
                supplier TEXT,
                in_charge TEXT,
                satisfaction INTEGER,
                operation_id INTEGER NOT NULL,
                CONSTRAINT complaint_code UNIQUE (code),
                CONSTRAINT severity_known CHECK (severity = 'routine' OR severity =
                    'crisis'),
                CONSTRAINT category_known CHECK (category = 'guide' OR category =
                    'hotel' OR category = 'meals' OR category = 'transport' OR
                    category = 'itinerary' OR category = 'price' OR category =
                    'service' OR category = 'safety' OR category = 'other'),
                CONSTRAINT cause_known CHECK (cause = 'service_failure' OR cause =
                    'third_party' OR cause = 'force_majeure' OR cause =
                    'unfounded'),
                CONSTRAINT satisfaction_known CHECK (satisfaction BETWEEN 1 AND 5),
                FOREIGN KEY(customer_id) REFERENCES customer (id),
                FOREIGN KEY(trip_id) REFERENCES trip (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            "CREATE INDEX complaint_customer ON complaint (customer_id)",
            "CREATE INDEX complaint_opened ON complaint (opened_at)",
            "CREATE INDEX complaint_trip ON complaint (trip_id)",
            """
            CREATE TABLE complaint_event (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                complaint_id INTEGER NOT NULL,
                step TEXT NOT NULL,
                at TEXT NOT NULL,
                staff TEXT NOT NULL,
                detail TEXT,
                text TEXT,
                operation_id INTEGER NOT NULL,
                CONSTRAINT step_known CHECK (step = 'opened' OR step = 'responded'
                    OR step = 'in_charge' OR step = 'contacted' OR step = 'news' OR
                    step = 'plan_b' OR step = 'attributed' OR step = 'alternative'
                    OR step = 'compensated' OR step = 'reversed' OR step =
                    'resolved' OR step = 'fixed' OR step = 'closed' OR step =
                    'reopened' OR step = 'noted'),
                FOREIGN KEY(complaint_id) REFERENCES complaint (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            "CREATE INDEX complaint_event_complaint ON complaint_event (complaint_id, at)",
            "CREATE INDEX complaint_event_step ON complaint_event (step, at)",
            """
            CREATE TABLE complaint_fix (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                complaint_id INTEGER NOT NULL,
                what TEXT NOT NULL,
                owner TEXT NOT NULL,
                promised_on DATE NOT NULL,
                done_on DATE,
                operation_id INTEGER NOT NULL,
                FOREIGN KEY(complaint_id) REFERENCES complaint (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            "CREATE INDEX complaint_fix_complaint ON complaint_fix (complaint_id)",
            "CREATE INDEX complaint_fix_open ON complaint_fix (promised_on) WHERE done_on IS NULL",
            """
            CREATE TABLE payment (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                code TEXT NOT NULL,
                trip_id INTEGER NOT NULL,
                complaint_id INTEGER,
                reverses_id INTEGER,
                kind TEXT NOT NULL,
                reason TEXT,
                amount BIGINT NOT NULL,
                promised_on DATE NOT NULL,
                paid_on DATE,
                method TEXT,
                reference TEXT,
                note TEXT,
                operation_id INTEGER NOT NULL,
                CONSTRAINT payment_code UNIQUE (code),
                CONSTRAINT payment_reversed_once UNIQUE (reverses_id),
                CONSTRAINT kind_known CHECK (kind = 'deposit' OR kind = 'balance' OR
                    kind = 'refund' OR kind = 'reversal'),
                CONSTRAINT reason_known CHECK (reason = 'customer' OR reason =
                    'service_failure' OR reason = 'third_party' OR reason =
                    'force_majeure' OR reason = 'goodwill'),
                CONSTRAINT amount_known CHECK (amount <> 0 AND amount BETWEEN
                    -1000000000000 AND 1000000000000),
                CONSTRAINT amount_signed CHECK ((kind IN ('deposit', 'balance') AND
                    amount > 0) OR (kind = 'refund' AND amount < 0) OR (kind =
                    'reversal' AND reverses_id IS NOT NULL)),
                FOREIGN KEY(trip_id) REFERENCES trip (id),
                FOREIGN KEY(complaint_id) REFERENCES complaint (id),
                FOREIGN KEY(reverses_id) REFERENCES payment (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            "CREATE INDEX payment_complaint ON payment (complaint_id)",
            "CREATE INDEX payment_promised ON payment (promised_on) WHERE paid_on IS NULL",
            "CREATE INDEX payment_trip ON payment (trip_id)",
            """
            CREATE TABLE voucher (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                code TEXT NOT NULL,
                customer_id INTEGER NOT NULL,
                complaint_id INTEGER,
                kind TEXT NOT NULL,
                pay_ratio FLOAT,
                amount BIGINT,
                what TEXT,
                issued_on DATE NOT NULL,
                expires_on DATE,
                redeemed_trip_id INTEGER,
                redeemed_on DATE,
                withdrawn_on DATE,
                note TEXT,
                operation_id INTEGER NOT NULL,
                CONSTRAINT voucher_code UNIQUE (code),
                CONSTRAINT kind_known CHECK (kind = 'discount' OR kind = 'amount' OR
                    kind = 'gift' OR kind = 'upgrade' OR kind = 'adviser'),
                CONSTRAINT pay_ratio_known CHECK (pay_ratio > 0 AND pay_ratio < 1),
                CONSTRAINT amount_known CHECK (amount BETWEEN 1 AND 1000000000000),
                CONSTRAINT worth_known CHECK ((kind = 'discount') = (pay_ratio IS
                    NOT NULL) AND (kind <> 'amount' OR amount IS NOT NULL)),
                CONSTRAINT expires_after_issue CHECK (expires_on >= issued_on),
                FOREIGN KEY(customer_id) REFERENCES customer (id),
                FOREIGN KEY(complaint_id) REFERENCES complaint (id),
                FOREIGN KEY(redeemed_trip_id) REFERENCES trip (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            "CREATE INDEX voucher_complaint ON voucher (complaint_id)",
            "CREATE INDEX voucher_customer ON voucher (customer_id)",
            "CREATE INDEX voucher_trip ON voucher (redeemed_trip_id)",
            """
            CREATE TABLE survey_response (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                customer_id INTEGER NOT NULL,
                trip_id INTEGER,
                answered_on DATE NOT NULL,
                nps INTEGER,
                csat INTEGER,
                guide INTEGER,
                hotel INTEGER,
                meals INTEGER,
                transport INTEGER,
                itinerary INTEGER,
                price INTEGER,
                comment TEXT,
                staff TEXT,
                operation_id INTEGER NOT NULL,
                CONSTRAINT nps_known CHECK (nps BETWEEN 0 AND 10),
                CONSTRAINT csat_known CHECK (csat BETWEEN 1 AND 5),
                CONSTRAINT guide_known CHECK (guide BETWEEN 1 AND 5),
                CONSTRAINT hotel_known CHECK (hotel BETWEEN 1 AND 5),
                CONSTRAINT meals_known CHECK (meals BETWEEN 1 AND 5),
                CONSTRAINT transport_known CHECK (transport BETWEEN 1 AND 5),
                CONSTRAINT itinerary_known CHECK (itinerary BETWEEN 1 AND 5),
                CONSTRAINT price_known CHECK (price BETWEEN 1 AND 5),
                FOREIGN KEY(customer_id) REFERENCES customer (id),
                FOREIGN KEY(trip_id) REFERENCES trip (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            "CREATE INDEX survey_response_answered ON survey_response (answered_on)",
            "CREATE INDEX survey_response_customer ON survey_response (customer_id, answered_on)",
            "CREATE INDEX survey_response_trip ON survey_response (trip_id)",
            """
            CREATE TABLE notice (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                channel TEXT NOT NULL,
                subject_table TEXT NOT NULL,
                subject_id INTEGER NOT NULL,
                once TEXT NOT NULL,
                text TEXT NOT NULL,
                made_at TEXT NOT NULL,
                sent_at TEXT,
                given_up_at TEXT,
                tries INTEGER NOT NULL,
                tried_at TEXT,
                error TEXT,
                CONSTRAINT notice_said_once UNIQUE (channel, subject_table,
                    subject_id, once)
            )
            """,
            "CREATE INDEX notice_unsent ON notice (made_at) WHERE sent_at IS NULL",
        ),
    ),
    Step(
        "what calendars were told",
        (
            """
            CREATE TABLE calendar_entry (
                owner TEXT NOT NULL,
                id TEXT NOT NULL,
                day DATE NOT NULL,
                rule TEXT NOT NULL,
                PRIMARY KEY (owner, id)
            )
            """,
            "CREATE INDEX calendar_entry_day ON calendar_entry (owner, day)",
        ),
    ),
    Step(
        "the minutes and hours by which clocks of complaints run",
        (
            "ALTER TABLE complaint_event ADD COLUMN clock TEXT",
            # What ran before keeps by the settings as they are now.
            """
            UPDATE complaint_event SET clock = trim(
                coalesce((SELECT value FROM setting WHERE key = 'complaint_minutes'), '120')
                || ' ' || coalesce((SELECT value FROM setting WHERE key = 'crisis_minutes'), '30')
                || ' ' || coalesce((SELECT value FROM setting WHERE key = 'business_hours'), '')
            ) WHERE step IN ('opened', 'reopened')
            """,
        ),
    ),
)
