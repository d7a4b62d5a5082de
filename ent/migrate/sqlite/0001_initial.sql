-- +goose Up

-- create "addresses" table
CREATE TABLE `addresses` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `name` text NOT NULL,
  `company` text NOT NULL DEFAULT '',
  `line1` text NOT NULL,
  `line2` text NOT NULL DEFAULT '',
  `city` text NOT NULL,
  `region` text NOT NULL DEFAULT '',
  `postal_code` text NOT NULL DEFAULT '',
  `country` text NOT NULL,
  `phone` text NOT NULL DEFAULT '',
  `default_shipping` bool NOT NULL DEFAULT false,
  `default_billing` bool NOT NULL DEFAULT false,
  `user_id` integer NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `addresses_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `id_made_by_application` CHECK (id > 0)
);

-- create index "address_user_id" to table: "addresses"
CREATE INDEX `address_user_id` ON `addresses` (`user_id`);

-- create "carts" table
CREATE TABLE `carts` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `updated_at` datetime NOT NULL,
  `version` integer NOT NULL DEFAULT 1,
  `token_hash` blob NULL,
  `status` text NOT NULL DEFAULT 'OPEN',
  `currency` text NOT NULL,
  `user_id` integer NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `carts_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE SET NULL,
  CONSTRAINT `held_by_somebody` CHECK (user_id IS NOT NULL OR token_hash IS NOT NULL),
  CONSTRAINT `id_made_by_application` CHECK (id > 0),
  CONSTRAINT `status_known` CHECK (status IN ('OPEN','ORDERED'))
);

-- create index "cart_user_id_status_updated_at" to table: "carts"
CREATE INDEX `cart_user_id_status_updated_at` ON `carts` (`user_id`, `status`, `updated_at`);

-- create index "cart_token_hash" to table: "carts"
CREATE INDEX `cart_token_hash` ON `carts` (`token_hash`);

-- create "cart_lines" table
CREATE TABLE `cart_lines` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `quantity` integer NOT NULL,
  `cart_id` integer NOT NULL,
  `variant_id` integer NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `cart_lines_variants_variant` FOREIGN KEY (`variant_id`) REFERENCES `variants` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `cart_lines_carts_cart` FOREIGN KEY (`cart_id`) REFERENCES `carts` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `id_made_by_application` CHECK (id > 0),
  CONSTRAINT `quantity_positive` CHECK (quantity > 0)
);

-- create index "cartline_cart_id_variant_id" to table: "cart_lines"
CREATE UNIQUE INDEX `cartline_cart_id_variant_id` ON `cart_lines` (`cart_id`, `variant_id`);

-- create index "cartline_variant_id" to table: "cart_lines"
CREATE INDEX `cartline_variant_id` ON `cart_lines` (`variant_id`);

-- create "categories" table
CREATE TABLE `categories` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `updated_at` datetime NOT NULL,
  `version` integer NOT NULL DEFAULT 1,
  `name` text NOT NULL,
  `slug` text NOT NULL,
  `description` text NOT NULL DEFAULT '',
  `position` integer NOT NULL DEFAULT 0,
  `parent_id` integer NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `categories_categories_children` FOREIGN KEY (`parent_id`) REFERENCES `categories` (`id`) ON UPDATE NO ACTION ON DELETE SET NULL,
  CONSTRAINT `id_made_by_application` CHECK (id > 0),
  CONSTRAINT `parent_is_another` CHECK (parent_id <> id)
);

-- create index "categories_slug_key" to table: "categories"
CREATE UNIQUE INDEX `categories_slug_key` ON `categories` (`slug`);

-- create index "category_parent_id_position_id" to table: "categories"
CREATE INDEX `category_parent_id_position_id` ON `categories` (`parent_id`, `position`, `id`);

-- create index "category_position_id" to table: "categories"
CREATE INDEX `category_position_id` ON `categories` (`position`, `id`);

-- create "credentials" table
CREATE TABLE `credentials` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `password_hash` text NOT NULL,
  `user_id` integer NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `credentials_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `id_made_by_application` CHECK (id > 0)
);

-- create index "credential_user_id" to table: "credentials"
CREATE UNIQUE INDEX `credential_user_id` ON `credentials` (`user_id`);

-- create "idempotency_keys" table
CREATE TABLE `idempotency_keys` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `scope` text NOT NULL,
  `key` text NOT NULL,
  `request` blob NOT NULL,
  `outcome` blob NULL,
  `replays` integer NOT NULL DEFAULT 0,
  PRIMARY KEY (`id`),
  CONSTRAINT `id_made_by_application` CHECK (id > 0)
);

-- create index "idempotencykey_scope_key" to table: "idempotency_keys"
CREATE UNIQUE INDEX `idempotencykey_scope_key` ON `idempotency_keys` (`scope`, `key`);

-- create index "idempotencykey_created_at" to table: "idempotency_keys"
CREATE INDEX `idempotencykey_created_at` ON `idempotency_keys` (`created_at`);

-- create "instances" table
CREATE TABLE `instances` (
  `id` integer NOT NULL,
  `holder` text NOT NULL,
  `expires_at` datetime NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `number_in_range` CHECK (id BETWEEN 1 AND 1023)
);

-- create "media" table
CREATE TABLE `media` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `token` text NOT NULL,
  `alt` text NOT NULL DEFAULT '',
  `position` integer NOT NULL DEFAULT 0,
  `width` integer NOT NULL,
  `height` integer NOT NULL,
  `product_id` integer NOT NULL,
  `picture_id` integer NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `media_pictures_picture` FOREIGN KEY (`picture_id`) REFERENCES `pictures` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `media_products_product` FOREIGN KEY (`product_id`) REFERENCES `products` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `id_made_by_application` CHECK (id > 0)
);

-- create index "media_token_key" to table: "media"
CREATE UNIQUE INDEX `media_token_key` ON `media` (`token`);

-- create index "media_product_id_position_id" to table: "media"
CREATE INDEX `media_product_id_position_id` ON `media` (`product_id`, `position`, `id`);

-- create index "media_picture_id" to table: "media"
CREATE INDEX `media_picture_id` ON `media` (`picture_id`);

-- create "orders" table
CREATE TABLE `orders` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `updated_at` datetime NOT NULL,
  `version` integer NOT NULL DEFAULT 1,
  `number` text NOT NULL,
  `token_hash` blob NULL,
  `email` text NOT NULL,
  `status` text NOT NULL DEFAULT 'PLACED',
  `subtotal_amount` integer NOT NULL,
  `total_amount` integer NOT NULL,
  `currency` text NOT NULL,
  `shipping_address` json NULL,
  `billing_address` json NULL,
  `country` text NOT NULL DEFAULT '',
  `placed_at` datetime NOT NULL,
  `cancelled_at` datetime NULL,
  `cancel_reason` text NOT NULL DEFAULT '',
  `user_id` integer NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `orders_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE SET NULL,
  CONSTRAINT `cancelled_has_time` CHECK (status = 'CANCELLED' AND cancelled_at IS NOT NULL OR status <> 'CANCELLED' AND cancelled_at IS NULL),
  CONSTRAINT `id_made_by_application` CHECK (id > 0),
  CONSTRAINT `status_known` CHECK (status IN ('PLACED','COMPLETED','CANCELLED')),
  CONSTRAINT `total_not_negative` CHECK (total_amount >= 0 AND subtotal_amount >= 0)
);

-- create index "orders_number_key" to table: "orders"
CREATE UNIQUE INDEX `orders_number_key` ON `orders` (`number`);

-- create index "order_user_id_placed_at_id" to table: "orders"
CREATE INDEX `order_user_id_placed_at_id` ON `orders` (`user_id`, `placed_at`, `id`);

-- create index "order_user_id_total_amount_id" to table: "orders"
CREATE INDEX `order_user_id_total_amount_id` ON `orders` (`user_id`, `total_amount`, `id`);

-- create index "order_placed_at_id" to table: "orders"
CREATE INDEX `order_placed_at_id` ON `orders` (`placed_at`, `id`);

-- create index "order_status_placed_at_id" to table: "orders"
CREATE INDEX `order_status_placed_at_id` ON `orders` (`status`, `placed_at`, `id`);

-- create index "order_total_amount_id" to table: "orders"
CREATE INDEX `order_total_amount_id` ON `orders` (`total_amount`, `id`);

-- create index "order_email" to table: "orders"
CREATE INDEX `order_email` ON `orders` (`email`);

-- create index "order_token_hash" to table: "orders"
CREATE INDEX `order_token_hash` ON `orders` (`token_hash`);

-- create "order_lines" table
CREATE TABLE `order_lines` (
  `id` integer NOT NULL,
  `position` integer NOT NULL,
  `title` text NOT NULL,
  `sku` text NOT NULL,
  `quantity` integer NOT NULL,
  `unit_price_amount` integer NOT NULL,
  `total_amount` integer NOT NULL,
  `currency` text NOT NULL,
  `order_id` integer NOT NULL,
  `variant_id` integer NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `order_lines_variants_variant` FOREIGN KEY (`variant_id`) REFERENCES `variants` (`id`) ON UPDATE NO ACTION ON DELETE SET NULL,
  CONSTRAINT `order_lines_orders_order` FOREIGN KEY (`order_id`) REFERENCES `orders` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `id_made_by_application` CHECK (id > 0),
  CONSTRAINT `quantity_positive` CHECK (quantity > 0),
  CONSTRAINT `total_not_negative` CHECK (total_amount >= 0 AND unit_price_amount >= 0)
);

-- create index "orderline_order_id_position" to table: "order_lines"
CREATE UNIQUE INDEX `orderline_order_id_position` ON `order_lines` (`order_id`, `position`);

-- create index "orderline_variant_id" to table: "order_lines"
CREATE INDEX `orderline_variant_id` ON `order_lines` (`variant_id`);

-- create "payments" table
CREATE TABLE `payments` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `method` text NOT NULL,
  `status` text NOT NULL DEFAULT 'PENDING',
  `due_amount` integer NOT NULL,
  `currency` text NOT NULL,
  `order_id` integer NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `payments_orders_order` FOREIGN KEY (`order_id`) REFERENCES `orders` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `amount_not_negative` CHECK (due_amount >= 0),
  CONSTRAINT `id_made_by_application` CHECK (id > 0),
  CONSTRAINT `status_known` CHECK (status IN ('PENDING','CAPTURED','VOIDED'))
);

-- create index "payment_order_id" to table: "payments"
CREATE INDEX `payment_order_id` ON `payments` (`order_id`);

-- create "pictures" table
CREATE TABLE `pictures` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `sha256` blob NOT NULL,
  `format` text NOT NULL,
  `data` blob NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `id_made_by_application` CHECK (id > 0)
);

-- create index "pictures_sha256_key" to table: "pictures"
CREATE UNIQUE INDEX `pictures_sha256_key` ON `pictures` (`sha256`);

-- create "products" table
CREATE TABLE `products` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `updated_at` datetime NOT NULL,
  `version` integer NOT NULL DEFAULT 1,
  `title` text NOT NULL,
  `slug` text NOT NULL,
  `description` text NOT NULL DEFAULT '',
  `status` text NOT NULL DEFAULT 'DRAFT',
  `title_key` blob NOT NULL,
  `price_from_amount` integer NOT NULL DEFAULT 0,
  `currency` text NOT NULL,
  `published_at` datetime NULL,
  `category_id` integer NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `products_categories_category` FOREIGN KEY (`category_id`) REFERENCES `categories` (`id`) ON UPDATE NO ACTION ON DELETE SET NULL,
  CONSTRAINT `id_made_by_application` CHECK (id > 0),
  CONSTRAINT `price_from_not_negative` CHECK (price_from_amount >= 0),
  CONSTRAINT `status_known` CHECK (status IN ('DRAFT','PUBLISHED','ARCHIVED'))
);

-- create index "products_slug_key" to table: "products"
CREATE UNIQUE INDEX `products_slug_key` ON `products` (`slug`);

-- create index "product_category_id_status_created_at_id" to table: "products"
CREATE INDEX `product_category_id_status_created_at_id` ON `products` (`category_id`, `status`, `created_at`, `id`);

-- create index "product_status_created_at_id" to table: "products"
CREATE INDEX `product_status_created_at_id` ON `products` (`status`, `created_at`, `id`);

-- create index "product_created_at_id" to table: "products"
CREATE INDEX `product_created_at_id` ON `products` (`created_at`, `id`);

-- create index "product_category_id_status_title_key_id" to table: "products"
CREATE INDEX `product_category_id_status_title_key_id` ON `products` (`category_id`, `status`, `title_key`, `id`);

-- create index "product_status_title_key_id" to table: "products"
CREATE INDEX `product_status_title_key_id` ON `products` (`status`, `title_key`, `id`);

-- create index "product_title_key_id" to table: "products"
CREATE INDEX `product_title_key_id` ON `products` (`title_key`, `id`);

-- create index "product_category_id_status_price_from_amount_id" to table: "products"
CREATE INDEX `product_category_id_status_price_from_amount_id` ON `products` (`category_id`, `status`, `price_from_amount`, `id`);

-- create index "product_status_price_from_amount_id" to table: "products"
CREATE INDEX `product_status_price_from_amount_id` ON `products` (`status`, `price_from_amount`, `id`);

-- create index "product_price_from_amount_id" to table: "products"
CREATE INDEX `product_price_from_amount_id` ON `products` (`price_from_amount`, `id`);

-- create "product_terms" table
CREATE TABLE `product_terms` (
  `id` integer NOT NULL,
  `term` blob NOT NULL,
  `weight` integer NOT NULL,
  `product_id` integer NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `product_terms_products_product` FOREIGN KEY (`product_id`) REFERENCES `products` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `id_made_by_application` CHECK (id > 0)
);

-- create index "productterm_term_product_id_weight" to table: "product_terms"
CREATE INDEX `productterm_term_product_id_weight` ON `product_terms` (`term`, `product_id`, `weight`);

-- create index "productterm_product_id_term" to table: "product_terms"
CREATE UNIQUE INDEX `productterm_product_id_term` ON `product_terms` (`product_id`, `term`);

-- create "sessions" table
CREATE TABLE `sessions` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `token_hash` blob NOT NULL,
  `expires_at` datetime NOT NULL,
  `revoked_at` datetime NULL,
  `user_id` integer NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `sessions_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `id_made_by_application` CHECK (id > 0)
);

-- create index "sessions_token_hash_key" to table: "sessions"
CREATE UNIQUE INDEX `sessions_token_hash_key` ON `sessions` (`token_hash`);

-- create index "session_user_id" to table: "sessions"
CREATE INDEX `session_user_id` ON `sessions` (`user_id`);

-- create "stock_movements" table
CREATE TABLE `stock_movements` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `quantity` integer NOT NULL,
  `reason` text NOT NULL,
  `note` text NOT NULL DEFAULT '',
  `actor_id` integer NULL,
  `order_id` integer NULL,
  `variant_id` integer NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `stock_movements_variants_variant` FOREIGN KEY (`variant_id`) REFERENCES `variants` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `id_made_by_application` CHECK (id > 0),
  CONSTRAINT `quantity_not_zero` CHECK (quantity <> 0),
  CONSTRAINT `reason_known` CHECK (reason IN ('RECEIVED','CORRECTION','DAMAGED','RETURNED','SOLD','CANCELLED'))
);

-- create index "stockmovement_variant_id_created_at_id" to table: "stock_movements"
CREATE INDEX `stockmovement_variant_id_created_at_id` ON `stock_movements` (`variant_id`, `created_at`, `id`);

-- create "users" table
CREATE TABLE `users` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `updated_at` datetime NOT NULL,
  `version` integer NOT NULL DEFAULT 1,
  `email` text NOT NULL,
  `name` text NOT NULL DEFAULT '',
  `phone` text NOT NULL DEFAULT '',
  `country` text NOT NULL DEFAULT '',
  `name_key` blob NOT NULL,
  `staff` bool NOT NULL DEFAULT false,
  `permissions` json NULL,
  `active` bool NOT NULL DEFAULT true,
  PRIMARY KEY (`id`),
  CONSTRAINT `id_made_by_application` CHECK (id > 0)
);

-- create index "users_email_key" to table: "users"
CREATE UNIQUE INDEX `users_email_key` ON `users` (`email`);

-- create index "user_created_at_id" to table: "users"
CREATE INDEX `user_created_at_id` ON `users` (`created_at`, `id`);

-- create index "user_name_key_id" to table: "users"
CREATE INDEX `user_name_key_id` ON `users` (`name_key`, `id`);

-- create index "user_staff_created_at_id" to table: "users"
CREATE INDEX `user_staff_created_at_id` ON `users` (`staff`, `created_at`, `id`);

-- create "variants" table
CREATE TABLE `variants` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `updated_at` datetime NOT NULL,
  `version` integer NOT NULL DEFAULT 1,
  `sku` text NOT NULL,
  `title` text NOT NULL DEFAULT '',
  `price_amount` integer NOT NULL,
  `currency` text NOT NULL,
  `available` integer NOT NULL DEFAULT 0,
  `purchase_limit` integer NULL,
  `position` integer NOT NULL DEFAULT 0,
  `archived` bool NOT NULL DEFAULT false,
  `product_id` integer NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `variants_products_product` FOREIGN KEY (`product_id`) REFERENCES `products` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `available_not_negative` CHECK (available >= 0),
  CONSTRAINT `id_made_by_application` CHECK (id > 0),
  CONSTRAINT `price_not_negative` CHECK (price_amount >= 0),
  CONSTRAINT `purchase_limit_positive` CHECK (purchase_limit > 0)
);

-- create index "variants_sku_key" to table: "variants"
CREATE UNIQUE INDEX `variants_sku_key` ON `variants` (`sku`);

-- create index "variant_product_id_position_id" to table: "variants"
CREATE INDEX `variant_product_id_position_id` ON `variants` (`product_id`, `position`, `id`);

-- create index "variant_price_amount" to table: "variants"
CREATE INDEX `variant_price_amount` ON `variants` (`price_amount`);
