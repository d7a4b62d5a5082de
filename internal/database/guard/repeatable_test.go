package guard_test

import (
	"testing"

	"galley/internal/database/guard"
)

func TestRepeatable(t *testing.T) {
	t.Parallel()
	for statement, want := range map[string]bool{
		`SELECT 1`:                              true,
		`select "a"."b" from "a" where "b" = 1`: true,
		`(SELECT 1) UNION ALL (SELECT 2)`:       true,
		`SELECT COUNT(*), max ("x") FROM "a" WHERE "x" IN ($1, $2) AND ("y" = ANY($3))`:        true,
		`SELECT 'it''s; DELETE FROM a', "insert" FROM a`:                                       true,
		`WITH x AS (SELECT 1) SELECT * FROM x`:                                                 true,
		`SELECT * FROM a JOIN LATERAL (SELECT * FROM b WHERE b.a = a.id LIMIT 3) AS t ON true`: true,
		`SELECT row_number() OVER (PARTITION BY a ORDER BY b) FROM c`:                          true,
		`INSERT INTO a VALUES (1)`:                                                             false,
		`UPDATE a SET b = 1`:                                                                   false,
		`WITH x AS (DELETE FROM a RETURNING b) SELECT * FROM x`:                                false,
		`WITH x(a) AS (SELECT take(1)) SELECT * FROM x`:                                        false,
		`SELECT * INTO b FROM a`:                                                               false,
		`SELECT * FROM a FOR UPDATE`:                                                           false, // may be; nobody needs it repeated
		`SELECT take_stock(1)`:                                                                 false,
		`SELECT take_stock /* */ (1)`:                                                          false,
		`SELECT "take stock" (1)`:                                                              false,
		`SELECT shop.count(1)`:                                                                 false,
		`SELECT shop . count (1)`:                                                              false,
		`SELECT nextval('a')`:                                                                  false,
		`SELECT setval('a', 1), count(*)`:                                                      false,
		`SELECT pg_advisory_lock(1)`:                                                           false,
		`SELECT 1; DELETE FROM a`:                                                              false,
		`SELECT E'\'', take(1), '\''`:                                                          false,
		`SELECT $$ it's $$, take(1)`:                                                           false,
		`SELECT größe(1)`:                                                                      false,
		`SELECT 'open`:                                                                         false,
		`-- SELECT`:                                                                            false,
		`EXPLAIN ANALYZE DELETE FROM a`:                                                        false,
		`CALL take()`:                                                                          false,
		`VALUES (1)`:                                                                           false,
		``:                                                                                     false,
	} {
		if got := guard.Repeatable(statement); got != want {
			t.Errorf("%s: %v", statement, got)
		}
	}
}

func FuzzRepeatable(f *testing.F) {
	for _, statement := range []string{`SELECT 'a' FROM "b" WHERE c($1)`, `WITH x AS ($$a$$)`, `SELECT "`, `(SELECT`} {
		f.Add(statement)
	}
	f.Fuzz(func(t *testing.T, statement string) {
		if guard.Repeatable(statement) && guard.Repeatable(statement+` FROM take_stock(1)`) {
			t.Errorf("it calls a function: %q", statement)
		}
	})
}
