# `make help` says what there is. Everything that is built or run stays below .dengpan/.

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

# The packages that have benchmarks.
BENCHED = $(shell grep -rl --include='*_test.go' --exclude-dir=devstack '^func Benchmark' . | xargs -n 1 dirname | sort -u)

.DEFAULT_GOAL := help
.PHONY: help run test lint migrate bench build clean needs tools

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: build ## run everything here: PostgreSQL, Temporal, its UI, the API, a worker, institutions; ARGS='--help' for more
	@exec $(BIN)/devstack up $(ARGS)

test: build $(BIN)/gotest ## run every test on a private PostgreSQL and Temporal; a skipped test fails
	@DATABASE_URL= deploy/needs
	@$(BIN)/devstack exec -- $(BIN)/gotest -timeout 10m $(GOTEST) ./...
	@cd devstack && DENGPAN_BINARY=$(BIN)/dengpan $(BIN)/gotest -timeout 25m -p 1 $(GOTEST) ./...

lint: tools ## check style, imports, determinism of workflows and tidiness of go.mod
	@$(BIN)/golangci-lint run ./...
	@cd devstack && $(BIN)/golangci-lint run ./...
	@$(BIN)/workflowcheck ./workflows/...
	@go mod tidy -diff
	@cd devstack && go mod tidy -diff

migrate: build ## bring DATABASE_URL's schema, published lists and Temporal namespace up to date
	@test -n "$$DATABASE_URL" || { echo 'make migrate: set DATABASE_URL (and TEMPORAL_ADDRESS, or ARGS=--database-only)' >&2; exit 2; }
	@exec $(BIN)/dengpan migrate $(ARGS)

bench: build ## run the benchmarks; docs/benchmarks.md says how to read them
	@DATABASE_URL= deploy/needs
	@$(BIN)/devstack exec -- go test -run '^$$' -bench . -benchmem $(GOTEST) $(BENCHED)
	@cd devstack && DENGPAN_BINARY=$(BIN)/dengpan go test -run '^$$' -bench . $(GOTEST) ./integration

build: needs ## build dengpan and devstack into .dengpan/bin
	@mkdir -p $(BIN)
	@go build -o $(BIN)/dengpan ./cmd/dengpan
	@test -x $(BIN)/devstack || echo 'building devstack, a Temporal server within: minutes the first time, seconds after' >&2
	@cd devstack && go build -o $(BIN)/devstack .

clean: ## remove what was built; the data of `make run` stays
	@rm -rf $(BIN)

needs: # not listed: what the others need, and get
	@deploy/needs

tools: $(BIN)/golangci-lint $(BIN)/workflowcheck

# One rule, both programs; their versions are pinned in tools/go.mod.
$(BIN)/golangci-lint $(BIN)/workflowcheck: tools/go.mod tools/go.sum
	@mkdir -p $(BIN)
	@echo 'building $(@F): minutes the first time' >&2
	@cd tools && go build -o $(BIN)/ $$(go list tool | grep '/$(@F)$$')
	@touch $@

$(BIN)/gotest: house/gotest/main.go go.mod
	@mkdir -p $(BIN)
	@go build -o $@ ./house/gotest
