PRAGMA application_id=1952674404;
PRAGMA user_version=9;
BEGIN TRANSACTION;
CREATE TABLE calendar_entry (
                owner TEXT NOT NULL,
                id TEXT NOT NULL,
                day DATE NOT NULL,
                rule TEXT NOT NULL,
                PRIMARY KEY (owner, id)
            );
INSERT INTO "calendar_entry" VALUES('李娜','H5H4VY74','2026-11-20','birthday');
CREATE TABLE change (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                operation_id INTEGER NOT NULL,
                table_name TEXT NOT NULL,
                row_id INTEGER NOT NULL,
                customer_id INTEGER,
                "before" TEXT NOT NULL,
                "after" TEXT,
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            );
INSERT INTO "change" VALUES(1,1,'customer',1,1,'{"note": null}','{"note": "x"}');
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
            );
INSERT INTO "channel_consent" VALUES(1,1,'sms','no','2026-11-20',NULL,1);
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
            );
INSERT INTO "complaint" VALUES(1,'K00001',1,1,'routine','hotel','x','2026-11-20T01:30:00Z',NULL,NULL,NULL,NULL,1);
CREATE TABLE complaint_event (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                complaint_id INTEGER NOT NULL,
                step TEXT NOT NULL,
                at TEXT NOT NULL,
                staff TEXT NOT NULL,
                detail TEXT,
                text TEXT,
                operation_id INTEGER NOT NULL, clock TEXT,
                CONSTRAINT step_known CHECK (step = 'opened' OR step = 'responded'
                    OR step = 'in_charge' OR step = 'contacted' OR step = 'news' OR
                    step = 'plan_b' OR step = 'attributed' OR step = 'alternative'
                    OR step = 'compensated' OR step = 'reversed' OR step =
                    'resolved' OR step = 'fixed' OR step = 'closed' OR step =
                    'reopened' OR step = 'noted'),
                FOREIGN KEY(complaint_id) REFERENCES complaint (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            );
INSERT INTO "complaint_event" VALUES(1,1,'opened','2026-11-20T01:30:00Z','Li',NULL,NULL,1,NULL);
INSERT INTO "complaint_event" VALUES(2,1,'responded','2026-11-20T01:30:00Z','Li',NULL,NULL,1,NULL);
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
            );
INSERT INTO "complaint_fix" VALUES(1,1,'换酒店','李娜','2026-11-20',NULL,1);
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
                operation_id INTEGER NOT NULL, needs TEXT, credit_days INTEGER, credit_limit BIGINT, erased_on DATE, company_type TEXT, travel_policy TEXT, valued TEXT,
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
            );
INSERT INTO "customer" VALUES(1,'C000001','王芳','person','active',NULL,NULL,NULL,NULL,'+8613812345678',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'unknown',NULL,NULL,0,NULL,'换行
''引号''',NULL,NULL,'2020-01-01',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES(2,'C000002','张伟','person','active',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,NULL,'unknown',NULL,NULL,0,NULL,NULL,NULL,NULL,'2020-01-01',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE customer_alias (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                customer_id INTEGER NOT NULL,
                code TEXT NOT NULL,
                operation_id INTEGER NOT NULL,
                CONSTRAINT customer_alias_code UNIQUE (code),
                FOREIGN KEY(customer_id) REFERENCES customer (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            );
INSERT INTO "customer_alias" VALUES(1,1,'ALT7',1);
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
            );
INSERT INTO "customer_source" VALUES(1,1,'ctrip','99','2026-11-20','2026-11-20',1);
CREATE TABLE customer_tag (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                customer_id INTEGER NOT NULL,
                tag TEXT NOT NULL,
                operation_id INTEGER NOT NULL,
                CONSTRAINT customer_tag_once UNIQUE (customer_id, tag),
                FOREIGN KEY(customer_id) REFERENCES customer (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            );
INSERT INTO "customer_tag" VALUES(1,1,'VIP',1);
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
            );
INSERT INTO "departure" VALUES(1,'YN6-0501',1,'云南','2026-11-20','2026-11-20',20,NULL,NULL,1);
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
            );
INSERT INTO "destination_note" VALUES(1,'云南','weather','早晚凉',1);
CREATE TABLE distinct_pair (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                customer_id INTEGER NOT NULL,
                other_id INTEGER NOT NULL,
                operation_id INTEGER NOT NULL,
                CONSTRAINT distinct_pair_once UNIQUE (customer_id, other_id),
                FOREIGN KEY(customer_id) REFERENCES customer (id),
                FOREIGN KEY(other_id) REFERENCES customer (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            );
INSERT INTO "distinct_pair" VALUES(1,1,2,1);
CREATE TABLE erased (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                digest TEXT NOT NULL,
                erased_on DATE NOT NULL,
                operation_id INTEGER NOT NULL,
                CONSTRAINT erased_digest UNIQUE (digest),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            );
INSERT INTO "erased" VALUES(1,'00','2026-11-20',1);
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
            );
INSERT INTO "followup_outcome" VALUES(1,'task','task',1,'once','2026-11-20',1,'2026-11-20','done',NULL,'x','Li','2026-11-20T01:30:00Z',1);
CREATE TABLE import_row (
                fingerprint TEXT NOT NULL,
                table_name TEXT NOT NULL,
                row_id INTEGER NOT NULL,
                operation_id INTEGER NOT NULL,
                PRIMARY KEY (fingerprint),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            );
INSERT INTO "import_row" VALUES('x','trip',3,1);
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
            );
INSERT INTO "installment" VALUES(1,1,'balance',200000,'2026-11-20',1);
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
            );
INSERT INTO "interaction" VALUES(1,1,NULL,'2026-11-20T01:30:00Z','phone','out','followup',0,'x',NULL,1,1);
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
            );
INSERT INTO "itinerary_line" VALUES(1,NULL,1,'2026-11-20','石林',1);
CREATE TABLE look (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                customer_id INTEGER,
                what TEXT NOT NULL,
                operation_id INTEGER NOT NULL,
                FOREIGN KEY(customer_id) REFERENCES customer (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            );
INSERT INTO "look" VALUES(1,1,'customers reveal',1);
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
            );
INSERT INTO "notice" VALUES(1,'值班群','complaint',1,'x','y','2026-11-20T01:30:00Z','2026-11-20T01:30:00Z',NULL,0,NULL,NULL);
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
            );
INSERT INTO "operation" VALUES(1,'2026-11-20T01:30:00Z','tester','test',NULL,NULL,'{}',NULL);
CREATE TABLE own_field (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                name TEXT NOT NULL,
                kind TEXT NOT NULL,
                operation_id INTEGER NOT NULL,
                CONSTRAINT own_field_name UNIQUE (name),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            );
INSERT INTO "own_field" VALUES(1,'饮食禁忌','text',1);
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
            );
INSERT INTO "own_value" VALUES(1,1,1,'不吃辣',1);
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
            );
INSERT INTO "payment" VALUES(1,'P0000001',1,1,NULL,'refund','third_party',-12345,'2026-11-20','2026-11-20',NULL,NULL,NULL,1);
INSERT INTO "payment" VALUES(2,'P0000002',1,1,1,'reversal','third_party',12345,'2026-11-20','2026-11-20',NULL,NULL,NULL,1);
CREATE TABLE preference (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                customer_id INTEGER NOT NULL,
                "key" TEXT NOT NULL,
                value TEXT NOT NULL,
                operation_id INTEGER NOT NULL,
                CONSTRAINT preference_once UNIQUE (customer_id, "key"),
                FOREIGN KEY(customer_id) REFERENCES customer (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            );
INSERT INTO "preference" VALUES(1,1,'seat','aisle',1);
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
            );
INSERT INTO "product" VALUES(1,'YN6','云南6日','tour','group','云南',NULL,6,398000,NULL,1);
CREATE TABLE reject_file (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                path TEXT NOT NULL,
                written_on DATE NOT NULL,
                CONSTRAINT reject_file_path UNIQUE (path)
            );
INSERT INTO "reject_file" VALUES(1,'/tmp/x.rejected.csv','2026-11-20');
CREATE TABLE saved_filter (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                name TEXT NOT NULL,
                options TEXT NOT NULL,
                operation_id INTEGER NOT NULL,
                CONSTRAINT saved_filter_name UNIQUE (name),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            );
INSERT INTO "saved_filter" VALUES(1,'亲子海岛','{}',1);
CREATE TABLE setting (
                "key" TEXT NOT NULL,
                value TEXT NOT NULL,
                PRIMARY KEY ("key")
            );
INSERT INTO "setting" VALUES('today','2026-11-20');
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
            );
INSERT INTO "special_date" VALUES(1,1,'birthday',8,15,NULL,'lunar',0,1);
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
            );
INSERT INTO "survey_response" VALUES(1,1,1,'2026-11-20',3,2,NULL,1,NULL,NULL,NULL,NULL,'房间有霉味',NULL,1);
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
            );
INSERT INTO "task" VALUES(1,1,3,'2026-11-20','x',NULL,'2026-11-20','Li',NULL,1);
CREATE TABLE traveller (
                id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                trip_id INTEGER NOT NULL,
                customer_id INTEGER NOT NULL,
                operation_id INTEGER NOT NULL,
                CONSTRAINT traveller_once UNIQUE (trip_id, customer_id),
                FOREIGN KEY(trip_id) REFERENCES trip (id),
                FOREIGN KEY(customer_id) REFERENCES customer (id),
                FOREIGN KEY(operation_id) REFERENCES operation (id)
            );
INSERT INTO "traveller" VALUES(1,1,1,1);
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
                operation_id INTEGER NOT NULL, departure_id INTEGER REFERENCES departure (id), queued_at TEXT, needs TEXT, fee BIGINT,
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
            );
INSERT INTO "trip" VALUES(1,'T0000001',1,NULL,NULL,'tour','group','booked',NULL,NULL,NULL,NULL,NULL,'2026-11-01','2026-11-05',NULL,123456,NULL,NULL,NULL,NULL,NULL,NULL,1,NULL,NULL,NULL,NULL);
INSERT INTO "trip" VALUES(2,'T0000002',1,NULL,NULL,'tour','group','inquiry',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,NULL,NULL,NULL,NULL);
INSERT INTO "trip" VALUES(3,'T0000003',1,NULL,NULL,'tour','group','booked',NULL,NULL,NULL,NULL,NULL,'2026-12-24',NULL,NULL,1280050,NULL,NULL,NULL,NULL,NULL,NULL,1,NULL,NULL,NULL,NULL);
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
            );
INSERT INTO "trip_cost" VALUES(1,1,NULL,'地接',NULL,300000,0.1,'2026-11-20',NULL,NULL,1);
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
            );
INSERT INTO "voucher" VALUES(1,'V00001',1,NULL,'discount',0.8,NULL,NULL,'2026-11-20',NULL,NULL,NULL,NULL,NULL,1);
INSERT INTO "voucher" VALUES(2,'V00002',1,NULL,'amount',NULL,50000,NULL,'2026-11-20',NULL,3,'2026-11-20',NULL,NULL,1);
CREATE INDEX change_operation ON change (operation_id);
CREATE INDEX customer_company ON customer (company_id);
CREATE INDEX customer_id_number ON customer (id_number);
CREATE INDEX customer_name ON customer (name);
CREATE INDEX customer_passport ON customer (passport_no);
CREATE INDEX customer_phone ON customer (phone);
CREATE INDEX customer_phone2 ON customer (phone2);
CREATE INDEX customer_referrer ON customer (referred_by_id);
CREATE INDEX customer_wechat ON customer (wechat);
CREATE INDEX customer_tag_tag ON customer_tag (tag);
CREATE INDEX special_date_day ON special_date (calendar, month, day, leap);
CREATE INDEX trip_customer ON trip (customer_id, departs_on, status, returns_on, price,
                    cancelled_on)
            ;
CREATE INDEX trip_departs ON trip (departs_on);
CREATE INDEX trip_returns ON trip (returns_on);
CREATE INDEX followup_outcome_customer ON followup_outcome (customer_id);
CREATE INDEX followup_outcome_key ON followup_outcome (rule, subject_table, subject_id,
                    occurrence)
            ;
CREATE INDEX interaction_customer ON interaction (customer_id, at);
CREATE INDEX interaction_outcome ON interaction (outcome_id);
CREATE INDEX interaction_trip ON interaction (trip_id);
CREATE INDEX task_due ON task (due_on);
CREATE INDEX task_customer ON task (customer_id);
CREATE INDEX task_outcome ON task (outcome_id);
CREATE INDEX interaction_personal ON interaction (customer_id, at) WHERE personal;
CREATE INDEX interaction_lately ON interaction (at, customer_id) WHERE personal;
CREATE INDEX followup_outcome_at ON followup_outcome (at);
CREATE INDEX followup_outcome_until ON followup_outcome (until);
CREATE INDEX complaint_customer ON complaint (customer_id);
CREATE INDEX complaint_opened ON complaint (opened_at);
CREATE INDEX complaint_trip ON complaint (trip_id);
CREATE INDEX complaint_event_complaint ON complaint_event (complaint_id, at);
CREATE INDEX complaint_event_step ON complaint_event (step, at);
CREATE INDEX complaint_fix_complaint ON complaint_fix (complaint_id);
CREATE INDEX complaint_fix_open ON complaint_fix (promised_on) WHERE done_on IS NULL;
CREATE INDEX payment_complaint ON payment (complaint_id);
CREATE INDEX payment_promised ON payment (promised_on) WHERE paid_on IS NULL;
CREATE INDEX payment_trip ON payment (trip_id);
CREATE INDEX voucher_complaint ON voucher (complaint_id);
CREATE INDEX voucher_customer ON voucher (customer_id);
CREATE INDEX voucher_trip ON voucher (redeemed_trip_id);
CREATE INDEX survey_response_answered ON survey_response (answered_on);
CREATE INDEX survey_response_customer ON survey_response (customer_id, answered_on);
CREATE INDEX survey_response_trip ON survey_response (trip_id);
CREATE INDEX notice_unsent ON notice (made_at) WHERE sent_at IS NULL;
CREATE INDEX calendar_entry_day ON calendar_entry (owner, day);
CREATE INDEX departure_departs ON departure (departs_on);
CREATE INDEX departure_product ON departure (product_id);
CREATE INDEX traveller_customer ON traveller (customer_id);
CREATE INDEX itinerary_line_departure ON itinerary_line (departure_id, on_day);
CREATE INDEX itinerary_line_trip ON itinerary_line (trip_id, on_day);
CREATE INDEX installment_due ON installment (due_on);
CREATE INDEX trip_cost_due ON trip_cost (due_on);
CREATE INDEX trip_cost_trip ON trip_cost (trip_id);
CREATE INDEX trip_departure ON trip (departure_id, status, party_size,
                    queued_at) WHERE departure_id IS NOT NULL
            ;
CREATE INDEX customer_lost ON customer (lost_on) WHERE lost_on IS NOT NULL;
CREATE INDEX trip_quoted ON trip (quoted_on) WHERE quoted_on IS NOT NULL;
CREATE INDEX trip_open ON trip (status) WHERE status IN ('inquiry', 'quoted');
CREATE INDEX look_customer ON look (customer_id);
CREATE INDEX customer_alias_customer ON customer_alias (customer_id);
CREATE INDEX customer_source_customer ON customer_source (customer_id);
CREATE INDEX preference_key ON preference ("key", value);
CREATE INDEX own_value_field ON own_value (field_id, value);
CREATE INDEX distinct_pair_other ON distinct_pair (other_id);
CREATE INDEX customer_limit ON customer (credit_limit) WHERE credit_limit IS NOT NULL;
CREATE INDEX change_papers ON change (operation_id) WHERE
                table_name = 'customer' AND (
                    instr(after, '"name"') OR instr(after, '"phone"') OR instr(after, '"id_number"')
                    OR instr(after, '"passport_no"') OR instr(after, '"passport_name"')
                    OR instr(after, '"passport_expires_on"')
                )
            ;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('operation',1);
INSERT INTO "sqlite_sequence" VALUES('customer',2);
INSERT INTO "sqlite_sequence" VALUES('trip',3);
INSERT INTO "sqlite_sequence" VALUES('special_date',1);
INSERT INTO "sqlite_sequence" VALUES('complaint',1);
INSERT INTO "sqlite_sequence" VALUES('customer_tag',1);
INSERT INTO "sqlite_sequence" VALUES('complaint_event',2);
INSERT INTO "sqlite_sequence" VALUES('followup_outcome',1);
INSERT INTO "sqlite_sequence" VALUES('survey_response',1);
INSERT INTO "sqlite_sequence" VALUES('task',1);
INSERT INTO "sqlite_sequence" VALUES('interaction',1);
INSERT INTO "sqlite_sequence" VALUES('complaint_fix',1);
INSERT INTO "sqlite_sequence" VALUES('payment',2);
INSERT INTO "sqlite_sequence" VALUES('voucher',2);
INSERT INTO "sqlite_sequence" VALUES('notice',1);
INSERT INTO "sqlite_sequence" VALUES('product',1);
INSERT INTO "sqlite_sequence" VALUES('departure',1);
INSERT INTO "sqlite_sequence" VALUES('traveller',1);
INSERT INTO "sqlite_sequence" VALUES('itinerary_line',1);
INSERT INTO "sqlite_sequence" VALUES('look',1);
INSERT INTO "sqlite_sequence" VALUES('customer_alias',1);
INSERT INTO "sqlite_sequence" VALUES('customer_source',1);
INSERT INTO "sqlite_sequence" VALUES('preference',1);
INSERT INTO "sqlite_sequence" VALUES('own_field',1);
INSERT INTO "sqlite_sequence" VALUES('own_value',1);
INSERT INTO "sqlite_sequence" VALUES('saved_filter',1);
INSERT INTO "sqlite_sequence" VALUES('channel_consent',1);
INSERT INTO "sqlite_sequence" VALUES('distinct_pair',1);
INSERT INTO "sqlite_sequence" VALUES('reject_file',1);
INSERT INTO "sqlite_sequence" VALUES('erased',1);
INSERT INTO "sqlite_sequence" VALUES('destination_note',1);
INSERT INTO "sqlite_sequence" VALUES('installment',1);
INSERT INTO "sqlite_sequence" VALUES('trip_cost',1);
INSERT INTO "sqlite_sequence" VALUES('change',1);
COMMIT;
