-- +goose Up

-- modify "approvals" table
ALTER TABLE "approvals" DROP CONSTRAINT "kind_known", ADD CONSTRAINT "kind_known" CHECK (kind IN ('PRICE_CHANGE','ORDER_CANCELLATION','REFUND'));

-- modify "cart_lines" table
ALTER TABLE "cart_lines" ADD COLUMN "seen_price" bigint NULL;

-- create "verifications" table
CREATE TABLE "verifications" (
  "id" bigint NOT NULL,
  "rule" character varying NOT NULL,
  "violations" bigint NOT NULL,
  "checked_at" timestamptz NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "id_made_by_application" CHECK (id > 0),
  CONSTRAINT "violations_not_negative" CHECK (violations >= 0)
);

-- create index "verifications_rule_key" to table: "verifications"
CREATE UNIQUE INDEX "verifications_rule_key" ON "verifications" ("rule");

-- modify "approval_rules" table
ALTER TABLE "approval_rules" DROP CONSTRAINT "kind_known", ADD CONSTRAINT "kind_known" CHECK (kind IN ('PRICE_CHANGE','ORDER_CANCELLATION','REFUND'));

-- create "tax_rates" table
CREATE TABLE "tax_rates" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "version" bigint NOT NULL DEFAULT 1,
  "country" character varying NOT NULL,
  "tax_category" character varying NOT NULL,
  "name" character varying NOT NULL,
  "basis_points" bigint NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "basis_points_in_range" CHECK (basis_points BETWEEN 0 AND 10000),
  CONSTRAINT "id_made_by_application" CHECK (id > 0)
);

-- create index "taxrate_country_tax_category" to table: "tax_rates"
CREATE UNIQUE INDEX "taxrate_country_tax_category" ON "tax_rates" ("country", "tax_category");

-- modify "products" table
ALTER TABLE "products" ADD COLUMN "tax_category" character varying NOT NULL DEFAULT 'standard';

-- create "delivery_zones" table
CREATE TABLE "delivery_zones" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "version" bigint NOT NULL DEFAULT 1,
  "name" character varying NOT NULL,
  "countries" jsonb NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "id_made_by_application" CHECK (id > 0)
);

-- create "delivery_methods" table
CREATE TABLE "delivery_methods" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "version" bigint NOT NULL DEFAULT 1,
  "name" character varying NOT NULL,
  "description" character varying NOT NULL DEFAULT '',
  "basis" character varying NOT NULL,
  "tiers" jsonb NOT NULL,
  "currency" character varying NOT NULL,
  "tax_category" character varying NOT NULL DEFAULT 'standard',
  "position" bigint NOT NULL DEFAULT 0,
  "active" boolean NOT NULL DEFAULT true,
  "zone_id" bigint NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "delivery_methods_delivery_zones_zone" FOREIGN KEY ("zone_id") REFERENCES "delivery_zones" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "basis_known" CHECK (basis IN ('WEIGHT','VALUE')),
  CONSTRAINT "id_made_by_application" CHECK (id > 0)
);

-- create index "deliverymethod_zone_id_position_id" to table: "delivery_methods"
CREATE INDEX "deliverymethod_zone_id_position_id" ON "delivery_methods" ("zone_id", "position", "id");

-- modify "carts" table
ALTER TABLE "carts" DROP CONSTRAINT "status_known", ADD CONSTRAINT "status_known" CHECK (status IN ('OPEN','ORDERED','MERGED')), ADD COLUMN "email" character varying NOT NULL DEFAULT '', ADD COLUMN "shipping_address" jsonb NULL, ADD COLUMN "billing_address" jsonb NULL, ADD COLUMN "promo_codes" jsonb NULL, ADD COLUMN "delivery_quote_id" bigint NULL, ADD COLUMN "merged_into" bigint NULL, ADD COLUMN "quote" jsonb NULL, ADD COLUMN "reserved_until" timestamptz NULL, ADD COLUMN "extended" boolean NOT NULL DEFAULT false;

-- create index "cart_reserved_until" to table: "carts"
CREATE INDEX "cart_reserved_until" ON "carts" ("reserved_until");

-- create "delivery_quotes" table
CREATE TABLE "delivery_quotes" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "method_id" bigint NOT NULL,
  "name" character varying NOT NULL,
  "description" character varying NOT NULL DEFAULT '',
  "price_amount" bigint NOT NULL,
  "currency" character varying NOT NULL,
  "tax_category" character varying NOT NULL DEFAULT 'standard',
  "country" character varying NOT NULL,
  "measure" bigint NOT NULL,
  "position" bigint NOT NULL,
  "expires_at" timestamptz NOT NULL,
  "cart_id" bigint NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "delivery_quotes_carts_cart" FOREIGN KEY ("cart_id") REFERENCES "carts" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "id_made_by_application" CHECK (id > 0),
  CONSTRAINT "price_not_negative" CHECK (price_amount >= 0)
);

-- create index "deliveryquote_cart_id_position_id" to table: "delivery_quotes"
CREATE INDEX "deliveryquote_cart_id_position_id" ON "delivery_quotes" ("cart_id", "position", "id");

-- create index "deliveryquote_expires_at" to table: "delivery_quotes"
CREATE INDEX "deliveryquote_expires_at" ON "delivery_quotes" ("expires_at");

-- modify "orders" table
ALTER TABLE "orders" DROP CONSTRAINT "status_known", ADD CONSTRAINT "status_known" CHECK (status IN ('PENDING_PAYMENT','PLACED','COMPLETED','CANCELLED','EXPIRED')), ADD CONSTRAINT "fulfilment_known" CHECK (fulfilment IN ('UNFULFILLED','PARTIAL','FULFILLED','DELIVERED')), ADD CONSTRAINT "parts_not_negative" CHECK (discount_amount >= 0 AND delivery_amount >= 0 AND tax_amount >= 0), ADD COLUMN "fulfilment" character varying NOT NULL DEFAULT 'UNFULFILLED', ADD COLUMN "cart_id" bigint NULL, ADD COLUMN "access_hash" bytea NULL, ADD COLUMN "discount_amount" bigint NOT NULL DEFAULT 0, ADD COLUMN "delivery_amount" bigint NOT NULL DEFAULT 0, ADD COLUMN "tax_amount" bigint NOT NULL DEFAULT 0, ADD COLUMN "tax_included" boolean NOT NULL DEFAULT true, ADD COLUMN "delivery_name" character varying NOT NULL DEFAULT '', ADD COLUMN "quote" jsonb NULL, ADD COLUMN "expires_at" timestamptz NULL;

-- create index "order_access_hash" to table: "orders"
CREATE INDEX "order_access_hash" ON "orders" ("access_hash");

-- create index "order_status_expires_at" to table: "orders"
CREATE INDEX "order_status_expires_at" ON "orders" ("status", "expires_at");

-- create index "orders_cart_id_key" to table: "orders"
CREATE UNIQUE INDEX "orders_cart_id_key" ON "orders" ("cart_id");

-- create "fulfilments" table
CREATE TABLE "fulfilments" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "version" bigint NOT NULL DEFAULT 1,
  "status" character varying NOT NULL DEFAULT 'SHIPPED',
  "carrier" character varying NOT NULL DEFAULT '',
  "tracking_number" character varying NOT NULL DEFAULT '',
  "tracking_url" character varying NOT NULL DEFAULT '',
  "delivered_at" timestamptz NULL,
  "order_id" bigint NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "fulfilments_orders_order" FOREIGN KEY ("order_id") REFERENCES "orders" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "delivered_has_time" CHECK (status = 'DELIVERED' AND delivered_at IS NOT NULL OR status <> 'DELIVERED' AND delivered_at IS NULL),
  CONSTRAINT "id_made_by_application" CHECK (id > 0),
  CONSTRAINT "status_known" CHECK (status IN ('SHIPPED','DELIVERED'))
);

-- create index "fulfilment_order_id_id" to table: "fulfilments"
CREATE INDEX "fulfilment_order_id_id" ON "fulfilments" ("order_id", "id");

-- modify "order_lines" table
ALTER TABLE "order_lines" ADD CONSTRAINT "fulfilled_in_range" CHECK (fulfilled BETWEEN 0 AND quantity), ADD CONSTRAINT "parts_in_range" CHECK (discount_amount BETWEEN 0 AND total_amount AND tax_amount >= 0), ADD COLUMN "discount_amount" bigint NOT NULL DEFAULT 0, ADD COLUMN "tax_amount" bigint NOT NULL DEFAULT 0, ADD COLUMN "fulfilled" bigint NOT NULL DEFAULT 0;

-- create "fulfilment_lines" table
CREATE TABLE "fulfilment_lines" (
  "id" bigint NOT NULL,
  "quantity" bigint NOT NULL,
  "fulfilment_id" bigint NOT NULL,
  "order_line_id" bigint NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "fulfilment_lines_fulfilments_fulfilment" FOREIGN KEY ("fulfilment_id") REFERENCES "fulfilments" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "fulfilment_lines_order_lines_order_line" FOREIGN KEY ("order_line_id") REFERENCES "order_lines" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "id_made_by_application" CHECK (id > 0),
  CONSTRAINT "quantity_positive" CHECK (quantity > 0)
);

-- create index "fulfilmentline_fulfilment_id_order_line_id" to table: "fulfilment_lines"
CREATE UNIQUE INDEX "fulfilmentline_fulfilment_id_order_line_id" ON "fulfilment_lines" ("fulfilment_id", "order_line_id");

-- create index "fulfilmentline_order_line_id" to table: "fulfilment_lines"
CREATE INDEX "fulfilmentline_order_line_id" ON "fulfilment_lines" ("order_line_id");

-- create "order_events" table
CREATE TABLE "order_events" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "kind" character varying NOT NULL,
  "public" boolean NOT NULL DEFAULT true,
  "text" character varying NOT NULL DEFAULT '',
  "data" jsonb NULL,
  "actor_id" bigint NULL,
  "order_id" bigint NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "order_events_orders_order" FOREIGN KEY ("order_id") REFERENCES "orders" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "id_made_by_application" CHECK (id > 0),
  CONSTRAINT "kind_known" CHECK (kind IN ('PLACED','PAYMENT_REQUIRES_ACTION','PAYMENT_AUTHORISED','PAYMENT_CAPTURED','PAYMENT_FAILED','PAYMENT_VOIDED','PAYMENT_REFUNDED','CONFIRMED','FULFILLED','TRACKING_UPDATED','DELIVERED','COMPLETED','CANCELLED','EXPIRED','NOTE'))
);

-- create index "orderevent_order_id_id" to table: "order_events"
CREATE INDEX "orderevent_order_id_id" ON "order_events" ("order_id", "id");

-- modify "payments" table
ALTER TABLE "payments" DROP CONSTRAINT "amount_not_negative", ADD CONSTRAINT "amount_not_negative" CHECK (due_amount >= 0 AND authorised_amount >= 0 AND captured_amount >= 0 AND refunded_amount >= 0), DROP CONSTRAINT "status_known", ADD CONSTRAINT "status_known" CHECK (status IN ('PENDING','REQUIRES_ACTION','AUTHORISED','CAPTURED','FAILED','VOIDED','REFUNDED')), ADD CONSTRAINT "refunds_captured" CHECK (refunded_amount <= captured_amount), ADD COLUMN "updated_at" timestamptz NOT NULL DEFAULT now(), ADD COLUMN "version" bigint NOT NULL DEFAULT 1, ADD COLUMN "gateway" character varying NOT NULL DEFAULT 'manual', ADD COLUMN "authorised_amount" bigint NOT NULL DEFAULT 0, ADD COLUMN "captured_amount" bigint NOT NULL DEFAULT 0, ADD COLUMN "refunded_amount" bigint NOT NULL DEFAULT 0, ADD COLUMN "reference" character varying NOT NULL DEFAULT '', ADD COLUMN "instrument" character varying NOT NULL DEFAULT '', ADD COLUMN "return_url" character varying NOT NULL DEFAULT '', ADD COLUMN "client_secret" character varying NOT NULL DEFAULT '', ADD COLUMN "redirect_url" character varying NOT NULL DEFAULT '', ADD COLUMN "error" character varying NOT NULL DEFAULT '';

-- create index "payment_gateway_reference" to table: "payments"
CREATE INDEX "payment_gateway_reference" ON "payments" ("gateway", "reference");

-- create index "payment_status_updated_at_id" to table: "payments"
CREATE INDEX "payment_status_updated_at_id" ON "payments" ("status", "updated_at", "id");

-- create "payment_events" table
CREATE TABLE "payment_events" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "gateway" character varying NOT NULL,
  "fact" character varying NOT NULL,
  "kind" character varying NOT NULL,
  "amount" bigint NOT NULL,
  "currency" character varying NOT NULL,
  "source" character varying NOT NULL,
  "occurred_at" timestamptz NOT NULL,
  "payment_id" bigint NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "payment_events_payments_payment" FOREIGN KEY ("payment_id") REFERENCES "payments" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "amount_not_negative" CHECK (amount >= 0),
  CONSTRAINT "id_made_by_application" CHECK (id > 0),
  CONSTRAINT "kind_known" CHECK (kind IN ('ACTION_REQUIRED','AUTHORISED','CAPTURED','REFUNDED','VOIDED','FAILED')),
  CONSTRAINT "source_known" CHECK (source IN ('ANSWER','WEBHOOK','SWEEP','STAFF'))
);

-- create index "paymentevent_gateway_fact" to table: "payment_events"
CREATE UNIQUE INDEX "paymentevent_gateway_fact" ON "payment_events" ("gateway", "fact");

-- create index "paymentevent_payment_id_id" to table: "payment_events"
CREATE INDEX "paymentevent_payment_id_id" ON "payment_events" ("payment_id", "id");

-- create "payment_steps" table
CREATE TABLE "payment_steps" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "version" bigint NOT NULL DEFAULT 1,
  "kind" character varying NOT NULL,
  "amount" bigint NOT NULL,
  "currency" character varying NOT NULL,
  "status" character varying NOT NULL DEFAULT 'PENDING',
  "reference" character varying NOT NULL DEFAULT '',
  "reason" character varying NOT NULL DEFAULT '',
  "error" character varying NOT NULL DEFAULT '',
  "actor_id" bigint NULL,
  "payment_id" bigint NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "payment_steps_payments_payment" FOREIGN KEY ("payment_id") REFERENCES "payments" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "amount_not_negative" CHECK (amount >= 0),
  CONSTRAINT "id_made_by_application" CHECK (id > 0),
  CONSTRAINT "kind_known" CHECK (kind IN ('AUTHORISE','CAPTURE','REFUND','VOID')),
  CONSTRAINT "status_known" CHECK (status IN ('PENDING','SUCCEEDED','FAILED'))
);

-- create index "paymentstep_payment_id_id" to table: "payment_steps"
CREATE INDEX "paymentstep_payment_id_id" ON "payment_steps" ("payment_id", "id");

-- create index "paymentstep_status_updated_at_id" to table: "payment_steps"
CREATE INDEX "paymentstep_status_updated_at_id" ON "payment_steps" ("status", "updated_at", "id");

-- create "promotions" table
CREATE TABLE "promotions" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "version" bigint NOT NULL DEFAULT 1,
  "name" character varying NOT NULL,
  "code" character varying NULL,
  "kind" character varying NOT NULL,
  "basis_points" bigint NOT NULL DEFAULT 0,
  "amount" bigint NOT NULL DEFAULT 0,
  "currency" character varying NOT NULL,
  "minimum_amount" bigint NOT NULL DEFAULT 0,
  "category_ids" jsonb NULL,
  "starts_at" timestamptz NULL,
  "ends_at" timestamptz NULL,
  "once_per_customer" boolean NOT NULL DEFAULT false,
  "usage_limit" bigint NULL,
  "used" bigint NOT NULL DEFAULT 0,
  "active" boolean NOT NULL DEFAULT true,
  PRIMARY KEY ("id"),
  CONSTRAINT "amounts_not_negative" CHECK (amount >= 0 AND minimum_amount >= 0),
  CONSTRAINT "basis_points_in_range" CHECK (basis_points BETWEEN 0 AND 10000),
  CONSTRAINT "ends_after_it_starts" CHECK (starts_at IS NULL OR ends_at IS NULL OR starts_at < ends_at),
  CONSTRAINT "fixed_has_amount" CHECK (kind <> 'FIXED_AMOUNT' OR amount > 0),
  CONSTRAINT "id_made_by_application" CHECK (id > 0),
  CONSTRAINT "kind_known" CHECK (kind IN ('PERCENTAGE','FIXED_AMOUNT','FREE_DELIVERY')),
  CONSTRAINT "never_used_beyond" CHECK (used >= 0 AND (usage_limit IS NULL OR used <= usage_limit)),
  CONSTRAINT "percentage_has_percent" CHECK (kind <> 'PERCENTAGE' OR basis_points > 0)
);

-- create index "promotion_active_id" to table: "promotions"
CREATE INDEX "promotion_active_id" ON "promotions" ("active", "id");

-- create index "promotions_code_key" to table: "promotions"
CREATE UNIQUE INDEX "promotions_code_key" ON "promotions" ("code");

-- create "promotion_uses" table
CREATE TABLE "promotion_uses" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "amount" bigint NOT NULL,
  "once" character varying NULL,
  "promotion_id" bigint NOT NULL,
  "order_id" bigint NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "promotion_uses_orders_order" FOREIGN KEY ("order_id") REFERENCES "orders" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "promotion_uses_promotions_promotion" FOREIGN KEY ("promotion_id") REFERENCES "promotions" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "id_made_by_application" CHECK (id > 0)
);

-- create index "promotion_uses_once_key" to table: "promotion_uses"
CREATE UNIQUE INDEX "promotion_uses_once_key" ON "promotion_uses" ("once");

-- create index "promotionuse_order_id" to table: "promotion_uses"
CREATE INDEX "promotionuse_order_id" ON "promotion_uses" ("order_id");

-- create index "promotionuse_promotion_id_order_id" to table: "promotion_uses"
CREATE UNIQUE INDEX "promotionuse_promotion_id_order_id" ON "promotion_uses" ("promotion_id", "order_id");

-- modify "variants" table
ALTER TABLE "variants" ADD CONSTRAINT "low_stock_not_negative" CHECK (low_stock >= 0), ADD CONSTRAINT "weight_not_negative" CHECK (weight >= 0), ADD COLUMN "opening" bigint NOT NULL DEFAULT 0, ADD COLUMN "low_stock" bigint NULL, ADD COLUMN "weight" bigint NOT NULL DEFAULT 0;

-- create index "variant_available_id" to table: "variants"
CREATE INDEX "variant_available_id" ON "variants" ("available", "id");

-- create "reservations" table
CREATE TABLE "reservations" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "quantity" bigint NOT NULL,
  "cart_id" bigint NOT NULL,
  "variant_id" bigint NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "reservations_carts_cart" FOREIGN KEY ("cart_id") REFERENCES "carts" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "reservations_variants_variant" FOREIGN KEY ("variant_id") REFERENCES "variants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "id_made_by_application" CHECK (id > 0),
  CONSTRAINT "quantity_positive" CHECK (quantity > 0)
);

-- create index "reservation_cart_id_variant_id" to table: "reservations"
CREATE UNIQUE INDEX "reservation_cart_id_variant_id" ON "reservations" ("cart_id", "variant_id");

-- create index "reservation_variant_id" to table: "reservations"
CREATE INDEX "reservation_variant_id" ON "reservations" ("variant_id");

-- rows of old: what the new columns say of them
UPDATE "payments" SET "updated_at" = "created_at", "captured_amount" = CASE WHEN "status" = 'CAPTURED' THEN "due_amount" ELSE 0 END;
ALTER TABLE "payments" ALTER COLUMN "updated_at" DROP DEFAULT;
UPDATE "variants" SET "opening" = GREATEST(LEAST("available" - COALESCE((SELECT SUM("quantity") FROM "stock_movements" WHERE "variant_id" = "variants"."id"), 0), 100000000000), -100000000000);
UPDATE "orders" SET "fulfilment" = 'DELIVERED' WHERE "status" = 'COMPLETED';
UPDATE "order_lines" SET "fulfilled" = "quantity" WHERE "order_id" IN (SELECT "id" FROM "orders" WHERE "status" = 'COMPLETED');

-- who might cancel orders may move their money, who changed the catalogue its pricing: so that administrators still hold everything
UPDATE "users" SET "permissions" = "permissions" || '["PAYMENT_WRITE"]' WHERE "permissions" @> '["ORDER_WRITE"]';
UPDATE "users" SET "permissions" = "permissions" || '["PRICING_READ","PRICING_WRITE"]' WHERE "permissions" @> '["CATALOG_WRITE"]';
UPDATE "roles" SET "permissions" = "permissions" || '["PAYMENT_WRITE"]' WHERE "permissions" @> '["ORDER_WRITE"]';
UPDATE "roles" SET "permissions" = "permissions" || '["PRICING_READ","PRICING_WRITE"]' WHERE "permissions" @> '["CATALOG_WRITE"]';
