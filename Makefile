# Hone: everything a newcomer types. `make demo` and `make test` need Swift 6.2 or later, and Debian's apt or Homebrew.

SWIFT ?= swift
CONFIGURATION = release
BIN = .build/$(CONFIGURATION)
HONE = $(BIN)/hone

.PHONY: build demo test test-all check format arrows bench bench-training bench-inference bench-tokenizers bench-embeddings bench-projection bench-neighbours bench-stores bench-quality bench-serving crash-test lines deps clean

build: deps
	$(SWIFT) build -c $(CONFIGURATION) --product hone

demo: build
	@sh Tools/demo.sh $(HONE)

# In float32 on every processor, as the references are; the clients' checks use what is fast here.
test: deps
	$(SWIFT) build -c $(CONFIGURATION) --build-tests
	HONE_PRECISION=float32 $(SWIFT) test -c $(CONFIGURATION) --skip-build
	sh Tests/clients/run.sh $(HONE)

# The same with the long checks: a million strings, 100,000 damaged files of each kind, 50 kills.
# HoneTests wait for processes and sockets, the others compute without a pause: one after the other.
test-all: deps
	$(SWIFT) build -c $(CONFIGURATION) --build-tests
	HONE_PRECISION=float32 HONE_TEST_ALL=1 $(SWIFT) test -c $(CONFIGURATION) --skip-build --skip '^HoneTests\.'
	HONE_PRECISION=float32 HONE_TEST_ALL=1 $(SWIFT) test -c $(CONFIGURATION) --skip-build --filter '^HoneTests\.'
	HONE_TEST_ALL=1 sh Tests/clients/run.sh $(HONE)

check: deps arrows
	$(SWIFT) format lint --strict --recursive Sources Tests Benchmarks Package.swift
	HONE_WARNINGS=error $(SWIFT) build -c $(CONFIGURATION) --scratch-path .build-check --build-tests

format:
	$(SWIFT) format --in-place --recursive Sources Tests Benchmarks Package.swift

# Which room may import which: Tools/arrows.txt is the table.
arrows:
	@sh Tools/arrows.sh Tools/arrows.txt Sources

bench: bench-tokenizers bench-training bench-inference bench-embeddings bench-projection bench-neighbours bench-stores bench-quality

bench-training bench-inference bench-tokenizers bench-embeddings bench-projection bench-neighbours bench-stores: deps
	$(SWIFT) build -c $(CONFIGURATION) --product hone-benchmarks
	sh Benchmarks/run.sh $(subst bench-,,$@)

bench-quality: build
	for part in sport abstracts emails embeddings; do sh Benchmarks/quality/run.sh $$part; done

# How the server does beside bad clients, and under load.
bench-serving: build
	$(SWIFT) build -c $(CONFIGURATION) --product hone-benchmarks
	sh Benchmarks/serving/run.sh

# SIGKILL for the server and its workers, HONE_CRASH_KILLS times (200), while jobs train and clients work.
crash-test: build
	python3 -B Benchmarks/serving/crash.py
	python3 -B Benchmarks/serving/crash_stores.py

lines:
	@sh Tools/lines.sh

deps:
	@sh Tools/deps.sh

clean:
	rm -rf .build .build-check
