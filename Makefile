# The two commands of the README are `make demo` and `make test`.
SWIFT ?= swift
BUILD := $(SWIFT) build -c release
BIN    = $(shell $(SWIFT) build -c release --show-bin-path)
# Where `make install` puts things, and a root before it for packages and images.
PREFIX ?= /usr/local
DESTDIR ?=
# A Python: with pip for real-models and numpy, with numpy for recompute, with torch, transformers and
# peft for bench-peers; and a folder of llama.cpp's tools.
PYTHON ?= python3
LLAMA  ?=
# Further options of `nosce bench` or of `compare`: make bench ARGS="--sizes tiny,small".
ARGS   ?=

.PHONY: demo test build-tests fresh-catalog results organisms real-models bench bench-peers fuzz build standalone deps format lint \
  install uninstall clean clients

# Without the trait HTTP (`nosce serve`, endpoints), whose packages take minutes to build and of which the
# demo needs nothing. `make build`, `make install` and `make test` have it.
demo: deps fresh-catalog
	$(BUILD) --disable-default-traits --product nosce
	$(BIN)/nosce run hello

build: deps fresh-catalog
	$(BUILD) --product nosce

# A bundle is only added to: what was renamed or removed would stay in it.
fresh-catalog: deps
	@rm -rf "$(BIN)/nosce_NosceCatalog.resources"

# What `make test` runs, compiled and not run.
build-tests: deps fresh-catalog
	$(BUILD) --build-tests

# Numeric suites are only quick enough, and C code only optimised, in release.
test: deps fresh-catalog
	@SWIFT="$(SWIFT)" Scripts/test

# Real models for the tests that need one; Gemma only with ACCEPT_GEMMA_TERMS=1.
real-models:
	@PYTHON=$(PYTHON) Scripts/real-models

# The whole catalog on both bundled models, and docs/RESULTS.md from it. A second call goes on.
results: build
	$(BIN)/nosce run --all --out runs/all-organism
	$(BIN)/nosce run --all --subject organism-null --out runs/all-organism-null
	$(BIN)/nosce results runs/all-organism runs/all-organism-null --out docs/RESULTS.md

# Several pretrainings of each world, the catalog on each, and a line for each in
# docs/validation/pretrainings.jsonl. Stopped, it goes on where it was; all on one kind of machine.
PRETRAININGS ?= 1 2 3
ORGANISMS ?= organisms
organisms: build
	@NOSCE=$(BIN)/nosce Scripts/organisms "$(ORGANISMS)" $(PRETRAININGS)

# The same runs by another program: p, intervals and verdicts from the answers, with numpy alone.
RUNS ?= runs/all-organism runs/all-organism-null
recompute: build
	PYTHON=$(PYTHON) Scripts/recompute $(BIN)/nosce $(RUNS)

# A numpy for that and for its tests, where the Python has none.
numpy:
	@PYTHON=$(PYTHON) Scripts/numpy

# Rates, and shares of what the machine can do.
bench: build
	$(BIN)/nosce bench $(ARGS)

# The same beside the peers that are installed; says which are missing.
bench-peers: build
	$(SWIFT) run -c release --package-path Benchmarks compare --nosce $(BIN)/nosce \
	  --python $(PYTHON) $(if $(LLAMA),--llama $(LLAMA)) --peers Benchmarks/peers \
	  --models Benchmarks/.models --out Benchmarks/.results.jsonl $(ARGS)

# Programs that others wrote against `nosce serve`, in a virtual environment below .build; what does not
# install is skipped and said so. CLIENTS="openai-client lm-eval" runs some of them.
CLIENTS ?=
clients: build
	@PYTHON=$(PYTHON) Scripts/clients/run $(BIN)/nosce $(CLIENTS)

# Readers of foreign files under a coverage-guided fuzzer (Linux); what it finds is in .build/fuzz.
FUZZ_SECONDS ?= 60
fuzz: deps
	Fuzz/run -max_total_time=$(FUZZ_SECONDS)

# Installs what is missing. A Swift 6.2 toolchain or later is the one thing that must be there.
deps:
	@Scripts/install-dependencies

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests Benchmarks Fuzz

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests Benchmarks Fuzz

# The same program with Swift's own libraries in it, for machines that have no toolchain. In a folder
# of its own: other compiler flags in .build would have everything compiled again on either side.
STANDALONE = $(BUILD) --scratch-path .build/standalone \
  $(if $(filter Linux,$(shell uname -s)),--static-swift-stdlib)
standalone: deps
	$(STANDALONE) --product nosce

install: standalone
	Scripts/install "$$($(STANDALONE) --show-bin-path)" "$(DESTDIR)$(PREFIX)"

# Removes what `make install` with the same DESTDIR and PREFIX put there, and nothing else.
uninstall:
	Scripts/install --remove "$(DESTDIR)$(PREFIX)"

# What was fetched stays: Scripts/real-models knows whether it is whole.
clean:
	rm -rf .build Benchmarks/.build
	[ ! -d Benchmarks/.models ] || find Benchmarks/.models -mindepth 1 -maxdepth 1 \
	  ! -name '*.gguf' ! -name llama-vocab -exec rm -rf {} +
