# The two commands of the README are `make demo` and `make test`.
SWIFT ?= swift
BUILD := $(SWIFT) build -c release
BIN    = $(shell $(SWIFT) build -c release --show-bin-path)
PREFIX ?= /usr/local

.PHONY: demo test build deps format lint install clean

demo: build
	$(BIN)/nosce run hello

build: deps
	$(BUILD) --product nosce

# Numeric suites are only quick enough, and C code only optimised, in release.
test: deps
	$(SWIFT) test -c release --disable-xctest

# Installs what is missing. A Swift 6.2 toolchain or later is the one thing that must be there.
deps:
	@Scripts/install-dependencies

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests

# The resources travel with the binary: it looks for them beside itself and under ../share/nosce.
install: build
	install -d $(PREFIX)/bin $(PREFIX)/share/nosce
	install -m 755 $(BIN)/nosce $(PREFIX)/bin/nosce
	cp -R $(BIN)/nosce_NosceOrganism.resources $(BIN)/nosce_NosceCatalog.resources $(PREFIX)/share/nosce/

clean:
	rm -rf .build
