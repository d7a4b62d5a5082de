-- +goose Up
-- Who may do everything else may be told the schema: the rule about the last administrator asks for all permissions.
UPDATE "users" SET "permissions" = "permissions" || '["SCHEMA_READ"]' WHERE "permissions" @> '["STAFF_WRITE"]';
UPDATE "roles" SET "permissions" = "permissions" || '["SCHEMA_READ"]' WHERE "permissions" @> '["STAFF_WRITE"]';
