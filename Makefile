# Everything is built in release mode: the kernels in C are of no use without optimisation. No target here uses
# `@testable`, so the tests run the very products that users get, and nothing is built twice.
BUILD = swift build --configuration release
TEST = swift test --configuration release --disable-testable-imports --disable-xctest

.DEFAULT_GOAL := help
.PHONY: help setup build build-tests demo pictures test lint

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what is missing (OpenBLAS and zlib; asks for sudo only where something is)
	@Scripts/setup

build: setup ## build the library and the command line in release mode
	$(BUILD)

demo: setup ## fit a deep ensemble to a bundled data set; show its predictions beside the truth, and the scores
	$(BUILD) --product credence
	@Scripts/demo "$$($(BUILD) --show-bin-path)"

pictures: setup ## draw the pictures of the documentation
	$(BUILD) --product credence
	@Scripts/pictures "$$($(BUILD) --show-bin-path)"

build-tests: setup ## build everything, with the tests
	$(BUILD) --build-tests

test: setup ## run all tests; those of the engine also without AVX
	CREDENCE_INSTRUCTION_SET=baseline $(TEST) --filter '^(ProgramsTests|NetworksTests|OptimizationTests)\.'
	$(TEST)

lint: ## check the format of the sources
	swift format lint --strict --recursive Sources Tests Package.swift
