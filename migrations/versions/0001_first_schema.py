"""first schema."""

import sqlalchemy as sa
from alembic import op

from dispatch.store.base import Json, Kilometres, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "branch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("company_name", sa.String(length=120), nullable=False),
        sa.Column("registration", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("city", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("area_code", sa.String(length=6), nullable=False),
        sa.Column("timezone", sa.String(length=40), nullable=False),
        sa.Column("form", sa.String(length=1), nullable=False),
        sa.Column("clause_version", sa.String(length=16), nullable=False),
        sa.Column("document_language", sa.String(length=8), nullable=False),
        sa.Column("offer_seconds", sa.Integer(), nullable=False),
        sa.Column("callback_workdays", sa.Integer(), nullable=False),
        sa.Column("service_day_cutover", sa.Time(), nullable=False),
        sa.Column("calling_from", sa.Time(), nullable=False),
        sa.Column("calling_until", sa.Time(), nullable=False),
        sa.Column("max_shift_hours", sa.Integer(), nullable=False),
        sa.Column("min_rest_hours", sa.Integer(), nullable=False),
        sa.Column("totp_for_managers", sa.Boolean(), nullable=False),
        sa.Column("sms_on", sa.Boolean(), nullable=False),
        sa.Column("webhook_url", sa.String(length=400), nullable=True),
        sa.Column("webhook_secret", sa.String(length=128), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_branch")),
        sa.UniqueConstraint("code", name=op.f("uq_branch_code")),
    )
    op.create_table(
        "heartbeat",
        sa.Column("process", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("process", name=op.f("pk_heartbeat")),
    )
    with op.batch_alter_table("heartbeat") as batch_op:
        batch_op.create_index(batch_op.f("ix_heartbeat_kind"), ["kind"], unique=False)

    op.create_table(
        "idempotency_key",
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("request_sha256", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("content_type", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("pk_idempotency_key")),
    )
    with op.batch_alter_table("idempotency_key") as batch_op:
        batch_op.create_index("ix_idempotency_key_created", ["created_at"], unique=False)

    op.create_table(
        "throttle",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("window_start", UtcDateTime(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle")),
    )
    op.create_table(
        "working_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_working", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_working_day")),
    )
    op.create_table(
        "customer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("phone_dialled", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("do_not_serve", sa.String(length=200), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_customer_branch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint("branch_id", "phone", name=op.f("uq_customer_branch_id_phone")),
    )
    op.create_table(
        "journal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("actor_name", sa.String(length=80), nullable=False),
        sa.Column("type", sa.String(length=48), nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("payload", Json, nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_journal_branch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
    )
    with op.batch_alter_table("journal") as batch_op:
        batch_op.create_index("ix_journal_branch", ["branch_id", "id"], unique=False)
        batch_op.create_index("ix_journal_subject", ["branch_id", "subject", "subject_id", "id"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("recipient", sa.String(length=400), nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column(
            "state",
            sa.Enum("waiting", "sent", "failed", name="outboxstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("not_before", UtcDateTime(), nullable=False),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("last_error", sa.String(length=300), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_outbox_branch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.create_index("ix_outbox_due", ["state", "not_before"], unique=False)

    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("roles", Json, nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("totp_secret", sa.String(length=64), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_staff_branch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("login", name=op.f("uq_staff_login")),
    )
    with op.batch_alter_table("staff") as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_branch_id"), ["branch_id"], unique=False)

    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_used_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_api_token_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_api_token_token_sha256")),
    )
    with op.batch_alter_table("api_token") as batch_op:
        batch_op.create_index("ix_api_token_staff", ["staff_id"], unique=False)

    op.create_table(
        "do_not_call",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Enum("quality", name="purpose", native_enum=False, length=32), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("told_to", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_do_not_call_customer_id")),
        sa.ForeignKeyConstraint(["told_to"], ["staff.id"], name=op.f("fk_do_not_call_told_to")),
        sa.PrimaryKeyConstraint("customer_id", "purpose", name=op.f("pk_do_not_call")),
    )
    op.create_table(
        "driver",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("badge_id", sa.String(length=8), nullable=False),
        sa.Column("badge_active", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("licence_no", sa.String(length=24), nullable=False),
        sa.Column("licence_class", sa.String(length=8), nullable=False),
        sa.Column("licence_until", sa.Date(), nullable=False),
        sa.Column("permit_until", sa.Date(), nullable=False),
        sa.Column("competences", Json, nullable=False),
        sa.Column("held_at", UtcDateTime(), nullable=True),
        sa.Column("held_reason", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_driver_branch_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_driver_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_driver")),
        sa.UniqueConstraint("branch_id", "badge_id", name=op.f("uq_driver_branch_id_badge_id")),
        sa.UniqueConstraint("staff_id", name=op.f("uq_driver_staff_id")),
    )
    op.create_table(
        "sign_in",
        sa.Column("token_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_sign_in_staff_id")),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_sign_in")),
    )
    with op.batch_alter_table("sign_in") as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "tariff_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("published_by", sa.Integer(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_tariff_version_branch_id")),
        sa.ForeignKeyConstraint(["published_by"], ["staff.id"], name=op.f("fk_tariff_version_published_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tariff_version")),
        sa.UniqueConstraint("branch_id", "number", name=op.f("uq_tariff_version_branch_id_number")),
    )
    with op.batch_alter_table("tariff_version") as batch_op:
        batch_op.create_index("ix_tariff_version_valid", ["branch_id", "valid_from", "id"], unique=False)

    op.create_table(
        "vehicle",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("plate", sa.String(length=10), nullable=False),
        sa.Column("model", sa.String(length=60), nullable=False),
        sa.Column("colour", sa.String(length=20), nullable=False),
        sa.Column("needs", Json, nullable=False),
        sa.Column("insurance_seen", Json, nullable=True),
        sa.Column("last_used_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_vehicle_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicle")),
        sa.UniqueConstraint("customer_id", "plate", name=op.f("uq_vehicle_customer_id_plate")),
    )
    with op.batch_alter_table("vehicle") as batch_op:
        batch_op.create_index("ix_vehicle_plate", ["plate"], unique=False)

    op.create_table(
        "shift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("driver_id", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["driver_id"], ["driver.id"], name=op.f("fk_shift_driver_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
    )
    with op.batch_alter_table("shift") as batch_op:
        batch_op.create_index("ix_shift_driver_ended", ["driver_id", "ended_at"], unique=False)
        batch_op.create_index(
            "uq_shift_open_driver",
            ["driver_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "trip",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "booked",
                "offered",
                "accepted",
                "en_route",
                "on_site",
                "inspected",
                "agreed",
                "driving",
                "delivered",
                "closed",
                "cancelled",
                "refused",
                "unfulfilled",
                "aborted",
                name="state",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("state_since", UtcDateTime(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("replacements", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=1), nullable=False),
        sa.Column("clause_version", sa.String(length=16), nullable=False),
        sa.Column("tariff_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("vehicle_id", sa.Integer(), nullable=False),
        sa.Column("caller_phone", sa.String(length=20), nullable=False),
        sa.Column("contact_name", sa.String(length=80), nullable=False),
        sa.Column("plate", sa.String(length=10), nullable=False),
        sa.Column("car_model", sa.String(length=60), nullable=False),
        sa.Column("car_colour", sa.String(length=20), nullable=False),
        sa.Column("needs", Json, nullable=False),
        sa.Column("insurance_stated", sa.String(length=16), nullable=False),
        sa.Column("pickup_address", sa.String(length=200), nullable=False),
        sa.Column("pickup_lat", sa.Float(), nullable=True),
        sa.Column("pickup_lon", sa.Float(), nullable=True),
        sa.Column("destination_address", sa.String(length=200), nullable=False),
        sa.Column("destination_lat", sa.Float(), nullable=True),
        sa.Column("destination_lon", sa.Float(), nullable=True),
        sa.Column("booked_km", Kilometres(), nullable=False),
        sa.Column("appointed_at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("duplicate_reason", sa.String(length=200), nullable=True),
        sa.Column("fare_options", Json, nullable=False),
        sa.Column("quote", Json, nullable=False),
        sa.Column("quote_total_fen", sa.Integer(), nullable=False),
        sa.Column("driver_id", sa.Integer(), nullable=True),
        sa.Column("booked_by", sa.Integer(), nullable=False),
        sa.Column("booked_at", UtcDateTime(), nullable=False),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.Column("departed_at", UtcDateTime(), nullable=True),
        sa.Column("arrived_at", UtcDateTime(), nullable=True),
        sa.Column("agreed_at", UtcDateTime(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("delivered_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("start_odometer_km", Kilometres(), nullable=True),
        sa.Column("end_odometer_km", Kilometres(), nullable=True),
        sa.Column("closing_checklist", Json, nullable=True),
        sa.Column("closing_note", sa.Text(), nullable=False),
        sa.Column("end_reason", sa.String(length=32), nullable=False),
        sa.Column("end_note", sa.Text(), nullable=False),
        sa.Column("total_fen", sa.Integer(), nullable=True),
        sa.Column("fare_flags", Json, nullable=False),
        sa.ForeignKeyConstraint(["booked_by"], ["staff.id"], name=op.f("fk_trip_booked_by")),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_trip_branch_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_trip_customer_id")),
        sa.ForeignKeyConstraint(["driver_id"], ["driver.id"], name=op.f("fk_trip_driver_id")),
        sa.ForeignKeyConstraint(["tariff_id"], ["tariff_version.id"], name=op.f("fk_trip_tariff_id")),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_trip_vehicle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trip")),
    )
    with op.batch_alter_table("trip") as batch_op:
        batch_op.create_index("ix_trip_branch_state", ["branch_id", "state", "id"], unique=False)
        batch_op.create_index("ix_trip_customer", ["customer_id", "id"], unique=False)
        batch_op.create_index("ix_trip_driver", ["driver_id", "id"], unique=False)
        batch_op.create_index("ix_trip_plate", ["branch_id", "plate", "id"], unique=False)
        batch_op.create_index(
            "uq_trip_live_driver",
            ["driver_id"],
            unique=True,
            sqlite_where=sa.text(
                "driver_id IS NOT NULL AND state IN ('accepted', 'en_route', 'on_site', 'inspected', 'agreed', 'driving', 'delivered')"
            ),
            postgresql_where=sa.text(
                "driver_id IS NOT NULL AND state IN ('accepted', 'en_route', 'on_site', 'inspected', 'agreed', 'driving', 'delivered')"
            ),
        )

    op.create_table(
        "callback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Enum("quality", name="purpose", native_enum=False, length=32), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "scheduled",
                "due",
                "claimed",
                "done",
                "unreachable",
                "declined",
                "cancelled",
                name="callbackstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("service_day", sa.Date(), nullable=False),
        sa.Column("after_workdays", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("not_before", UtcDateTime(), nullable=False),
        sa.Column("preferred_staff_id", sa.Integer(), nullable=True),
        sa.Column("claimed_by", sa.Integer(), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_callback_branch_id")),
        sa.ForeignKeyConstraint(["claimed_by"], ["staff.id"], name=op.f("fk_callback_claimed_by")),
        sa.ForeignKeyConstraint(["preferred_staff_id"], ["staff.id"], name=op.f("fk_callback_preferred_staff_id")),
        sa.ForeignKeyConstraint(["trip_id"], ["trip.id"], name=op.f("fk_callback_trip_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback")),
        sa.UniqueConstraint("trip_id", "purpose", name=op.f("uq_callback_trip_id_purpose")),
    )
    with op.batch_alter_table("callback") as batch_op:
        batch_op.create_index("ix_callback_due", ["state", "not_before"], unique=False)
        batch_op.create_index("ix_callback_lease", ["state", "lease_until"], unique=False)
        batch_op.create_index("ix_callback_queue", ["branch_id", "state", "not_before", "id"], unique=False)

    op.create_table(
        "customer_link",
        sa.Column("token_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["trip_id"], ["trip.id"], name=op.f("fk_customer_link_trip_id")),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_customer_link")),
    )
    with op.batch_alter_table("customer_link") as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_link_trip_id"), ["trip_id"], unique=False)

    op.create_table(
        "fare_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind", sa.Enum("settled", "correction", name="linekind", native_enum=False, length=32), nullable=False
        ),
        sa.Column("line", Json, nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["trip_id"], ["trip.id"], name=op.f("fk_fare_line_trip_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fare_line")),
        sa.UniqueConstraint("trip_id", "position", name=op.f("uq_fare_line_trip_id_position")),
    )
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "accident",
                "breakdown",
                "customer_disturbs",
                "traffic_violation",
                "lost_property",
                "other",
                name="incidentkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("driver_fault_percent", sa.Integer(), nullable=True),
        sa.Column("allowance_fen", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["trip_id"], ["trip.id"], name=op.f("fk_incident_trip_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    with op.batch_alter_table("incident") as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_trip_id"), ["trip_id"], unique=False)

    op.create_table(
        "offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=False),
        sa.Column("driver_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "accepted", "declined", "expired", "withdrawn", name="offerstate", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("offered_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["driver_id"], ["driver.id"], name=op.f("fk_offer_driver_id")),
        sa.ForeignKeyConstraint(["trip_id"], ["trip.id"], name=op.f("fk_offer_trip_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
    )
    with op.batch_alter_table("offer") as batch_op:
        batch_op.create_index("ix_offer_driver_state", ["driver_id", "state"], unique=False)
        batch_op.create_index("ix_offer_state_expires", ["state", "expires_at"], unique=False)
        batch_op.create_index("ix_offer_trip", ["trip_id", "id"], unique=False)
        batch_op.create_index(
            "uq_offer_accepted_trip",
            ["trip_id"],
            unique=True,
            sqlite_where=sa.text("state = 'accepted'"),
            postgresql_where=sa.text("state = 'accepted'"),
        )

    op.create_table(
        "photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=True),
        sa.Column("driver_id", sa.Integer(), nullable=True),
        sa.Column("taken_by", sa.Integer(), nullable=False),
        sa.Column("content_type", sa.String(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_photo_branch_id")),
        sa.ForeignKeyConstraint(["driver_id"], ["driver.id"], name=op.f("fk_photo_driver_id")),
        sa.ForeignKeyConstraint(["taken_by"], ["staff.id"], name=op.f("fk_photo_taken_by")),
        sa.ForeignKeyConstraint(["trip_id"], ["trip.id"], name=op.f("fk_photo_trip_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
    )
    with op.batch_alter_table("photo") as batch_op:
        batch_op.create_index(batch_op.f("ix_photo_driver_id"), ["driver_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_photo_trip_id"), ["trip_id"], unique=False)

    op.create_table(
        "signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=False),
        sa.Column(
            "signed_for",
            sa.Enum("condition", "agreement", "destination", "receipt", name="signedfor", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "signer", sa.Enum("customer", "companion", name="signer", native_enum=False, length=32), nullable=False
        ),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("relation", sa.String(length=40), nullable=False),
        sa.Column("drawing", Json, nullable=False),
        sa.Column("width", sa.Float(), nullable=False),
        sa.Column("height", sa.Float(), nullable=False),
        sa.Column("signed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["trip_id"], ["trip.id"], name=op.f("fk_signature_trip_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
    )
    with op.batch_alter_table("signature") as batch_op:
        batch_op.create_index(batch_op.f("ix_signature_trip_id"), ["trip_id"], unique=False)

    op.create_table(
        "trip_stop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=False),
        sa.Column(
            "requested_by",
            sa.Enum("customer", "company", "other", name="party", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["trip_id"], ["trip.id"], name=op.f("fk_trip_stop_trip_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trip_stop")),
    )
    with op.batch_alter_table("trip_stop") as batch_op:
        batch_op.create_index(batch_op.f("ix_trip_stop_trip_id"), ["trip_id"], unique=False)

    op.create_table(
        "callback_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("callback_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "answered",
                "no_answer",
                "busy",
                "powered_off",
                "invalid_number",
                "refused",
                "callback_requested",
                "do_not_call",
                name="outcome",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("satisfaction", sa.Integer(), nullable=True),
        sa.Column("badge_worn", sa.Boolean(), nullable=True),
        sa.Column("car_checked", sa.Boolean(), nullable=True),
        sa.Column("fee_explained", sa.Boolean(), nullable=True),
        sa.Column("copy_handed_over", sa.Boolean(), nullable=True),
        sa.Column("opinions", sa.Text(), nullable=False),
        sa.Column("suggestions", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("call_again_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["callback_id"], ["callback.id"], name=op.f("fk_callback_attempt_callback_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_callback_attempt_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback_attempt")),
        sa.UniqueConstraint("callback_id", "number", name=op.f("uq_callback_attempt_callback_id_number")),
    )
    op.create_table(
        "complaint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=True),
        sa.Column("callback_id", sa.Integer(), nullable=True),
        sa.Column(
            "channel",
            sa.Enum(
                "call", "callback", "link", "email", "letter", "visit", name="channel", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("stage", sa.Enum("registered", name="stage", native_enum=False, length=32), nullable=False),
        sa.Column("contact_name", sa.String(length=80), nullable=False),
        sa.Column("contact_phone", sa.String(length=20), nullable=False),
        sa.Column("contact_address", sa.String(length=200), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("registered_by", sa.Integer(), nullable=True),
        sa.Column("registered_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_complaint_branch_id")),
        sa.ForeignKeyConstraint(["callback_id"], ["callback.id"], name=op.f("fk_complaint_callback_id")),
        sa.ForeignKeyConstraint(["registered_by"], ["staff.id"], name=op.f("fk_complaint_registered_by")),
        sa.ForeignKeyConstraint(["trip_id"], ["trip.id"], name=op.f("fk_complaint_trip_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
    )
    with op.batch_alter_table("complaint") as batch_op:
        batch_op.create_index("ix_complaint_branch", ["branch_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaint_callback_id"), ["callback_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaint_contact_phone"), ["contact_phone"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaint_trip_id"), ["trip_id"], unique=False)

    op.create_table(
        "condition_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=False),
        sa.Column("panels", Json, nullable=False),
        sa.Column("safety", Json, nullable=False),
        sa.Column("insurance", Json, nullable=False),
        sa.Column("odometer_km", Kilometres(), nullable=False),
        sa.Column("fuel_percent", sa.Integer(), nullable=False),
        sa.Column(
            "intoxication",
            sa.Enum(
                "none", "mild", "moderate", "severe", "unconscious", name="intoxication", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("companion_name", sa.String(length=80), nullable=False),
        sa.Column("companion_sober", sa.Boolean(), nullable=False),
        sa.Column("driver_sober", sa.Boolean(), nullable=False),
        sa.Column("breath_mg", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("belongings_note", sa.Text(), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("inspected_at", UtcDateTime(), nullable=False),
        sa.Column("superseded_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_condition_report_signature_id")),
        sa.ForeignKeyConstraint(["trip_id"], ["trip.id"], name=op.f("fk_condition_report_trip_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_condition_report")),
    )
    with op.batch_alter_table("condition_report") as batch_op:
        batch_op.create_index(
            "uq_condition_report_trip",
            ["trip_id"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )

    op.create_table(
        "destination_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=False),
        sa.Column("address_before", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_destination_change_signature_id")),
        sa.ForeignKeyConstraint(["trip_id"], ["trip.id"], name=op.f("fk_destination_change_trip_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destination_change")),
    )
    with op.batch_alter_table("destination_change") as batch_op:
        batch_op.create_index(batch_op.f("ix_destination_change_trip_id"), ["trip_id"], unique=False)

    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("trip_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind", sa.Enum("agreement", "receipt", name="documentkind", native_enum=False, length=32), nullable=False
        ),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("form", sa.String(length=1), nullable=False),
        sa.Column("clause_version", sa.String(length=16), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("chain_position", sa.Integer(), nullable=False),
        sa.Column("chain_sha256", sa.String(length=64), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("signed_at", UtcDateTime(), nullable=False),
        sa.Column("superseded_at", UtcDateTime(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_document_branch_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_document_signature_id")),
        sa.ForeignKeyConstraint(["trip_id"], ["trip.id"], name=op.f("fk_document_trip_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("branch_id", "chain_position", name=op.f("uq_document_branch_id_chain_position")),
        sa.UniqueConstraint("number", name=op.f("uq_document_number")),
    )
    with op.batch_alter_table("document") as batch_op:
        batch_op.create_index("ix_document_sha256", ["sha256"], unique=False)
        batch_op.create_index(
            "uq_document_trip_kind",
            ["trip_id", "kind"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("document") as batch_op:
        batch_op.drop_index(
            "uq_document_trip_kind",
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
        batch_op.drop_index("ix_document_sha256")

    op.drop_table("document")
    with op.batch_alter_table("destination_change") as batch_op:
        batch_op.drop_index(batch_op.f("ix_destination_change_trip_id"))

    op.drop_table("destination_change")
    with op.batch_alter_table("condition_report") as batch_op:
        batch_op.drop_index(
            "uq_condition_report_trip",
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )

    op.drop_table("condition_report")
    with op.batch_alter_table("complaint") as batch_op:
        batch_op.drop_index(batch_op.f("ix_complaint_trip_id"))
        batch_op.drop_index(batch_op.f("ix_complaint_contact_phone"))
        batch_op.drop_index(batch_op.f("ix_complaint_callback_id"))
        batch_op.drop_index("ix_complaint_branch")

    op.drop_table("complaint")
    op.drop_table("callback_attempt")
    with op.batch_alter_table("trip_stop") as batch_op:
        batch_op.drop_index(batch_op.f("ix_trip_stop_trip_id"))

    op.drop_table("trip_stop")
    with op.batch_alter_table("signature") as batch_op:
        batch_op.drop_index(batch_op.f("ix_signature_trip_id"))

    op.drop_table("signature")
    with op.batch_alter_table("photo") as batch_op:
        batch_op.drop_index(batch_op.f("ix_photo_trip_id"))
        batch_op.drop_index(batch_op.f("ix_photo_driver_id"))

    op.drop_table("photo")
    with op.batch_alter_table("offer") as batch_op:
        batch_op.drop_index(
            "uq_offer_accepted_trip",
            sqlite_where=sa.text("state = 'accepted'"),
            postgresql_where=sa.text("state = 'accepted'"),
        )
        batch_op.drop_index("ix_offer_trip")
        batch_op.drop_index("ix_offer_state_expires")
        batch_op.drop_index("ix_offer_driver_state")

    op.drop_table("offer")
    with op.batch_alter_table("incident") as batch_op:
        batch_op.drop_index(batch_op.f("ix_incident_trip_id"))

    op.drop_table("incident")
    op.drop_table("fare_line")
    with op.batch_alter_table("customer_link") as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_link_trip_id"))

    op.drop_table("customer_link")
    with op.batch_alter_table("callback") as batch_op:
        batch_op.drop_index("ix_callback_queue")
        batch_op.drop_index("ix_callback_lease")
        batch_op.drop_index("ix_callback_due")

    op.drop_table("callback")
    with op.batch_alter_table("trip") as batch_op:
        batch_op.drop_index(
            "uq_trip_live_driver",
            sqlite_where=sa.text(
                "driver_id IS NOT NULL AND state IN ('accepted', 'en_route', 'on_site', 'inspected', 'agreed', 'driving', 'delivered')"
            ),
            postgresql_where=sa.text(
                "driver_id IS NOT NULL AND state IN ('accepted', 'en_route', 'on_site', 'inspected', 'agreed', 'driving', 'delivered')"
            ),
        )
        batch_op.drop_index("ix_trip_plate")
        batch_op.drop_index("ix_trip_driver")
        batch_op.drop_index("ix_trip_customer")
        batch_op.drop_index("ix_trip_branch_state")

    op.drop_table("trip")
    with op.batch_alter_table("shift") as batch_op:
        batch_op.drop_index(
            "uq_shift_open_driver",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index("ix_shift_driver_ended")

    op.drop_table("shift")
    with op.batch_alter_table("vehicle") as batch_op:
        batch_op.drop_index("ix_vehicle_plate")

    op.drop_table("vehicle")
    with op.batch_alter_table("tariff_version") as batch_op:
        batch_op.drop_index("ix_tariff_version_valid")

    op.drop_table("tariff_version")
    with op.batch_alter_table("sign_in") as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_staff_id"))
        batch_op.drop_index(batch_op.f("ix_sign_in_expires_at"))

    op.drop_table("sign_in")
    op.drop_table("driver")
    op.drop_table("do_not_call")
    with op.batch_alter_table("api_token") as batch_op:
        batch_op.drop_index("ix_api_token_staff")

    op.drop_table("api_token")
    with op.batch_alter_table("staff") as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_branch_id"))

    op.drop_table("staff")
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.drop_index("ix_outbox_due")

    op.drop_table("outbox")
    with op.batch_alter_table("journal") as batch_op:
        batch_op.drop_index("ix_journal_subject")
        batch_op.drop_index("ix_journal_branch")

    op.drop_table("journal")
    op.drop_table("customer")
    op.drop_table("working_day")
    op.drop_table("throttle")
    with op.batch_alter_table("idempotency_key") as batch_op:
        batch_op.drop_index("ix_idempotency_key_created")

    op.drop_table("idempotency_key")
    with op.batch_alter_table("heartbeat") as batch_op:
        batch_op.drop_index(batch_op.f("ix_heartbeat_kind"))

    op.drop_table("heartbeat")
    op.drop_table("branch")
