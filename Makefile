# `make` alone lists the targets. `make check` is what CI runs.
.DEFAULT_GOAL := help

GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
FUZZTIME ?= 5s
TESTFLAGS ?=

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile

# The race detector leaves out SQLite, which is C in Go's syntax: watching it took most of the time (docs/decisions/0048).
race = -race -gcflags=modernc.org/sqlite/lib=-race=false -gcflags=modernc.org/libc/...=-race=false
test: ## run every test on SQLite and PostgreSQL with the race detector, PostgreSQL's server and stripe-mock included
	@command -v "$${CC:-$$(go env CC)}" >/dev/null || { echo "The race detector needs a C compiler: apt-get install gcc libc6-dev, or xcode-select --install" >&2; exit 1; }
	.ci/with-stripe-mock .ci/with-postgres go test $(race) -timeout 20m $(TESTFLAGS) ./...
# What buys from whole shops runs without the race detector: it makes them ten times slower, and finds nothing in them
# that it does not find in the workflows' own tests.
street = ^TestFault(Nothing|Every|Cuts|Kill)
faults: ## run the tests that kill and cut, behind the build tag faults
	@command -v pgbouncer >/dev/null || test -x /usr/sbin/pgbouncer || .ci/install pgbouncer
	.ci/with-postgres go test $(race) -timeout 20m -tags faults -run '^TestFault' -skip '$(street)' $(TESTFLAGS) ./...
	.ci/with-postgres go test -timeout 20m -tags faults -run '$(street)' $(TESTFLAGS) .
test faults: export CGO_ENABLED = 1

torture: ## buy from shops that are cut, killed and lied to: 100,000 orders, 10,000 cuts, 200 kills; hours. GALLEY_SEED repeats its chances
	GALLEY_TORTURE=1 .ci/with-postgres go test -timeout 24h -count 1 -v -tags faults -run '$(street)' .

import-whole: ## import the whole data set, 541,909 rows, on both engines, beside plain COPY and inserts
	.ci/with-postgres go test -tags whole -count 1 -timeout 20m -v -run TestTheWholeFile ./internal/history

sockets: ## open 10,000 idle WebSockets to the program, and say what each costs
	go test -tags whole -count 1 -timeout 10m -v -run TestIdleSockets .

hostile: ## attack the program by whatever is known to bring GraphQL servers down, and say what each attack costs, on both engines
	.ci/with-postgres go test -tags whole -count 1 -timeout 10m -v -run 'TestHostile$$' .

postgres: ## serve a PostgreSQL for development until Ctrl-C and print its DATABASE_URL
	@.ci/with-postgres

generate: ## write generated code anew: Ent from ent/schema, gqlgen from schema
	go generate ./...

migration: ## write the next migration from ent/schema: make migration name=add_product_unit
	.ci/with-postgres go run ./ent/migrate/new $(name)

explorer: ## build the explorer's committed files anew
	cd explorer && npm ci && npm run build

fuzz: ## run each fuzzer for FUZZTIME=5s
	.ci/fuzz $(FUZZTIME)

bench: ## measure Galley beside a server written by hand, 20 minutes, and renew the tables of docs/performance.md
	.ci/with-postgres --settings bench/postgresql.conf go run ./bench

microbench: ## run the benchmarks of the packages
	.ci/with-postgres go test -run '^$$' -bench . -benchmem ./...

screenshot: ## take the README's picture of the explorer
	SCREENSHOT=$(CURDIR)/docs/explorer.png .ci/browser

check: ## run everything that CI runs
	bash .ci/run

# The checks of .ci/run that are not above:

tidy: ## check go.mod and go.sum
	go mod tidy -diff
	go mod verify

format: ## check that gofmt has nothing to change
	@git ls-files -z --cached --others --exclude-standard '*.go' | xargs -0 gofmt -l | awk '{ print "not formatted: " $$0 } END { exit NR > 0 }'

generated: ## check that generated code is up to date
	.ci/unchanged go generate ./...

vet: ## run go vet
	go vet ./...
	go vet -tags faults ./...

lint: ## run golangci-lint; the first time compiles it, which takes minutes
	go run $(GOLANGCI) run

shell: ## run shellcheck over the scripts
	@command -v shellcheck >/dev/null || .ci/install shellcheck
	shellcheck -x .ci/install .ci/with-galley .ci/with-postgres .ci/with-stripe-mock .ci/unchanged .ci/fuzz .ci/browser .ci/run

breaking: ## check that the SDL breaks no client, and that this check works
	cd schema/breaking && npm ci && npm test && npm run check

explorer-check: ## check that the explorer's committed files are what its source builds
	cd explorer && npm ci && npm run check

clients: ## run Apollo Client, urql, Relay, graphql-ws, graphql-sse and fetch against Galley, and their tools on its client kit
	cd clients && npm ci --no-audit --no-fund
	.ci/with-postgres npm test --prefix clients

bench-check: ## check that what make bench measures works, and that both servers give the same answers
	.ci/with-postgres --settings bench/postgresql.conf go run ./bench check

readme: ## run every command of the README
	.ci/with-postgres .ci/readme

audit: ## hold the server to GraphQL over HTTP, by the suite of graphql-http
	cd conformance && npm ci
	.ci/with-galley npm run audit --prefix conformance
	.ci/with-postgres .ci/with-galley --postgres npm run audit --prefix conformance

browser: ## test the explorer in a browser
	.ci/browser

.PHONY: $(shell awk -F: '/^[a-z-]+:/ { print $$1 }' Makefile)
