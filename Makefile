# `make help` says what there is. Everything that is built or run stays below .dengpan/, but for the web application's
# packages (web/node_modules), and what is built of it to be embedded (web/dist).

BIN  := $(CURDIR)/.dengpan/bin
ARGS ?=

# Extra flags for go test: make test GOTEST='-race -count=1' CGO_ENABLED=1, or -run to pick.
GOTEST ?=

# Stamping asks git, which refuses in a clone that belongs to somebody else.
export GOFLAGS := -buildvcs=false $(GOFLAGS)
# One way to build everything, so that nothing is compiled twice; the race detector needs the other: CGO_ENABLED=1.
export CGO_ENABLED ?= 0
# One module at a time, whatever workspace the clone stands in.
export GOWORK := off

# What the web application is built from.
WEB := $(shell find web -type d \( -name node_modules -o -name dist -o -name generated \) -prune -o -type f ! -name '*.go' -print)

# The packages that have benchmarks.
BENCHED = $(shell grep -rl --include='*_test.go' --exclude-dir=devstack --exclude-dir=node_modules '^func Benchmark' . | xargs -n 1 dirname | sort -u)

.DEFAULT_GOAL := help
.PHONY: help run test lint migrate bench build interface clean needs web tools

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: build ## run everything here: PostgreSQL, Temporal, its UI, the API, a worker, institutions; ARGS='--help' for more
	@exec $(BIN)/devstack up $(ARGS)

test: build $(BIN)/gotest ## run every test on a private PostgreSQL and Temporal, in a browser too; a skipped test fails
	@DATABASE_URL= deploy/needs test
	@cd web && npm test --silent
	@$(BIN)/devstack exec -- $(BIN)/gotest -timeout 10m $(GOTEST) ./...
	@# What speaks to tokens is C, and nothing else here is.
	@CGO_ENABLED=1 $(BIN)/gotest -tags pkcs11 $(GOTEST) ./signing/token
	@# What these are about, the program and the pages, Go does not see: a result that it kept would be of another program.
	@# They wait for calendars and pages as much as for the processor, so two packages run at once, and three tests of each, on
	@# any machine.
	@cd devstack && DENGPAN_BINARY=$(BIN)/dengpan $(BIN)/gotest -timeout 25m -p 2 -parallel 3 -count=1 $(GOTEST) ./...

lint: tools web ## check style, imports, determinism of workflows and tidiness of go.mod
	@$(BIN)/golangci-lint run ./...
	@cd devstack && $(BIN)/golangci-lint run ./...
	@$(BIN)/workflowcheck ./workflows/...
	@cd web && npm run --silent lint
	@tools/interface/node_modules/.bin/spectral lint --quiet --fail-severity=warn .dengpan/openapi.json
	@node tools/interface/released.mjs <.dengpan/openapi.json >.dengpan/interface.json
	@$(BIN)/oasdiff breaking --fail-on ERR --severity-levels tools/interface/severity.txt docs/interface.json .dengpan/interface.json
	@go mod tidy -diff
	@cd devstack && go mod tidy -diff

migrate: build ## bring DATABASE_URL's schema, published lists and Temporal namespace up to date
	@test -n "$$DATABASE_URL" || { echo 'make migrate: set DATABASE_URL (and TEMPORAL_ADDRESS, or ARGS=--database-only)' >&2; exit 2; }
	@exec $(BIN)/dengpan migrate $(ARGS)

bench: build ## run the benchmarks; docs/benchmarks.md says how to read them
	@DATABASE_URL= deploy/needs
	@$(BIN)/devstack exec -- go test -timeout 1h -run '^$$' -bench . -benchmem $(GOTEST) $(BENCHED)
	@cd devstack && DENGPAN_BINARY=$(BIN)/dengpan go test -run '^$$' -bench . $(GOTEST) ./integration

build: web ## build dengpan, the web application within, and devstack into .dengpan/bin
	@go build -o $(BIN)/dengpan ./cmd/dengpan
	@test -x $(BIN)/devstack || echo 'building devstack, a Temporal server within: minutes the first time, seconds after' >&2
	@cd devstack && go build -o $(BIN)/devstack .

clean: ## remove what was built; the data of `make run` stays
	@rm -rf $(BIN)

needs: # not listed: what the others need, and get
	@deploy/needs

# The program describes its interface, the application is made for that description, and the program is then built with
# the application in it.
web: needs # not listed: what build and lint need
	@mkdir -p $(BIN)
	@go build -o $(BIN)/dengpan ./cmd/dengpan
	@$(BIN)/dengpan openapi >.dengpan/openapi.new
	@cmp -s .dengpan/openapi.new .dengpan/openapi.json && rm .dengpan/openapi.new || mv .dengpan/openapi.new .dengpan/openapi.json
	@$(MAKE) --no-print-directory web/dist/app/index.html

web/dist/app/index.html: $(WEB) message/zh.yaml message/en.yaml .dengpan/openapi.json web/node_modules/.package-lock.json
	@echo 'building the web application' >&2
	@cd web && npm run --silent build
	@touch $@

web/node_modules/.package-lock.json: web/package.json web/package-lock.json web/.npmrc
	@echo 'fetching the packages of the web application' >&2
	@cd web && npm ci --no-progress --loglevel=error
	@touch $@

interface: web ## take the HTTP interface of today as released: from then on, lint refuses what would break it
	@node tools/interface/released.mjs <.dengpan/openapi.json >docs/interface.json

tools: $(BIN)/golangci-lint $(BIN)/workflowcheck $(BIN)/oasdiff tools/interface/node_modules/.package-lock.json

# One rule, both programs; their versions are pinned in tools/go.mod.
$(BIN)/golangci-lint $(BIN)/workflowcheck: tools/go.mod tools/go.sum
	@mkdir -p $(BIN)
	@echo 'building $(@F): minutes the first time' >&2
	@cd tools && go build -o $(BIN)/ $$(go list tool | grep '/$(@F)$$')
	@touch $@

$(BIN)/oasdiff: tools/interface/go.mod tools/interface/go.sum
	@mkdir -p $(BIN)
	@cd tools/interface && go build -o $@ $$(go list tool)
	@touch $@

tools/interface/node_modules/.package-lock.json: tools/interface/package.json tools/interface/package-lock.json tools/interface/.npmrc
	@echo 'fetching what checks the description of the interface' >&2
	@cd tools/interface && npm ci --no-progress --loglevel=error
	@touch $@

$(BIN)/gotest: house/gotest/main.go go.mod
	@mkdir -p $(BIN)
	@go build -o $@ ./house/gotest
