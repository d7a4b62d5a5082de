-- +goose Up

-- create "new_carts" table
CREATE TABLE `new_carts` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `updated_at` datetime NOT NULL,
  `version` integer NOT NULL DEFAULT 1,
  `token_hash` blob NULL,
  `status` text NOT NULL DEFAULT 'OPEN',
  `currency` text NOT NULL,
  `email` text NOT NULL DEFAULT '',
  `shipping_address` json NULL,
  `billing_address` json NULL,
  `promo_codes` json NULL,
  `delivery_quote_id` integer NULL,
  `merged_into` integer NULL,
  `quote` json NULL,
  `reserved_until` datetime NULL,
  `extended` bool NOT NULL DEFAULT false,
  `user_id` integer NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `carts_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE SET NULL,
  CONSTRAINT `held_by_somebody` CHECK (user_id IS NOT NULL OR token_hash IS NOT NULL),
  CONSTRAINT `id_made_by_application` CHECK (id > 0),
  CONSTRAINT `status_known` CHECK (status IN ('OPEN','ORDERED','MERGED'))
);

-- copy rows from old table "carts" to new temporary table "new_carts"
INSERT INTO `new_carts` (`id`, `created_at`, `updated_at`, `version`, `token_hash`, `status`, `currency`, `user_id`) SELECT `id`, `created_at`, `updated_at`, `version`, `token_hash`, `status`, `currency`, `user_id` FROM `carts`;

-- drop "carts" table after copying rows
DROP TABLE `carts`;

-- rename temporary table "new_carts" to "carts"
ALTER TABLE `new_carts` RENAME TO `carts`;

-- create index "cart_user_id_status_updated_at" to table: "carts"
CREATE INDEX `cart_user_id_status_updated_at` ON `carts` (`user_id`, `status`, `updated_at`);

-- create index "cart_token_hash" to table: "carts"
CREATE INDEX `cart_token_hash` ON `carts` (`token_hash`);

-- create index "cart_reserved_until" to table: "carts"
CREATE INDEX `cart_reserved_until` ON `carts` (`reserved_until`);

-- add column "seen_price" to table: "cart_lines"
ALTER TABLE `cart_lines` ADD COLUMN `seen_price` integer NULL;

-- create "new_orders" table
CREATE TABLE `new_orders` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `updated_at` datetime NOT NULL,
  `version` integer NOT NULL DEFAULT 1,
  `number` text NOT NULL,
  `token_hash` blob NULL,
  `email` text NOT NULL,
  `status` text NOT NULL DEFAULT 'PLACED',
  `fulfilment` text NOT NULL DEFAULT 'UNFULFILLED',
  `cart_id` integer NULL,
  `access_hash` blob NULL,
  `discount_amount` integer NOT NULL DEFAULT 0,
  `delivery_amount` integer NOT NULL DEFAULT 0,
  `tax_amount` integer NOT NULL DEFAULT 0,
  `tax_included` bool NOT NULL DEFAULT true,
  `delivery_name` text NOT NULL DEFAULT '',
  `quote` json NULL,
  `expires_at` datetime NULL,
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
  CONSTRAINT `fulfilment_known` CHECK (fulfilment IN ('UNFULFILLED','PARTIAL','FULFILLED','DELIVERED')),
  CONSTRAINT `id_made_by_application` CHECK (id > 0),
  CONSTRAINT `parts_not_negative` CHECK (discount_amount >= 0 AND delivery_amount >= 0 AND tax_amount >= 0),
  CONSTRAINT `status_known` CHECK (status IN ('PENDING_PAYMENT','PLACED','COMPLETED','CANCELLED','EXPIRED')),
  CONSTRAINT `total_not_negative` CHECK (total_amount >= 0 AND subtotal_amount >= 0)
);

-- copy rows from old table "orders" to new temporary table "new_orders"
INSERT INTO `new_orders` (`id`, `created_at`, `updated_at`, `version`, `number`, `token_hash`, `email`, `status`, `subtotal_amount`, `total_amount`, `currency`, `shipping_address`, `billing_address`, `country`, `placed_at`, `cancelled_at`, `cancel_reason`, `user_id`) SELECT `id`, `created_at`, `updated_at`, `version`, `number`, `token_hash`, `email`, `status`, `subtotal_amount`, `total_amount`, `currency`, `shipping_address`, `billing_address`, `country`, `placed_at`, `cancelled_at`, `cancel_reason`, `user_id` FROM `orders`;

-- drop "orders" table after copying rows
DROP TABLE `orders`;

-- rename temporary table "new_orders" to "orders"
ALTER TABLE `new_orders` RENAME TO `orders`;

-- create index "orders_number_key" to table: "orders"
CREATE UNIQUE INDEX `orders_number_key` ON `orders` (`number`);

-- create index "orders_cart_id_key" to table: "orders"
CREATE UNIQUE INDEX `orders_cart_id_key` ON `orders` (`cart_id`);

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

-- create index "order_access_hash" to table: "orders"
CREATE INDEX `order_access_hash` ON `orders` (`access_hash`);

-- create index "order_status_expires_at" to table: "orders"
CREATE INDEX `order_status_expires_at` ON `orders` (`status`, `expires_at`);

-- create "new_order_lines" table
CREATE TABLE `new_order_lines` (
  `id` integer NOT NULL,
  `position` integer NOT NULL,
  `title` text NOT NULL,
  `sku` text NOT NULL,
  `quantity` integer NOT NULL,
  `unit_price_amount` integer NOT NULL,
  `total_amount` integer NOT NULL,
  `discount_amount` integer NOT NULL DEFAULT 0,
  `tax_amount` integer NOT NULL DEFAULT 0,
  `fulfilled` integer NOT NULL DEFAULT 0,
  `currency` text NOT NULL,
  `order_id` integer NOT NULL,
  `variant_id` integer NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `order_lines_variants_variant` FOREIGN KEY (`variant_id`) REFERENCES `variants` (`id`) ON UPDATE NO ACTION ON DELETE SET NULL,
  CONSTRAINT `order_lines_orders_order` FOREIGN KEY (`order_id`) REFERENCES `orders` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `fulfilled_in_range` CHECK (fulfilled BETWEEN 0 AND quantity),
  CONSTRAINT `id_made_by_application` CHECK (id > 0),
  CONSTRAINT `parts_in_range` CHECK (discount_amount BETWEEN 0 AND total_amount AND tax_amount >= 0),
  CONSTRAINT `quantity_positive` CHECK (quantity > 0),
  CONSTRAINT `total_not_negative` CHECK (total_amount >= 0 AND unit_price_amount >= 0)
);

-- copy rows from old table "order_lines" to new temporary table "new_order_lines"
INSERT INTO `new_order_lines` (`id`, `position`, `title`, `sku`, `quantity`, `unit_price_amount`, `total_amount`, `currency`, `order_id`, `variant_id`) SELECT `id`, `position`, `title`, `sku`, `quantity`, `unit_price_amount`, `total_amount`, `currency`, `order_id`, `variant_id` FROM `order_lines`;

-- drop "order_lines" table after copying rows
DROP TABLE `order_lines`;

-- rename temporary table "new_order_lines" to "order_lines"
ALTER TABLE `new_order_lines` RENAME TO `order_lines`;

-- create index "orderline_order_id_position" to table: "order_lines"
CREATE UNIQUE INDEX `orderline_order_id_position` ON `order_lines` (`order_id`, `position`);

-- create index "orderline_variant_id" to table: "order_lines"
CREATE INDEX `orderline_variant_id` ON `order_lines` (`variant_id`);

-- create "new_payments" table
CREATE TABLE `new_payments` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `updated_at` datetime NOT NULL,
  `version` integer NOT NULL DEFAULT 1,
  `method` text NOT NULL,
  `gateway` text NOT NULL DEFAULT 'manual',
  `status` text NOT NULL DEFAULT 'PENDING',
  `due_amount` integer NOT NULL,
  `authorised_amount` integer NOT NULL DEFAULT 0,
  `captured_amount` integer NOT NULL DEFAULT 0,
  `refunded_amount` integer NOT NULL DEFAULT 0,
  `currency` text NOT NULL,
  `reference` text NOT NULL DEFAULT '',
  `instrument` text NOT NULL DEFAULT '',
  `return_url` text NOT NULL DEFAULT '',
  `client_secret` text NOT NULL DEFAULT '',
  `redirect_url` text NOT NULL DEFAULT '',
  `error` text NOT NULL DEFAULT '',
  `order_id` integer NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `payments_orders_order` FOREIGN KEY (`order_id`) REFERENCES `orders` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `amount_not_negative` CHECK (due_amount >= 0 AND authorised_amount >= 0 AND captured_amount >= 0 AND refunded_amount >= 0),
  CONSTRAINT `id_made_by_application` CHECK (id > 0),
  CONSTRAINT `refunds_captured` CHECK (refunded_amount <= captured_amount),
  CONSTRAINT `status_known` CHECK (status IN ('PENDING','REQUIRES_ACTION','AUTHORISED','CAPTURED','FAILED','VOIDED','REFUNDED'))
);

-- copy rows from old table "payments" to new temporary table "new_payments"
INSERT INTO `new_payments` (`id`, `created_at`, `updated_at`, `method`, `status`, `due_amount`, `currency`, `order_id`) SELECT `id`, `created_at`, `created_at`, `method`, `status`, `due_amount`, `currency`, `order_id` FROM `payments`;

-- drop "payments" table after copying rows
DROP TABLE `payments`;

-- rename temporary table "new_payments" to "payments"
ALTER TABLE `new_payments` RENAME TO `payments`;

-- create index "payment_order_id" to table: "payments"
CREATE INDEX `payment_order_id` ON `payments` (`order_id`);

-- create index "payment_gateway_reference" to table: "payments"
CREATE INDEX `payment_gateway_reference` ON `payments` (`gateway`, `reference`);

-- create index "payment_status_updated_at_id" to table: "payments"
CREATE INDEX `payment_status_updated_at_id` ON `payments` (`status`, `updated_at`, `id`);

-- add column "tax_category" to table: "products"
ALTER TABLE `products` ADD COLUMN `tax_category` text NOT NULL DEFAULT 'standard';

-- create "new_variants" table
CREATE TABLE `new_variants` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `updated_at` datetime NOT NULL,
  `version` integer NOT NULL DEFAULT 1,
  `sku` text NOT NULL,
  `title` text NOT NULL DEFAULT '',
  `price_amount` integer NOT NULL,
  `currency` text NOT NULL,
  `available` integer NOT NULL DEFAULT 0,
  `opening` integer NOT NULL DEFAULT 0,
  `low_stock` integer NULL,
  `weight` integer NOT NULL DEFAULT 0,
  `purchase_limit` integer NULL,
  `position` integer NOT NULL DEFAULT 0,
  `archived` bool NOT NULL DEFAULT false,
  `product_id` integer NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `variants_products_product` FOREIGN KEY (`product_id`) REFERENCES `products` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `available_not_negative` CHECK (available >= 0),
  CONSTRAINT `id_made_by_application` CHECK (id > 0),
  CONSTRAINT `low_stock_not_negative` CHECK (low_stock >= 0),
  CONSTRAINT `price_not_negative` CHECK (price_amount >= 0),
  CONSTRAINT `purchase_limit_positive` CHECK (purchase_limit > 0),
  CONSTRAINT `weight_not_negative` CHECK (weight >= 0)
);

-- copy rows from old table "variants" to new temporary table "new_variants"
INSERT INTO `new_variants` (`id`, `created_at`, `updated_at`, `version`, `sku`, `title`, `price_amount`, `currency`, `available`, `purchase_limit`, `position`, `archived`, `product_id`) SELECT `id`, `created_at`, `updated_at`, `version`, `sku`, `title`, `price_amount`, `currency`, `available`, `purchase_limit`, `position`, `archived`, `product_id` FROM `variants`;

-- drop "variants" table after copying rows
DROP TABLE `variants`;

-- rename temporary table "new_variants" to "variants"
ALTER TABLE `new_variants` RENAME TO `variants`;

-- create index "variants_sku_key" to table: "variants"
CREATE UNIQUE INDEX `variants_sku_key` ON `variants` (`sku`);

-- create index "variant_product_id_position_id" to table: "variants"
CREATE INDEX `variant_product_id_position_id` ON `variants` (`product_id`, `position`, `id`);

-- create index "variant_price_amount" to table: "variants"
CREATE INDEX `variant_price_amount` ON `variants` (`price_amount`);

-- create index "variant_available_id" to table: "variants"
CREATE INDEX `variant_available_id` ON `variants` (`available`, `id`);

-- create "new_approvals" table
CREATE TABLE `new_approvals` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `updated_at` datetime NOT NULL,
  `version` integer NOT NULL DEFAULT 1,
  `kind` text NOT NULL,
  `object_id` integer NOT NULL,
  `input` json NOT NULL,
  `reason` text NOT NULL DEFAULT '',
  `requested_by` integer NOT NULL,
  `status` text NOT NULL DEFAULT 'PENDING',
  `decided_by` integer NULL,
  `decided_at` datetime NULL,
  `note` text NOT NULL DEFAULT '',
  `expires_at` datetime NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `id_made_by_application` CHECK (id > 0),
  CONSTRAINT `kind_known` CHECK (kind IN ('PRICE_CHANGE','ORDER_CANCELLATION','REFUND')),
  CONSTRAINT `status_known` CHECK (status IN ('PENDING','APPROVED','REFUSED','WITHDRAWN')),
  CONSTRAINT `two_persons` CHECK (status <> 'APPROVED' OR decided_by IS NOT NULL AND decided_by <> requested_by)
);

-- copy rows from old table "approvals" to new temporary table "new_approvals"
INSERT INTO `new_approvals` (`id`, `created_at`, `updated_at`, `version`, `kind`, `object_id`, `input`, `reason`, `requested_by`, `status`, `decided_by`, `decided_at`, `note`, `expires_at`) SELECT `id`, `created_at`, `updated_at`, `version`, `kind`, `object_id`, `input`, `reason`, `requested_by`, `status`, `decided_by`, `decided_at`, `note`, `expires_at` FROM `approvals`;

-- drop "approvals" table after copying rows
DROP TABLE `approvals`;

-- rename temporary table "new_approvals" to "approvals"
ALTER TABLE `new_approvals` RENAME TO `approvals`;

-- create index "approval_status_created_at_id" to table: "approvals"
CREATE INDEX `approval_status_created_at_id` ON `approvals` (`status`, `created_at`, `id`);

-- create index "approval_created_at_id" to table: "approvals"
CREATE INDEX `approval_created_at_id` ON `approvals` (`created_at`, `id`);

-- create index "approval_object_id_created_at_id" to table: "approvals"
CREATE INDEX `approval_object_id_created_at_id` ON `approvals` (`object_id`, `created_at`, `id`);

-- create "new_approval_rules" table
CREATE TABLE `new_approval_rules` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `updated_at` datetime NOT NULL,
  `version` integer NOT NULL DEFAULT 1,
  `kind` text NOT NULL,
  `threshold` integer NOT NULL,
  `active` bool NOT NULL DEFAULT true,
  PRIMARY KEY (`id`),
  CONSTRAINT `id_made_by_application` CHECK (id > 0),
  CONSTRAINT `kind_known` CHECK (kind IN ('PRICE_CHANGE','ORDER_CANCELLATION','REFUND')),
  CONSTRAINT `threshold_not_negative` CHECK (threshold >= 0)
);

-- copy rows from old table "approval_rules" to new temporary table "new_approval_rules"
INSERT INTO `new_approval_rules` (`id`, `created_at`, `updated_at`, `version`, `kind`, `threshold`, `active`) SELECT `id`, `created_at`, `updated_at`, `version`, `kind`, `threshold`, `active` FROM `approval_rules`;

-- drop "approval_rules" table after copying rows
DROP TABLE `approval_rules`;

-- rename temporary table "new_approval_rules" to "approval_rules"
ALTER TABLE `new_approval_rules` RENAME TO `approval_rules`;

-- create index "approvalrule_kind" to table: "approval_rules"
CREATE UNIQUE INDEX `approvalrule_kind` ON `approval_rules` (`kind`);

-- create "delivery_methods" table
CREATE TABLE `delivery_methods` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `updated_at` datetime NOT NULL,
  `version` integer NOT NULL DEFAULT 1,
  `name` text NOT NULL,
  `description` text NOT NULL DEFAULT '',
  `basis` text NOT NULL,
  `tiers` json NOT NULL,
  `currency` text NOT NULL,
  `tax_category` text NOT NULL DEFAULT 'standard',
  `position` integer NOT NULL DEFAULT 0,
  `active` bool NOT NULL DEFAULT true,
  `zone_id` integer NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `delivery_methods_delivery_zones_zone` FOREIGN KEY (`zone_id`) REFERENCES `delivery_zones` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `basis_known` CHECK (basis IN ('WEIGHT','VALUE')),
  CONSTRAINT `id_made_by_application` CHECK (id > 0)
);

-- create index "deliverymethod_zone_id_position_id" to table: "delivery_methods"
CREATE INDEX `deliverymethod_zone_id_position_id` ON `delivery_methods` (`zone_id`, `position`, `id`);

-- create "delivery_quotes" table
CREATE TABLE `delivery_quotes` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `method_id` integer NOT NULL,
  `name` text NOT NULL,
  `description` text NOT NULL DEFAULT '',
  `price_amount` integer NOT NULL,
  `currency` text NOT NULL,
  `tax_category` text NOT NULL DEFAULT 'standard',
  `country` text NOT NULL,
  `measure` integer NOT NULL,
  `position` integer NOT NULL,
  `expires_at` datetime NOT NULL,
  `cart_id` integer NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `delivery_quotes_carts_cart` FOREIGN KEY (`cart_id`) REFERENCES `carts` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `id_made_by_application` CHECK (id > 0),
  CONSTRAINT `price_not_negative` CHECK (price_amount >= 0)
);

-- create index "deliveryquote_cart_id_position_id" to table: "delivery_quotes"
CREATE INDEX `deliveryquote_cart_id_position_id` ON `delivery_quotes` (`cart_id`, `position`, `id`);

-- create index "deliveryquote_expires_at" to table: "delivery_quotes"
CREATE INDEX `deliveryquote_expires_at` ON `delivery_quotes` (`expires_at`);

-- create "delivery_zones" table
CREATE TABLE `delivery_zones` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `updated_at` datetime NOT NULL,
  `version` integer NOT NULL DEFAULT 1,
  `name` text NOT NULL,
  `countries` json NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `id_made_by_application` CHECK (id > 0)
);

-- create "fulfilments" table
CREATE TABLE `fulfilments` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `updated_at` datetime NOT NULL,
  `version` integer NOT NULL DEFAULT 1,
  `status` text NOT NULL DEFAULT 'SHIPPED',
  `carrier` text NOT NULL DEFAULT '',
  `tracking_number` text NOT NULL DEFAULT '',
  `tracking_url` text NOT NULL DEFAULT '',
  `delivered_at` datetime NULL,
  `order_id` integer NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `fulfilments_orders_order` FOREIGN KEY (`order_id`) REFERENCES `orders` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `delivered_has_time` CHECK (status = 'DELIVERED' AND delivered_at IS NOT NULL OR status <> 'DELIVERED' AND delivered_at IS NULL),
  CONSTRAINT `id_made_by_application` CHECK (id > 0),
  CONSTRAINT `status_known` CHECK (status IN ('SHIPPED','DELIVERED'))
);

-- create index "fulfilment_order_id_id" to table: "fulfilments"
CREATE INDEX `fulfilment_order_id_id` ON `fulfilments` (`order_id`, `id`);

-- create "fulfilment_lines" table
CREATE TABLE `fulfilment_lines` (
  `id` integer NOT NULL,
  `quantity` integer NOT NULL,
  `fulfilment_id` integer NOT NULL,
  `order_line_id` integer NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `fulfilment_lines_order_lines_order_line` FOREIGN KEY (`order_line_id`) REFERENCES `order_lines` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `fulfilment_lines_fulfilments_fulfilment` FOREIGN KEY (`fulfilment_id`) REFERENCES `fulfilments` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `id_made_by_application` CHECK (id > 0),
  CONSTRAINT `quantity_positive` CHECK (quantity > 0)
);

-- create index "fulfilmentline_fulfilment_id_order_line_id" to table: "fulfilment_lines"
CREATE UNIQUE INDEX `fulfilmentline_fulfilment_id_order_line_id` ON `fulfilment_lines` (`fulfilment_id`, `order_line_id`);

-- create index "fulfilmentline_order_line_id" to table: "fulfilment_lines"
CREATE INDEX `fulfilmentline_order_line_id` ON `fulfilment_lines` (`order_line_id`);

-- create "order_events" table
CREATE TABLE `order_events` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `kind` text NOT NULL,
  `public` bool NOT NULL DEFAULT true,
  `text` text NOT NULL DEFAULT '',
  `data` json NULL,
  `actor_id` integer NULL,
  `order_id` integer NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `order_events_orders_order` FOREIGN KEY (`order_id`) REFERENCES `orders` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `id_made_by_application` CHECK (id > 0),
  CONSTRAINT `kind_known` CHECK (kind IN ('PLACED','PAYMENT_REQUIRES_ACTION','PAYMENT_AUTHORISED','PAYMENT_CAPTURED','PAYMENT_FAILED','PAYMENT_VOIDED','PAYMENT_REFUNDED','CONFIRMED','FULFILLED','TRACKING_UPDATED','DELIVERED','COMPLETED','CANCELLED','EXPIRED','NOTE'))
);

-- create index "orderevent_order_id_id" to table: "order_events"
CREATE INDEX `orderevent_order_id_id` ON `order_events` (`order_id`, `id`);

-- create "payment_events" table
CREATE TABLE `payment_events` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `gateway` text NOT NULL,
  `fact` text NOT NULL,
  `kind` text NOT NULL,
  `amount` integer NOT NULL,
  `currency` text NOT NULL,
  `source` text NOT NULL,
  `occurred_at` datetime NOT NULL,
  `payment_id` integer NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `payment_events_payments_payment` FOREIGN KEY (`payment_id`) REFERENCES `payments` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `amount_not_negative` CHECK (amount >= 0),
  CONSTRAINT `id_made_by_application` CHECK (id > 0),
  CONSTRAINT `kind_known` CHECK (kind IN ('ACTION_REQUIRED','AUTHORISED','CAPTURED','REFUNDED','VOIDED','FAILED')),
  CONSTRAINT `source_known` CHECK (source IN ('ANSWER','WEBHOOK','SWEEP','STAFF'))
);

-- create index "paymentevent_payment_id_id" to table: "payment_events"
CREATE INDEX `paymentevent_payment_id_id` ON `payment_events` (`payment_id`, `id`);

-- create index "paymentevent_gateway_fact" to table: "payment_events"
CREATE UNIQUE INDEX `paymentevent_gateway_fact` ON `payment_events` (`gateway`, `fact`);

-- create "payment_steps" table
CREATE TABLE `payment_steps` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `updated_at` datetime NOT NULL,
  `version` integer NOT NULL DEFAULT 1,
  `kind` text NOT NULL,
  `amount` integer NOT NULL,
  `currency` text NOT NULL,
  `status` text NOT NULL DEFAULT 'PENDING',
  `reference` text NOT NULL DEFAULT '',
  `reason` text NOT NULL DEFAULT '',
  `error` text NOT NULL DEFAULT '',
  `actor_id` integer NULL,
  `payment_id` integer NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `payment_steps_payments_payment` FOREIGN KEY (`payment_id`) REFERENCES `payments` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `amount_not_negative` CHECK (amount >= 0),
  CONSTRAINT `id_made_by_application` CHECK (id > 0),
  CONSTRAINT `kind_known` CHECK (kind IN ('AUTHORISE','CAPTURE','REFUND','VOID')),
  CONSTRAINT `status_known` CHECK (status IN ('PENDING','SUCCEEDED','FAILED'))
);

-- create index "paymentstep_payment_id_id" to table: "payment_steps"
CREATE INDEX `paymentstep_payment_id_id` ON `payment_steps` (`payment_id`, `id`);

-- create index "paymentstep_status_updated_at_id" to table: "payment_steps"
CREATE INDEX `paymentstep_status_updated_at_id` ON `payment_steps` (`status`, `updated_at`, `id`);

-- create "promotions" table
CREATE TABLE `promotions` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `updated_at` datetime NOT NULL,
  `version` integer NOT NULL DEFAULT 1,
  `name` text NOT NULL,
  `code` text NULL,
  `kind` text NOT NULL,
  `basis_points` integer NOT NULL DEFAULT 0,
  `amount` integer NOT NULL DEFAULT 0,
  `currency` text NOT NULL,
  `minimum_amount` integer NOT NULL DEFAULT 0,
  `category_ids` json NULL,
  `starts_at` datetime NULL,
  `ends_at` datetime NULL,
  `once_per_customer` bool NOT NULL DEFAULT false,
  `usage_limit` integer NULL,
  `used` integer NOT NULL DEFAULT 0,
  `active` bool NOT NULL DEFAULT true,
  PRIMARY KEY (`id`),
  CONSTRAINT `amounts_not_negative` CHECK (amount >= 0 AND minimum_amount >= 0),
  CONSTRAINT `basis_points_in_range` CHECK (basis_points BETWEEN 0 AND 10000),
  CONSTRAINT `ends_after_it_starts` CHECK (starts_at IS NULL OR ends_at IS NULL OR starts_at < ends_at),
  CONSTRAINT `fixed_has_amount` CHECK (kind <> 'FIXED_AMOUNT' OR amount > 0),
  CONSTRAINT `id_made_by_application` CHECK (id > 0),
  CONSTRAINT `kind_known` CHECK (kind IN ('PERCENTAGE','FIXED_AMOUNT','FREE_DELIVERY')),
  CONSTRAINT `never_used_beyond` CHECK (used >= 0 AND (usage_limit IS NULL OR used <= usage_limit)),
  CONSTRAINT `percentage_has_percent` CHECK (kind <> 'PERCENTAGE' OR basis_points > 0)
);

-- create index "promotions_code_key" to table: "promotions"
CREATE UNIQUE INDEX `promotions_code_key` ON `promotions` (`code`);

-- create index "promotion_active_id" to table: "promotions"
CREATE INDEX `promotion_active_id` ON `promotions` (`active`, `id`);

-- create "promotion_uses" table
CREATE TABLE `promotion_uses` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `amount` integer NOT NULL,
  `once` text NULL,
  `promotion_id` integer NOT NULL,
  `order_id` integer NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `promotion_uses_orders_order` FOREIGN KEY (`order_id`) REFERENCES `orders` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `promotion_uses_promotions_promotion` FOREIGN KEY (`promotion_id`) REFERENCES `promotions` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `id_made_by_application` CHECK (id > 0)
);

-- create index "promotion_uses_once_key" to table: "promotion_uses"
CREATE UNIQUE INDEX `promotion_uses_once_key` ON `promotion_uses` (`once`);

-- create index "promotionuse_promotion_id_order_id" to table: "promotion_uses"
CREATE UNIQUE INDEX `promotionuse_promotion_id_order_id` ON `promotion_uses` (`promotion_id`, `order_id`);

-- create index "promotionuse_order_id" to table: "promotion_uses"
CREATE INDEX `promotionuse_order_id` ON `promotion_uses` (`order_id`);

-- create "reservations" table
CREATE TABLE `reservations` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `quantity` integer NOT NULL,
  `cart_id` integer NOT NULL,
  `variant_id` integer NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `reservations_variants_variant` FOREIGN KEY (`variant_id`) REFERENCES `variants` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `reservations_carts_cart` FOREIGN KEY (`cart_id`) REFERENCES `carts` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `id_made_by_application` CHECK (id > 0),
  CONSTRAINT `quantity_positive` CHECK (quantity > 0)
);

-- create index "reservation_cart_id_variant_id" to table: "reservations"
CREATE UNIQUE INDEX `reservation_cart_id_variant_id` ON `reservations` (`cart_id`, `variant_id`);

-- create index "reservation_variant_id" to table: "reservations"
CREATE INDEX `reservation_variant_id` ON `reservations` (`variant_id`);

-- create "tax_rates" table
CREATE TABLE `tax_rates` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `updated_at` datetime NOT NULL,
  `version` integer NOT NULL DEFAULT 1,
  `country` text NOT NULL,
  `tax_category` text NOT NULL,
  `name` text NOT NULL,
  `basis_points` integer NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `basis_points_in_range` CHECK (basis_points BETWEEN 0 AND 10000),
  CONSTRAINT `id_made_by_application` CHECK (id > 0)
);

-- create index "taxrate_country_tax_category" to table: "tax_rates"
CREATE UNIQUE INDEX `taxrate_country_tax_category` ON `tax_rates` (`country`, `tax_category`);

-- create "verifications" table
CREATE TABLE `verifications` (
  `id` integer NOT NULL,
  `rule` text NOT NULL,
  `violations` integer NOT NULL,
  `checked_at` datetime NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `id_made_by_application` CHECK (id > 0),
  CONSTRAINT `violations_not_negative` CHECK (violations >= 0)
);

-- create index "verifications_rule_key" to table: "verifications"
CREATE UNIQUE INDEX `verifications_rule_key` ON `verifications` (`rule`);

-- rows of old: what the new columns say of them
UPDATE `payments` SET `captured_amount` = CASE WHEN `status` = 'CAPTURED' THEN `due_amount` ELSE 0 END;
UPDATE `variants` SET `opening` = MAX(MIN(`available` - CAST((SELECT TOTAL(`quantity`) FROM `stock_movements` WHERE `variant_id` = `variants`.`id`) AS INTEGER), 100000000000), -100000000000);
UPDATE `orders` SET `fulfilment` = 'DELIVERED' WHERE `status` = 'COMPLETED';
UPDATE `order_lines` SET `fulfilled` = `quantity` WHERE `order_id` IN (SELECT `id` FROM `orders` WHERE `status` = 'COMPLETED');

-- who might cancel orders may move their money, who changed the catalogue its pricing: so that administrators still hold everything
UPDATE `users` SET `permissions` = CAST(json_insert(CAST(`permissions` AS TEXT), '$[#]', 'PAYMENT_WRITE') AS BLOB) WHERE CAST(`permissions` AS TEXT) LIKE '%"ORDER_WRITE"%';
UPDATE `users` SET `permissions` = CAST(json_insert(CAST(`permissions` AS TEXT), '$[#]', 'PRICING_READ', '$[#]', 'PRICING_WRITE') AS BLOB) WHERE CAST(`permissions` AS TEXT) LIKE '%"CATALOG_WRITE"%';
UPDATE `roles` SET `permissions` = CAST(json_insert(CAST(`permissions` AS TEXT), '$[#]', 'PAYMENT_WRITE') AS BLOB) WHERE CAST(`permissions` AS TEXT) LIKE '%"ORDER_WRITE"%';
UPDATE `roles` SET `permissions` = CAST(json_insert(CAST(`permissions` AS TEXT), '$[#]', 'PRICING_READ', '$[#]', 'PRICING_WRITE') AS BLOB) WHERE CAST(`permissions` AS TEXT) LIKE '%"CATALOG_WRITE"%';
