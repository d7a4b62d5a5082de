-- +goose Up
-- Who may do everything else may be told the schema: the rule about the last administrator asks for all permissions.
UPDATE `users` SET `permissions` = CAST(json_insert(CAST(`permissions` AS TEXT), '$[#]', 'SCHEMA_READ') AS BLOB) WHERE CAST(`permissions` AS TEXT) LIKE '%"STAFF_WRITE"%';
UPDATE `roles` SET `permissions` = CAST(json_insert(CAST(`permissions` AS TEXT), '$[#]', 'SCHEMA_READ') AS BLOB) WHERE CAST(`permissions` AS TEXT) LIKE '%"STAFF_WRITE"%';
