-- +goose Up

-- create "new_sessions" table
CREATE TABLE `new_sessions` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `presentation` text NOT NULL DEFAULT 'COOKIE',
  `token_hash` blob NULL,
  `previous_hash` blob NULL,
  `previous_until` datetime NULL,
  `renew` bool NOT NULL DEFAULT false,
  `address` text NOT NULL DEFAULT '',
  `user_agent` text NOT NULL DEFAULT '',
  `used_at` datetime NULL,
  `expires_at` datetime NOT NULL,
  `revoked_at` datetime NULL,
  `user_id` integer NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `sessions_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `cookie_has_hash` CHECK (presentation <> 'COOKIE' OR token_hash IS NOT NULL),
  CONSTRAINT `id_made_by_application` CHECK (id > 0),
  CONSTRAINT `presentation_known` CHECK (presentation IN ('COOKIE','TOKEN'))
);

-- copy rows from old table "sessions" to new temporary table "new_sessions"
INSERT INTO `new_sessions` (`id`, `created_at`, `token_hash`, `expires_at`, `revoked_at`, `user_id`) SELECT `id`, `created_at`, `token_hash`, `expires_at`, `revoked_at`, `user_id` FROM `sessions`;

-- drop "sessions" table after copying rows
DROP TABLE `sessions`;

-- rename temporary table "new_sessions" to "sessions"
ALTER TABLE `new_sessions` RENAME TO `sessions`;

-- create index "sessions_token_hash_key" to table: "sessions"
CREATE UNIQUE INDEX `sessions_token_hash_key` ON `sessions` (`token_hash`);

-- create index "sessions_previous_hash_key" to table: "sessions"
CREATE UNIQUE INDEX `sessions_previous_hash_key` ON `sessions` (`previous_hash`);

-- create index "session_user_id" to table: "sessions"
CREATE INDEX `session_user_id` ON `sessions` (`user_id`);

-- create index "session_expires_at" to table: "sessions"
CREATE INDEX `session_expires_at` ON `sessions` (`expires_at`);

-- add column "email_verified_at" to table: "users"
ALTER TABLE `users` ADD COLUMN `email_verified_at` datetime NULL;

-- add column "delete_after" to table: "users"
ALTER TABLE `users` ADD COLUMN `delete_after` datetime NULL;

-- create "api_keys" table
CREATE TABLE `api_keys` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `name` text NOT NULL,
  `token_hash` blob NOT NULL,
  `hint` text NOT NULL,
  `permissions` json NOT NULL,
  `created_by` integer NOT NULL,
  `expires_at` datetime NULL,
  `revoked_at` datetime NULL,
  `used_at` datetime NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `id_made_by_application` CHECK (id > 0)
);

-- create index "api_keys_token_hash_key" to table: "api_keys"
CREATE UNIQUE INDEX `api_keys_token_hash_key` ON `api_keys` (`token_hash`);

-- create index "apikey_created_at_id" to table: "api_keys"
CREATE INDEX `apikey_created_at_id` ON `api_keys` (`created_at`, `id`);

-- create "approvals" table
CREATE TABLE `approvals` (
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
  CONSTRAINT `kind_known` CHECK (kind IN ('PRICE_CHANGE','ORDER_CANCELLATION')),
  CONSTRAINT `status_known` CHECK (status IN ('PENDING','APPROVED','REFUSED','WITHDRAWN')),
  CONSTRAINT `two_persons` CHECK (status <> 'APPROVED' OR decided_by IS NOT NULL AND decided_by <> requested_by)
);

-- create index "approval_status_created_at_id" to table: "approvals"
CREATE INDEX `approval_status_created_at_id` ON `approvals` (`status`, `created_at`, `id`);

-- create index "approval_created_at_id" to table: "approvals"
CREATE INDEX `approval_created_at_id` ON `approvals` (`created_at`, `id`);

-- create index "approval_object_id_created_at_id" to table: "approvals"
CREATE INDEX `approval_object_id_created_at_id` ON `approvals` (`object_id`, `created_at`, `id`);

-- create "approval_rules" table
CREATE TABLE `approval_rules` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `updated_at` datetime NOT NULL,
  `version` integer NOT NULL DEFAULT 1,
  `kind` text NOT NULL,
  `threshold` integer NOT NULL,
  `active` bool NOT NULL DEFAULT true,
  PRIMARY KEY (`id`),
  CONSTRAINT `id_made_by_application` CHECK (id > 0),
  CONSTRAINT `kind_known` CHECK (kind IN ('PRICE_CHANGE','ORDER_CANCELLATION')),
  CONSTRAINT `threshold_not_negative` CHECK (threshold >= 0)
);

-- create index "approvalrule_kind" to table: "approval_rules"
CREATE UNIQUE INDEX `approvalrule_kind` ON `approval_rules` (`kind`);

-- create "attempts" table
CREATE TABLE `attempts` (
  `id` integer NOT NULL,
  `subject` text NOT NULL,
  `full_at` datetime NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `id_made_by_application` CHECK (id > 0)
);

-- create index "attempts_subject_key" to table: "attempts"
CREATE UNIQUE INDEX `attempts_subject_key` ON `attempts` (`subject`);

-- create index "attempt_full_at" to table: "attempts"
CREATE INDEX `attempt_full_at` ON `attempts` (`full_at`);

-- create "audit_entries" table
CREATE TABLE `audit_entries` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `action` text NOT NULL,
  `actor_kind` text NOT NULL,
  `actor_id` integer NULL,
  `object_kind` text NOT NULL DEFAULT '',
  `object_id` integer NULL,
  `before` json NULL,
  `after` json NULL,
  `address` text NOT NULL DEFAULT '',
  `user_agent` text NOT NULL DEFAULT '',
  `request_id` text NOT NULL DEFAULT '',
  PRIMARY KEY (`id`),
  CONSTRAINT `actor_known` CHECK (actor_kind IN ('ANONYMOUS','GUEST','SHOPPER','STAFF','API_KEY','SYSTEM')),
  CONSTRAINT `id_made_by_application` CHECK (id > 0)
);

-- create index "auditentry_created_at_id" to table: "audit_entries"
CREATE INDEX `auditentry_created_at_id` ON `audit_entries` (`created_at`, `id`);

-- create index "auditentry_action_created_at_id" to table: "audit_entries"
CREATE INDEX `auditentry_action_created_at_id` ON `audit_entries` (`action`, `created_at`, `id`);

-- create index "auditentry_actor_id_created_at_id" to table: "audit_entries"
CREATE INDEX `auditentry_actor_id_created_at_id` ON `audit_entries` (`actor_id`, `created_at`, `id`);

-- create index "auditentry_object_kind_object_id_created_at_id" to table: "audit_entries"
CREATE INDEX `auditentry_object_kind_object_id_created_at_id` ON `audit_entries` (`object_kind`, `object_id`, `created_at`, `id`);

-- create "confirmations" table
CREATE TABLE `confirmations` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `purpose` text NOT NULL,
  `email` text NOT NULL,
  `token_hash` blob NULL,
  `name` text NOT NULL DEFAULT '',
  `password_hash` text NOT NULL DEFAULT '',
  `expires_at` datetime NOT NULL,
  `used_at` datetime NULL,
  `user_id` integer NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `confirmations_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE SET NULL,
  CONSTRAINT `id_made_by_application` CHECK (id > 0),
  CONSTRAINT `of_whose_account` CHECK (purpose = 'SIGN_UP' OR user_id IS NOT NULL),
  CONSTRAINT `purpose_known` CHECK (purpose IN ('SIGN_UP','VERIFY','RESET','CHANGE'))
);

-- create index "confirmations_token_hash_key" to table: "confirmations"
CREATE UNIQUE INDEX `confirmations_token_hash_key` ON `confirmations` (`token_hash`);

-- create index "confirmation_user_id" to table: "confirmations"
CREATE INDEX `confirmation_user_id` ON `confirmations` (`user_id`);

-- create index "confirmation_email" to table: "confirmations"
CREATE INDEX `confirmation_email` ON `confirmations` (`email`);

-- create index "confirmation_expires_at" to table: "confirmations"
CREATE INDEX `confirmation_expires_at` ON `confirmations` (`expires_at`);

-- create "identities" table
CREATE TABLE `identities` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `issuer` text NOT NULL,
  `subject` text NOT NULL,
  `email` text NOT NULL DEFAULT '',
  `used_at` datetime NULL,
  `user_id` integer NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `identities_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `id_made_by_application` CHECK (id > 0)
);

-- create index "identity_issuer_subject" to table: "identities"
CREATE UNIQUE INDEX `identity_issuer_subject` ON `identities` (`issuer`, `subject`);

-- create index "identity_user_id" to table: "identities"
CREATE INDEX `identity_user_id` ON `identities` (`user_id`);

-- create "identity_flows" table
CREATE TABLE `identity_flows` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `token_hash` blob NOT NULL,
  `provider` text NOT NULL,
  `redirect_uri` text NOT NULL,
  `nonce` text NOT NULL,
  `verifier` blob NOT NULL,
  `expires_at` datetime NOT NULL,
  `used_at` datetime NULL,
  `user_id` integer NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `identity_flows_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE SET NULL,
  CONSTRAINT `id_made_by_application` CHECK (id > 0)
);

-- create index "identity_flows_token_hash_key" to table: "identity_flows"
CREATE UNIQUE INDEX `identity_flows_token_hash_key` ON `identity_flows` (`token_hash`);

-- create index "identityflow_expires_at" to table: "identity_flows"
CREATE INDEX `identityflow_expires_at` ON `identity_flows` (`expires_at`);

-- create index "identityflow_user_id" to table: "identity_flows"
CREATE INDEX `identityflow_user_id` ON `identity_flows` (`user_id`);

-- create "jobs" table
CREATE TABLE `jobs` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `kind` text NOT NULL,
  `payload` json NULL,
  `status` text NOT NULL DEFAULT 'WAITING',
  `run_at` datetime NOT NULL,
  `attempt` integer NOT NULL DEFAULT 0,
  `leased_at` datetime NULL,
  `error` text NOT NULL DEFAULT '',
  `finished_at` datetime NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `id_made_by_application` CHECK (id > 0),
  CONSTRAINT `status_known` CHECK (status IN ('WAITING','DONE','DEAD'))
);

-- create index "job_status_run_at_id" to table: "jobs"
CREATE INDEX `job_status_run_at_id` ON `jobs` (`status`, `run_at`, `id`);

-- create index "job_created_at_id" to table: "jobs"
CREATE INDEX `job_created_at_id` ON `jobs` (`created_at`, `id`);

-- create "refresh_tokens" table
CREATE TABLE `refresh_tokens` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `token_hash` blob NOT NULL,
  `nonce` blob NOT NULL,
  `used_at` datetime NULL,
  `session_id` integer NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `refresh_tokens_sessions_session` FOREIGN KEY (`session_id`) REFERENCES `sessions` (`id`) ON UPDATE NO ACTION ON DELETE CASCADE,
  CONSTRAINT `id_made_by_application` CHECK (id > 0)
);

-- create index "refresh_tokens_token_hash_key" to table: "refresh_tokens"
CREATE UNIQUE INDEX `refresh_tokens_token_hash_key` ON `refresh_tokens` (`token_hash`);

-- create index "refreshtoken_session_id" to table: "refresh_tokens"
CREATE INDEX `refreshtoken_session_id` ON `refresh_tokens` (`session_id`);

-- create "roles" table
CREATE TABLE `roles` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `updated_at` datetime NOT NULL,
  `version` integer NOT NULL DEFAULT 1,
  `name` text NOT NULL,
  `description` text NOT NULL DEFAULT '',
  `permissions` json NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `id_made_by_application` CHECK (id > 0)
);

-- create index "roles_name_key" to table: "roles"
CREATE UNIQUE INDEX `roles_name_key` ON `roles` (`name`);

-- create "schedules" table
CREATE TABLE `schedules` (
  `id` integer NOT NULL,
  `name` text NOT NULL,
  `due_at` datetime NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `id_made_by_application` CHECK (id > 0)
);

-- create index "schedules_name_key" to table: "schedules"
CREATE UNIQUE INDEX `schedules_name_key` ON `schedules` (`name`);

-- create "signing_keys" table
CREATE TABLE `signing_keys` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `kid` text NOT NULL,
  `public_key` blob NOT NULL,
  `private_key` blob NOT NULL,
  `status` text NOT NULL,
  `since` datetime NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `id_made_by_application` CHECK (id > 0),
  CONSTRAINT `status_known` CHECK (status IN ('NEXT','CURRENT','PREVIOUS'))
);

-- create index "signing_keys_kid_key" to table: "signing_keys"
CREATE UNIQUE INDEX `signing_keys_kid_key` ON `signing_keys` (`kid`);

-- create index "signingkey_status" to table: "signing_keys"
CREATE UNIQUE INDEX `signingkey_status` ON `signing_keys` (`status`) WHERE status <> 'PREVIOUS';

-- create "user_roles" table
CREATE TABLE `user_roles` (
  `id` integer NOT NULL,
  `created_at` datetime NOT NULL,
  `user_id` integer NOT NULL,
  `role_id` integer NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `user_roles_roles_role` FOREIGN KEY (`role_id`) REFERENCES `roles` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `user_roles_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT `id_made_by_application` CHECK (id > 0)
);

-- create index "userrole_user_id_role_id" to table: "user_roles"
CREATE UNIQUE INDEX `userrole_user_id_role_id` ON `user_roles` (`user_id`, `role_id`);

-- create index "userrole_role_id" to table: "user_roles"
CREATE INDEX `userrole_role_id` ON `user_roles` (`role_id`);
