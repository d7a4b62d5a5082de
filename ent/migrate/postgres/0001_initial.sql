-- +goose Up

-- create "idempotency_keys" table
CREATE TABLE "idempotency_keys" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "scope" character varying NOT NULL,
  "key" character varying NOT NULL,
  "request" bytea NOT NULL,
  "outcome" bytea NULL,
  "replays" bigint NOT NULL DEFAULT 0,
  PRIMARY KEY ("id"),
  CONSTRAINT "id_made_by_application" CHECK (id > 0)
);

-- create index "idempotencykey_created_at" to table: "idempotency_keys"
CREATE INDEX "idempotencykey_created_at" ON "idempotency_keys" ("created_at");

-- create index "idempotencykey_scope_key" to table: "idempotency_keys"
CREATE UNIQUE INDEX "idempotencykey_scope_key" ON "idempotency_keys" ("scope", "key");

-- create "users" table
CREATE TABLE "users" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "version" bigint NOT NULL DEFAULT 1,
  "email" character varying NOT NULL,
  "name" character varying NOT NULL DEFAULT '',
  "phone" character varying NOT NULL DEFAULT '',
  "country" character varying NOT NULL DEFAULT '',
  "name_key" bytea NOT NULL,
  "staff" boolean NOT NULL DEFAULT false,
  "permissions" jsonb NULL,
  "active" boolean NOT NULL DEFAULT true,
  PRIMARY KEY ("id"),
  CONSTRAINT "id_made_by_application" CHECK (id > 0)
);

-- create index "user_created_at_id" to table: "users"
CREATE INDEX "user_created_at_id" ON "users" ("created_at", "id");

-- create index "user_name_key_id" to table: "users"
CREATE INDEX "user_name_key_id" ON "users" ("name_key", "id");

-- create index "user_staff_created_at_id" to table: "users"
CREATE INDEX "user_staff_created_at_id" ON "users" ("staff", "created_at", "id");

-- create index "users_email_key" to table: "users"
CREATE UNIQUE INDEX "users_email_key" ON "users" ("email");

-- create "instances" table
CREATE TABLE "instances" (
  "id" bigint NOT NULL,
  "holder" character varying NOT NULL,
  "expires_at" timestamptz NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "number_in_range" CHECK (id BETWEEN 1 AND 1023)
);

-- create "addresses" table
CREATE TABLE "addresses" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "name" character varying NOT NULL,
  "company" character varying NOT NULL DEFAULT '',
  "line1" character varying NOT NULL,
  "line2" character varying NOT NULL DEFAULT '',
  "city" character varying NOT NULL,
  "region" character varying NOT NULL DEFAULT '',
  "postal_code" character varying NOT NULL DEFAULT '',
  "country" character varying NOT NULL,
  "phone" character varying NOT NULL DEFAULT '',
  "default_shipping" boolean NOT NULL DEFAULT false,
  "default_billing" boolean NOT NULL DEFAULT false,
  "user_id" bigint NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "addresses_users_user" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "id_made_by_application" CHECK (id > 0)
);

-- create index "address_user_id" to table: "addresses"
CREATE INDEX "address_user_id" ON "addresses" ("user_id");

-- create "carts" table
CREATE TABLE "carts" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "version" bigint NOT NULL DEFAULT 1,
  "token_hash" bytea NULL,
  "status" character varying NOT NULL DEFAULT 'OPEN',
  "currency" character varying NOT NULL,
  "user_id" bigint NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "carts_users_user" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE SET NULL,
  CONSTRAINT "held_by_somebody" CHECK (user_id IS NOT NULL OR token_hash IS NOT NULL),
  CONSTRAINT "id_made_by_application" CHECK (id > 0),
  CONSTRAINT "status_known" CHECK (status IN ('OPEN','ORDERED'))
);

-- create index "cart_token_hash" to table: "carts"
CREATE INDEX "cart_token_hash" ON "carts" ("token_hash");

-- create index "cart_user_id_status_updated_at" to table: "carts"
CREATE INDEX "cart_user_id_status_updated_at" ON "carts" ("user_id", "status", "updated_at");

-- create "categories" table
CREATE TABLE "categories" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "version" bigint NOT NULL DEFAULT 1,
  "name" character varying NOT NULL,
  "slug" character varying NOT NULL,
  "description" character varying NOT NULL DEFAULT '',
  "position" bigint NOT NULL DEFAULT 0,
  "parent_id" bigint NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "categories_categories_children" FOREIGN KEY ("parent_id") REFERENCES "categories" ("id") ON UPDATE NO ACTION ON DELETE SET NULL,
  CONSTRAINT "id_made_by_application" CHECK (id > 0),
  CONSTRAINT "parent_is_another" CHECK (parent_id <> id)
);

-- create index "categories_slug_key" to table: "categories"
CREATE UNIQUE INDEX "categories_slug_key" ON "categories" ("slug");

-- create index "category_parent_id_position_id" to table: "categories"
CREATE INDEX "category_parent_id_position_id" ON "categories" ("parent_id", "position", "id");

-- create index "category_position_id" to table: "categories"
CREATE INDEX "category_position_id" ON "categories" ("position", "id");

-- create "products" table
CREATE TABLE "products" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "version" bigint NOT NULL DEFAULT 1,
  "title" character varying NOT NULL,
  "slug" character varying NOT NULL,
  "description" character varying NOT NULL DEFAULT '',
  "status" character varying NOT NULL DEFAULT 'DRAFT',
  "title_key" bytea NOT NULL,
  "price_from_amount" bigint NOT NULL DEFAULT 0,
  "currency" character varying NOT NULL,
  "published_at" timestamptz NULL,
  "category_id" bigint NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "products_categories_category" FOREIGN KEY ("category_id") REFERENCES "categories" ("id") ON UPDATE NO ACTION ON DELETE SET NULL,
  CONSTRAINT "id_made_by_application" CHECK (id > 0),
  CONSTRAINT "price_from_not_negative" CHECK (price_from_amount >= 0),
  CONSTRAINT "status_known" CHECK (status IN ('DRAFT','PUBLISHED','ARCHIVED'))
);

-- create index "product_category_id_status_created_at_id" to table: "products"
CREATE INDEX "product_category_id_status_created_at_id" ON "products" ("category_id", "status", "created_at", "id");

-- create index "product_category_id_status_price_from_amount_id" to table: "products"
CREATE INDEX "product_category_id_status_price_from_amount_id" ON "products" ("category_id", "status", "price_from_amount", "id");

-- create index "product_category_id_status_title_key_id" to table: "products"
CREATE INDEX "product_category_id_status_title_key_id" ON "products" ("category_id", "status", "title_key", "id");

-- create index "product_created_at_id" to table: "products"
CREATE INDEX "product_created_at_id" ON "products" ("created_at", "id");

-- create index "product_price_from_amount_id" to table: "products"
CREATE INDEX "product_price_from_amount_id" ON "products" ("price_from_amount", "id");

-- create index "product_status_created_at_id" to table: "products"
CREATE INDEX "product_status_created_at_id" ON "products" ("status", "created_at", "id");

-- create index "product_status_price_from_amount_id" to table: "products"
CREATE INDEX "product_status_price_from_amount_id" ON "products" ("status", "price_from_amount", "id");

-- create index "product_status_title_key_id" to table: "products"
CREATE INDEX "product_status_title_key_id" ON "products" ("status", "title_key", "id");

-- create index "product_title_key_id" to table: "products"
CREATE INDEX "product_title_key_id" ON "products" ("title_key", "id");

-- create index "products_slug_key" to table: "products"
CREATE UNIQUE INDEX "products_slug_key" ON "products" ("slug");

-- create "variants" table
CREATE TABLE "variants" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "version" bigint NOT NULL DEFAULT 1,
  "sku" character varying NOT NULL,
  "title" character varying NOT NULL DEFAULT '',
  "price_amount" bigint NOT NULL,
  "currency" character varying NOT NULL,
  "available" bigint NOT NULL DEFAULT 0,
  "purchase_limit" bigint NULL,
  "position" bigint NOT NULL DEFAULT 0,
  "archived" boolean NOT NULL DEFAULT false,
  "product_id" bigint NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "variants_products_product" FOREIGN KEY ("product_id") REFERENCES "products" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "available_not_negative" CHECK (available >= 0),
  CONSTRAINT "id_made_by_application" CHECK (id > 0),
  CONSTRAINT "price_not_negative" CHECK (price_amount >= 0),
  CONSTRAINT "purchase_limit_positive" CHECK (purchase_limit > 0)
);

-- create index "variant_price_amount" to table: "variants"
CREATE INDEX "variant_price_amount" ON "variants" ("price_amount");

-- create index "variant_product_id_position_id" to table: "variants"
CREATE INDEX "variant_product_id_position_id" ON "variants" ("product_id", "position", "id");

-- create index "variants_sku_key" to table: "variants"
CREATE UNIQUE INDEX "variants_sku_key" ON "variants" ("sku");

-- create "cart_lines" table
CREATE TABLE "cart_lines" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "quantity" bigint NOT NULL,
  "cart_id" bigint NOT NULL,
  "variant_id" bigint NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "cart_lines_carts_cart" FOREIGN KEY ("cart_id") REFERENCES "carts" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "cart_lines_variants_variant" FOREIGN KEY ("variant_id") REFERENCES "variants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "id_made_by_application" CHECK (id > 0),
  CONSTRAINT "quantity_positive" CHECK (quantity > 0)
);

-- create index "cartline_cart_id_variant_id" to table: "cart_lines"
CREATE UNIQUE INDEX "cartline_cart_id_variant_id" ON "cart_lines" ("cart_id", "variant_id");

-- create index "cartline_variant_id" to table: "cart_lines"
CREATE INDEX "cartline_variant_id" ON "cart_lines" ("variant_id");

-- create "credentials" table
CREATE TABLE "credentials" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "password_hash" character varying NOT NULL,
  "user_id" bigint NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "credentials_users_user" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "id_made_by_application" CHECK (id > 0)
);

-- create index "credential_user_id" to table: "credentials"
CREATE UNIQUE INDEX "credential_user_id" ON "credentials" ("user_id");

-- create "pictures" table
CREATE TABLE "pictures" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "sha256" bytea NOT NULL,
  "format" character varying NOT NULL,
  "data" bytea NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "id_made_by_application" CHECK (id > 0)
);

-- create index "pictures_sha256_key" to table: "pictures"
CREATE UNIQUE INDEX "pictures_sha256_key" ON "pictures" ("sha256");

-- create "media" table
CREATE TABLE "media" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "token" character varying NOT NULL,
  "alt" character varying NOT NULL DEFAULT '',
  "position" bigint NOT NULL DEFAULT 0,
  "width" bigint NOT NULL,
  "height" bigint NOT NULL,
  "product_id" bigint NOT NULL,
  "picture_id" bigint NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "media_pictures_picture" FOREIGN KEY ("picture_id") REFERENCES "pictures" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "media_products_product" FOREIGN KEY ("product_id") REFERENCES "products" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "id_made_by_application" CHECK (id > 0)
);

-- create index "media_picture_id" to table: "media"
CREATE INDEX "media_picture_id" ON "media" ("picture_id");

-- create index "media_product_id_position_id" to table: "media"
CREATE INDEX "media_product_id_position_id" ON "media" ("product_id", "position", "id");

-- create index "media_token_key" to table: "media"
CREATE UNIQUE INDEX "media_token_key" ON "media" ("token");

-- create "orders" table
CREATE TABLE "orders" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "version" bigint NOT NULL DEFAULT 1,
  "number" character varying NOT NULL,
  "token_hash" bytea NULL,
  "email" character varying NOT NULL,
  "status" character varying NOT NULL DEFAULT 'PLACED',
  "subtotal_amount" bigint NOT NULL,
  "total_amount" bigint NOT NULL,
  "currency" character varying NOT NULL,
  "shipping_address" jsonb NULL,
  "billing_address" jsonb NULL,
  "country" character varying NOT NULL DEFAULT '',
  "placed_at" timestamptz NOT NULL,
  "cancelled_at" timestamptz NULL,
  "cancel_reason" character varying NOT NULL DEFAULT '',
  "user_id" bigint NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "orders_users_user" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE SET NULL,
  CONSTRAINT "cancelled_has_time" CHECK (status = 'CANCELLED' AND cancelled_at IS NOT NULL OR status <> 'CANCELLED' AND cancelled_at IS NULL),
  CONSTRAINT "id_made_by_application" CHECK (id > 0),
  CONSTRAINT "status_known" CHECK (status IN ('PLACED','COMPLETED','CANCELLED')),
  CONSTRAINT "total_not_negative" CHECK (total_amount >= 0 AND subtotal_amount >= 0)
);

-- create index "order_email" to table: "orders"
CREATE INDEX "order_email" ON "orders" ("email");

-- create index "order_placed_at_id" to table: "orders"
CREATE INDEX "order_placed_at_id" ON "orders" ("placed_at", "id");

-- create index "order_status_placed_at_id" to table: "orders"
CREATE INDEX "order_status_placed_at_id" ON "orders" ("status", "placed_at", "id");

-- create index "order_token_hash" to table: "orders"
CREATE INDEX "order_token_hash" ON "orders" ("token_hash");

-- create index "order_total_amount_id" to table: "orders"
CREATE INDEX "order_total_amount_id" ON "orders" ("total_amount", "id");

-- create index "order_user_id_placed_at_id" to table: "orders"
CREATE INDEX "order_user_id_placed_at_id" ON "orders" ("user_id", "placed_at", "id");

-- create index "order_user_id_total_amount_id" to table: "orders"
CREATE INDEX "order_user_id_total_amount_id" ON "orders" ("user_id", "total_amount", "id");

-- create index "orders_number_key" to table: "orders"
CREATE UNIQUE INDEX "orders_number_key" ON "orders" ("number");

-- create "order_lines" table
CREATE TABLE "order_lines" (
  "id" bigint NOT NULL,
  "position" bigint NOT NULL,
  "title" character varying NOT NULL,
  "sku" character varying NOT NULL,
  "quantity" bigint NOT NULL,
  "unit_price_amount" bigint NOT NULL,
  "total_amount" bigint NOT NULL,
  "currency" character varying NOT NULL,
  "order_id" bigint NOT NULL,
  "variant_id" bigint NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "order_lines_orders_order" FOREIGN KEY ("order_id") REFERENCES "orders" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "order_lines_variants_variant" FOREIGN KEY ("variant_id") REFERENCES "variants" ("id") ON UPDATE NO ACTION ON DELETE SET NULL,
  CONSTRAINT "id_made_by_application" CHECK (id > 0),
  CONSTRAINT "quantity_positive" CHECK (quantity > 0),
  CONSTRAINT "total_not_negative" CHECK (total_amount >= 0 AND unit_price_amount >= 0)
);

-- create index "orderline_order_id_position" to table: "order_lines"
CREATE UNIQUE INDEX "orderline_order_id_position" ON "order_lines" ("order_id", "position");

-- create index "orderline_variant_id" to table: "order_lines"
CREATE INDEX "orderline_variant_id" ON "order_lines" ("variant_id");

-- create "payments" table
CREATE TABLE "payments" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "method" character varying NOT NULL,
  "status" character varying NOT NULL DEFAULT 'PENDING',
  "due_amount" bigint NOT NULL,
  "currency" character varying NOT NULL,
  "order_id" bigint NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "payments_orders_order" FOREIGN KEY ("order_id") REFERENCES "orders" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "amount_not_negative" CHECK (due_amount >= 0),
  CONSTRAINT "id_made_by_application" CHECK (id > 0),
  CONSTRAINT "status_known" CHECK (status IN ('PENDING','CAPTURED','VOIDED'))
);

-- create index "payment_order_id" to table: "payments"
CREATE INDEX "payment_order_id" ON "payments" ("order_id");

-- create "product_terms" table
CREATE TABLE "product_terms" (
  "id" bigint NOT NULL,
  "term" bytea NOT NULL,
  "weight" bigint NOT NULL,
  "product_id" bigint NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "product_terms_products_product" FOREIGN KEY ("product_id") REFERENCES "products" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "id_made_by_application" CHECK (id > 0)
);

-- create index "productterm_product_id_term" to table: "product_terms"
CREATE UNIQUE INDEX "productterm_product_id_term" ON "product_terms" ("product_id", "term");

-- create index "productterm_term_product_id_weight" to table: "product_terms"
CREATE INDEX "productterm_term_product_id_weight" ON "product_terms" ("term", "product_id", "weight");

-- create "sessions" table
CREATE TABLE "sessions" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "token_hash" bytea NOT NULL,
  "expires_at" timestamptz NOT NULL,
  "revoked_at" timestamptz NULL,
  "user_id" bigint NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "sessions_users_user" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "id_made_by_application" CHECK (id > 0)
);

-- create index "session_user_id" to table: "sessions"
CREATE INDEX "session_user_id" ON "sessions" ("user_id");

-- create index "sessions_token_hash_key" to table: "sessions"
CREATE UNIQUE INDEX "sessions_token_hash_key" ON "sessions" ("token_hash");

-- create "stock_movements" table
CREATE TABLE "stock_movements" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "quantity" bigint NOT NULL,
  "reason" character varying NOT NULL,
  "note" character varying NOT NULL DEFAULT '',
  "actor_id" bigint NULL,
  "order_id" bigint NULL,
  "variant_id" bigint NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "stock_movements_variants_variant" FOREIGN KEY ("variant_id") REFERENCES "variants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "id_made_by_application" CHECK (id > 0),
  CONSTRAINT "quantity_not_zero" CHECK (quantity <> 0),
  CONSTRAINT "reason_known" CHECK (reason IN ('RECEIVED','CORRECTION','DAMAGED','RETURNED','SOLD','CANCELLED'))
);

-- create index "stockmovement_variant_id_created_at_id" to table: "stock_movements"
CREATE INDEX "stockmovement_variant_id_created_at_id" ON "stock_movements" ("variant_id", "created_at", "id");
