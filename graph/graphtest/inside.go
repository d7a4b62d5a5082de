package graphtest

import "regexp"

// Inside are words that no answer may hold: they tell what the shop is made of.
var Inside = regexp.MustCompile(`(?i)\bsql|\bpq:|\bent:|gqlgen|gqlparser|goroutine|\bpanic|nil pointer|runtime error|\.go\b|/work/|/root/|/tmp/|` +
	`\bselect \S+ from|\binsert into|constraint|violates|postgres|modernc|byte sequence|\btransaction|deadlock|stack trace|unmarshal|json:|strconv|hunter2`)
