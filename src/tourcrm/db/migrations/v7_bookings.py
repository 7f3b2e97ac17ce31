"""Steps 7 and 8: products, departures with seats, travellers, plans, costs; leads."""

from tourcrm.db.migrations.step import Step

STEPS = (
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
)
