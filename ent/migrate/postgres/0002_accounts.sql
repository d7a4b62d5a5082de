-- +goose Up

-- create "jobs" table
CREATE TABLE "jobs" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "kind" character varying NOT NULL,
  "payload" jsonb NULL,
  "status" character varying NOT NULL DEFAULT 'WAITING',
  "run_at" timestamptz NOT NULL,
  "attempt" bigint NOT NULL DEFAULT 0,
  "leased_at" timestamptz NULL,
  "error" character varying NOT NULL DEFAULT '',
  "finished_at" timestamptz NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "id_made_by_application" CHECK (id > 0),
  CONSTRAINT "status_known" CHECK (status IN ('WAITING','DONE','DEAD'))
);

-- create index "job_created_at_id" to table: "jobs"
CREATE INDEX "job_created_at_id" ON "jobs" ("created_at", "id");

-- create index "job_status_run_at_id" to table: "jobs"
CREATE INDEX "job_status_run_at_id" ON "jobs" ("status", "run_at", "id");

-- modify "users" table
ALTER TABLE "users" ADD COLUMN "email_verified_at" timestamptz NULL, ADD COLUMN "delete_after" timestamptz NULL;

-- create "api_keys" table
CREATE TABLE "api_keys" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "name" character varying NOT NULL,
  "token_hash" bytea NOT NULL,
  "hint" character varying NOT NULL,
  "permissions" jsonb NOT NULL,
  "created_by" bigint NOT NULL,
  "expires_at" timestamptz NULL,
  "revoked_at" timestamptz NULL,
  "used_at" timestamptz NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "id_made_by_application" CHECK (id > 0)
);

-- create index "api_keys_token_hash_key" to table: "api_keys"
CREATE UNIQUE INDEX "api_keys_token_hash_key" ON "api_keys" ("token_hash");

-- create index "apikey_created_at_id" to table: "api_keys"
CREATE INDEX "apikey_created_at_id" ON "api_keys" ("created_at", "id");

-- create "approval_rules" table
CREATE TABLE "approval_rules" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "version" bigint NOT NULL DEFAULT 1,
  "kind" character varying NOT NULL,
  "threshold" bigint NOT NULL,
  "active" boolean NOT NULL DEFAULT true,
  PRIMARY KEY ("id"),
  CONSTRAINT "id_made_by_application" CHECK (id > 0),
  CONSTRAINT "kind_known" CHECK (kind IN ('PRICE_CHANGE','ORDER_CANCELLATION')),
  CONSTRAINT "threshold_not_negative" CHECK (threshold >= 0)
);

-- create index "approvalrule_kind" to table: "approval_rules"
CREATE UNIQUE INDEX "approvalrule_kind" ON "approval_rules" ("kind");

-- create "approvals" table
CREATE TABLE "approvals" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "version" bigint NOT NULL DEFAULT 1,
  "kind" character varying NOT NULL,
  "object_id" bigint NOT NULL,
  "input" jsonb NOT NULL,
  "reason" character varying NOT NULL DEFAULT '',
  "requested_by" bigint NOT NULL,
  "status" character varying NOT NULL DEFAULT 'PENDING',
  "decided_by" bigint NULL,
  "decided_at" timestamptz NULL,
  "note" character varying NOT NULL DEFAULT '',
  "expires_at" timestamptz NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "id_made_by_application" CHECK (id > 0),
  CONSTRAINT "kind_known" CHECK (kind IN ('PRICE_CHANGE','ORDER_CANCELLATION')),
  CONSTRAINT "status_known" CHECK (status IN ('PENDING','APPROVED','REFUSED','WITHDRAWN')),
  CONSTRAINT "two_persons" CHECK (status <> 'APPROVED' OR decided_by IS NOT NULL AND decided_by <> requested_by)
);

-- create index "approval_created_at_id" to table: "approvals"
CREATE INDEX "approval_created_at_id" ON "approvals" ("created_at", "id");

-- create index "approval_object_id_created_at_id" to table: "approvals"
CREATE INDEX "approval_object_id_created_at_id" ON "approvals" ("object_id", "created_at", "id");

-- create index "approval_status_created_at_id" to table: "approvals"
CREATE INDEX "approval_status_created_at_id" ON "approvals" ("status", "created_at", "id");

-- create "attempts" table
CREATE TABLE "attempts" (
  "id" bigint NOT NULL,
  "subject" character varying NOT NULL,
  "full_at" timestamptz NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "id_made_by_application" CHECK (id > 0)
);

-- create index "attempt_full_at" to table: "attempts"
CREATE INDEX "attempt_full_at" ON "attempts" ("full_at");

-- create index "attempts_subject_key" to table: "attempts"
CREATE UNIQUE INDEX "attempts_subject_key" ON "attempts" ("subject");

-- create "audit_entries" table
CREATE TABLE "audit_entries" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "action" character varying NOT NULL,
  "actor_kind" character varying NOT NULL,
  "actor_id" bigint NULL,
  "object_kind" character varying NOT NULL DEFAULT '',
  "object_id" bigint NULL,
  "before" jsonb NULL,
  "after" jsonb NULL,
  "address" character varying NOT NULL DEFAULT '',
  "user_agent" character varying NOT NULL DEFAULT '',
  "request_id" character varying NOT NULL DEFAULT '',
  PRIMARY KEY ("id"),
  CONSTRAINT "actor_known" CHECK (actor_kind IN ('ANONYMOUS','GUEST','SHOPPER','STAFF','API_KEY','SYSTEM')),
  CONSTRAINT "id_made_by_application" CHECK (id > 0)
);

-- create index "auditentry_action_created_at_id" to table: "audit_entries"
CREATE INDEX "auditentry_action_created_at_id" ON "audit_entries" ("action", "created_at", "id");

-- create index "auditentry_actor_id_created_at_id" to table: "audit_entries"
CREATE INDEX "auditentry_actor_id_created_at_id" ON "audit_entries" ("actor_id", "created_at", "id");

-- create index "auditentry_created_at_id" to table: "audit_entries"
CREATE INDEX "auditentry_created_at_id" ON "audit_entries" ("created_at", "id");

-- create index "auditentry_object_kind_object_id_created_at_id" to table: "audit_entries"
CREATE INDEX "auditentry_object_kind_object_id_created_at_id" ON "audit_entries" ("object_kind", "object_id", "created_at", "id");

-- create "signing_keys" table
CREATE TABLE "signing_keys" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "kid" character varying NOT NULL,
  "public_key" bytea NOT NULL,
  "private_key" bytea NOT NULL,
  "status" character varying NOT NULL,
  "since" timestamptz NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "id_made_by_application" CHECK (id > 0),
  CONSTRAINT "status_known" CHECK (status IN ('NEXT','CURRENT','PREVIOUS'))
);

-- create index "signing_keys_kid_key" to table: "signing_keys"
CREATE UNIQUE INDEX "signing_keys_kid_key" ON "signing_keys" ("kid");

-- create index "signingkey_status" to table: "signing_keys"
CREATE UNIQUE INDEX "signingkey_status" ON "signing_keys" ("status") WHERE ((status)::text <> 'PREVIOUS'::text);

-- create "schedules" table
CREATE TABLE "schedules" (
  "id" bigint NOT NULL,
  "name" character varying NOT NULL,
  "due_at" timestamptz NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "id_made_by_application" CHECK (id > 0)
);

-- create index "schedules_name_key" to table: "schedules"
CREATE UNIQUE INDEX "schedules_name_key" ON "schedules" ("name");

-- create "confirmations" table
CREATE TABLE "confirmations" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "purpose" character varying NOT NULL,
  "email" character varying NOT NULL,
  "token_hash" bytea NULL,
  "name" character varying NOT NULL DEFAULT '',
  "password_hash" character varying NOT NULL DEFAULT '',
  "expires_at" timestamptz NOT NULL,
  "used_at" timestamptz NULL,
  "user_id" bigint NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "confirmations_users_user" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE SET NULL,
  CONSTRAINT "id_made_by_application" CHECK (id > 0),
  CONSTRAINT "of_whose_account" CHECK (purpose = 'SIGN_UP' OR user_id IS NOT NULL),
  CONSTRAINT "purpose_known" CHECK (purpose IN ('SIGN_UP','VERIFY','RESET','CHANGE'))
);

-- create index "confirmation_email" to table: "confirmations"
CREATE INDEX "confirmation_email" ON "confirmations" ("email");

-- create index "confirmation_expires_at" to table: "confirmations"
CREATE INDEX "confirmation_expires_at" ON "confirmations" ("expires_at");

-- create index "confirmation_user_id" to table: "confirmations"
CREATE INDEX "confirmation_user_id" ON "confirmations" ("user_id");

-- create index "confirmations_token_hash_key" to table: "confirmations"
CREATE UNIQUE INDEX "confirmations_token_hash_key" ON "confirmations" ("token_hash");

-- create "identities" table
CREATE TABLE "identities" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "issuer" character varying NOT NULL,
  "subject" character varying NOT NULL,
  "email" character varying NOT NULL DEFAULT '',
  "used_at" timestamptz NULL,
  "user_id" bigint NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "identities_users_user" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "id_made_by_application" CHECK (id > 0)
);

-- create index "identity_issuer_subject" to table: "identities"
CREATE UNIQUE INDEX "identity_issuer_subject" ON "identities" ("issuer", "subject");

-- create index "identity_user_id" to table: "identities"
CREATE INDEX "identity_user_id" ON "identities" ("user_id");

-- create "identity_flows" table
CREATE TABLE "identity_flows" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "token_hash" bytea NOT NULL,
  "provider" character varying NOT NULL,
  "redirect_uri" character varying NOT NULL,
  "nonce" character varying NOT NULL,
  "verifier" bytea NOT NULL,
  "expires_at" timestamptz NOT NULL,
  "used_at" timestamptz NULL,
  "user_id" bigint NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "identity_flows_users_user" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE SET NULL,
  CONSTRAINT "id_made_by_application" CHECK (id > 0)
);

-- create index "identity_flows_token_hash_key" to table: "identity_flows"
CREATE UNIQUE INDEX "identity_flows_token_hash_key" ON "identity_flows" ("token_hash");

-- create index "identityflow_expires_at" to table: "identity_flows"
CREATE INDEX "identityflow_expires_at" ON "identity_flows" ("expires_at");

-- create index "identityflow_user_id" to table: "identity_flows"
CREATE INDEX "identityflow_user_id" ON "identity_flows" ("user_id");

-- modify "sessions" table
ALTER TABLE "sessions" ADD CONSTRAINT "cookie_has_hash" CHECK (presentation <> 'COOKIE' OR token_hash IS NOT NULL), ADD CONSTRAINT "presentation_known" CHECK (presentation IN ('COOKIE','TOKEN')), ALTER COLUMN "token_hash" DROP NOT NULL, ADD COLUMN "presentation" character varying NOT NULL DEFAULT 'COOKIE', ADD COLUMN "previous_hash" bytea NULL, ADD COLUMN "previous_until" timestamptz NULL, ADD COLUMN "renew" boolean NOT NULL DEFAULT false, ADD COLUMN "address" character varying NOT NULL DEFAULT '', ADD COLUMN "user_agent" character varying NOT NULL DEFAULT '', ADD COLUMN "used_at" timestamptz NULL;

-- create index "session_expires_at" to table: "sessions"
CREATE INDEX "session_expires_at" ON "sessions" ("expires_at");

-- create index "sessions_previous_hash_key" to table: "sessions"
CREATE UNIQUE INDEX "sessions_previous_hash_key" ON "sessions" ("previous_hash");

-- create "refresh_tokens" table
CREATE TABLE "refresh_tokens" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "token_hash" bytea NOT NULL,
  "nonce" bytea NOT NULL,
  "used_at" timestamptz NULL,
  "session_id" bigint NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "refresh_tokens_sessions_session" FOREIGN KEY ("session_id") REFERENCES "sessions" ("id") ON UPDATE NO ACTION ON DELETE CASCADE,
  CONSTRAINT "id_made_by_application" CHECK (id > 0)
);

-- create index "refresh_tokens_token_hash_key" to table: "refresh_tokens"
CREATE UNIQUE INDEX "refresh_tokens_token_hash_key" ON "refresh_tokens" ("token_hash");

-- create index "refreshtoken_session_id" to table: "refresh_tokens"
CREATE INDEX "refreshtoken_session_id" ON "refresh_tokens" ("session_id");

-- create "roles" table
CREATE TABLE "roles" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "version" bigint NOT NULL DEFAULT 1,
  "name" character varying NOT NULL,
  "description" character varying NOT NULL DEFAULT '',
  "permissions" jsonb NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "id_made_by_application" CHECK (id > 0)
);

-- create index "roles_name_key" to table: "roles"
CREATE UNIQUE INDEX "roles_name_key" ON "roles" ("name");

-- create "user_roles" table
CREATE TABLE "user_roles" (
  "id" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "user_id" bigint NOT NULL,
  "role_id" bigint NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "user_roles_roles_role" FOREIGN KEY ("role_id") REFERENCES "roles" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "user_roles_users_user" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION,
  CONSTRAINT "id_made_by_application" CHECK (id > 0)
);

-- create index "userrole_role_id" to table: "user_roles"
CREATE INDEX "userrole_role_id" ON "user_roles" ("role_id");

-- create index "userrole_user_id_role_id" to table: "user_roles"
CREATE UNIQUE INDEX "userrole_user_id_role_id" ON "user_roles" ("user_id", "role_id");
