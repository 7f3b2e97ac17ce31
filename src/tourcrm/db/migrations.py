"""The schema, step by step: numbered, append-only. Step N takes a file from version N-1 to N.

A step is never edited once it has been released; tests keep a file of every earlier version.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is for, and its statements, run in one transaction."""

    why: str
    statements: tuple[str, ...]


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
    Step(
        "what is sold again and again, departures with seats, who is on a trip, plans, costs",
        (
            """
            CREATE TABLE product (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                code TEXT NOT NULL,
                name TEXT NOT NULL,
                service TEXT NOT NULL,
                kind TEXT NOT NULL,
                destination TEXT,
                abroad BOOLEAN,
                days INTEGER,
                list_price BIGINT,
                note TEXT,
                operation_id INTEGER NOT NULL,
                CONSTRAINT product_code UNIQUE (code),
                CONSTRAINT service_known CHECK (service = 'tour' OR service = 'cruise' OR
                    service = 'flight' OR service = 'train' OR service = 'hotel' OR service = 'visa'
                    OR service = 'ticket' OR service = 'car' OR service = 'insurance' OR service =
                    'other'),
                CONSTRAINT kind_known CHECK (kind = 'group' OR kind = 'independent' OR kind
                    = 'custom' OR kind = 'business'),
                CONSTRAINT days_known CHECK (days BETWEEN 1 AND 366),
                CONSTRAINT list_price_known CHECK (list_price BETWEEN 0 AND 1000000000000),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            """
            CREATE TABLE departure (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                code TEXT NOT NULL,
                product_id INTEGER,
                destination TEXT,
                departs_on DATE NOT NULL,
                returns_on DATE NOT NULL,
                seats INTEGER,
                guide TEXT,
                note TEXT,
                operation_id INTEGER NOT NULL,
                CONSTRAINT departure_code UNIQUE (code),
                CONSTRAINT seats_known CHECK (seats BETWEEN 0 AND 100000),
                CONSTRAINT returns_after_departure CHECK (returns_on >= departs_on),
                FOREIGN KEY(product_id) REFERENCES product (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            "CREATE INDEX departure_departs ON departure (departs_on)",
            "CREATE INDEX departure_product ON departure (product_id)",
            """
            CREATE TABLE traveller (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                trip_id INTEGER NOT NULL,
                customer_id INTEGER NOT NULL,
                operation_id INTEGER NOT NULL,
                CONSTRAINT traveller_once UNIQUE (trip_id, customer_id),
                FOREIGN KEY(trip_id) REFERENCES trip (id),
                FOREIGN KEY(customer_id) REFERENCES customer (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            "CREATE INDEX traveller_customer ON traveller (customer_id)",
            """
            CREATE TABLE itinerary_line (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                trip_id INTEGER,
                departure_id INTEGER,
                on_day DATE NOT NULL,
                what TEXT NOT NULL,
                operation_id INTEGER NOT NULL,
                CONSTRAINT of_one CHECK ((trip_id IS NULL) <> (departure_id IS NULL)),
                FOREIGN KEY(trip_id) REFERENCES trip (id),
                FOREIGN KEY(departure_id) REFERENCES departure (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            "CREATE INDEX itinerary_line_departure ON itinerary_line (departure_id, on_day)",
            "CREATE INDEX itinerary_line_trip ON itinerary_line (trip_id, on_day)",
            """
            CREATE TABLE destination_note (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                destination TEXT NOT NULL,
                topic TEXT NOT NULL,
                text TEXT NOT NULL,
                operation_id INTEGER NOT NULL,
                CONSTRAINT destination_note_once UNIQUE (destination, topic),
                CONSTRAINT topic_known CHECK (topic = 'weather' OR topic = 'clothing' OR
                    topic = 'emergency' OR topic = 'hospital' OR topic = 'embassy' OR topic =
                    'customs'),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            """
            CREATE TABLE installment (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                trip_id INTEGER NOT NULL,
                kind TEXT NOT NULL,
                amount BIGINT NOT NULL,
                due_on DATE NOT NULL,
                operation_id INTEGER NOT NULL,
                CONSTRAINT installment_once UNIQUE (trip_id, kind),
                CONSTRAINT kind_known CHECK (kind = 'deposit' OR kind = 'balance'),
                CONSTRAINT amount_known CHECK (amount BETWEEN 1 AND 1000000000000),
                FOREIGN KEY(trip_id) REFERENCES trip (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            "CREATE INDEX installment_due ON installment (due_on)",
            """
            CREATE TABLE trip_cost (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                trip_id INTEGER NOT NULL,
                reverses_id INTEGER,
                supplier TEXT,
                what TEXT,
                amount BIGINT NOT NULL,
                commission FLOAT,
                noted_on DATE NOT NULL,
                due_on DATE,
                paid_on DATE,
                operation_id INTEGER NOT NULL,
                CONSTRAINT trip_cost_reversed_once UNIQUE (reverses_id),
                CONSTRAINT amount_known CHECK (amount <> 0 AND amount BETWEEN -1000000000000
                    AND 1000000000000),
                CONSTRAINT commission_known CHECK (commission BETWEEN 0 AND 1),
                FOREIGN KEY(trip_id) REFERENCES trip (id),
                FOREIGN KEY(reverses_id) REFERENCES trip_cost (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            )
            """,
            "CREATE INDEX trip_cost_due ON trip_cost (due_on)",
            "CREATE INDEX trip_cost_trip ON trip_cost (trip_id)",
            "ALTER TABLE customer ADD COLUMN needs TEXT",
            "ALTER TABLE customer ADD COLUMN credit_days INTEGER",
            "ALTER TABLE customer ADD COLUMN credit_limit BIGINT",
            "ALTER TABLE trip ADD COLUMN departure_id INTEGER REFERENCES departure (id)",
            "ALTER TABLE trip ADD COLUMN queued_at TEXT",
            "ALTER TABLE trip ADD COLUMN needs TEXT",
            "ALTER TABLE trip ADD COLUMN fee BIGINT",
            """
            CREATE INDEX trip_departure ON trip (departure_id, status, party_size,
                    queued_at) WHERE departure_id IS NOT NULL
            """,
        ),
    ),
    Step(
        "open inquiries, quotes and lost customers are found without looking at all others",
        (
            "CREATE INDEX customer_lost ON customer (lost_on) WHERE lost_on IS NOT NULL",
            "CREATE INDEX trip_quoted ON trip (quoted_on) WHERE quoted_on IS NOT NULL",
            "CREATE INDEX trip_open ON trip (status) WHERE status IN ('inquiry', 'quoted')",
        ),
    ),
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

NEWEST = len(STEPS)
