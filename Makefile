# Five verbs for people and for CI. They need Python 3.11 or newer and make, nothing else:
# uv is put into a small environment of its own, and brings the rest from uv.lock.

PYTHON ?= python3
UV     := .tools/bin/uv
RUN    := $(UV) run --frozen
SECONDS ?= 60
STEPS ?= 500
SEEDS ?= 20

.DEFAULT_GOAL := check
.PHONY: serve test check fix bench fuzz faults interop convergence

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$(PYTHON) is missing or older than 3.11. Name another one: make PYTHON=python3.13 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || \
	  { echo "This Python cannot make environments; on Debian: apt install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv .tools
	.tools/bin/python -m pip install --quiet --disable-pip-version-check uv

serve: $(UV)               # http://localhost:8000/docs, on a local SQLite file with a sample catalogue
	$(RUN) --no-dev samkod serve --demo

test: $(UV)                # on SQLite and PostgreSQL; ARGS="-k feed" for some of it
	$(RUN) pytest --numprocesses=auto $(ARGS)

check: $(UV)               # all that can be judged without running the service
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) mypy
	$(RUN) lint-imports
	$(RUN) deptry .
	$(RUN) samkod openapi --check openapi/openapi.json
	$(RUN) samkod rules --check docs/rules.md
	$(RUN) samkod validate publiccode.yml

fix: $(UV)                 # all that can be put right by itself
	$(RUN) ruff check --fix .
	$(RUN) ruff format .
	$(RUN) samkod openapi --write openapi/openapi.json
	$(RUN) samkod rules --write docs/rules.md
	$(RUN) python -m tests.translations

fuzz: $(UV)                # mutated files for SECONDS, from SEED if given; none may break the validator
	$(RUN) python -m tests.fuzz $(SECONDS) $(SEED)

interop: $(UV)            # what we publish, read by programs that others wrote
	$(RUN) python -m tests.interop

faults: $(UV)              # 20,000 writes by 16 at once, and four followers that must miss none of them
	GAP_WRITES=20000 $(RUN) pytest tests/federation/test_gap.py

convergence: $(UV)         # three catalogues in a ring, written to and killed: STEPS deeds for each of SEEDS
	$(RUN) python -m tests.convergence $(STEPS) $(SEEDS)

ifeq (bench,$(firstword $(MAKECMDGOALS)))
SUBJECTS := $(wordlist 2,$(words $(MAKECMDGOALS)),$(MAKECMDGOALS))
endif
ifneq (,$(SUBJECTS))
.PHONY: $(SUBJECTS)
$(SUBJECTS): bench ; @:
endif

bench: $(UV)               # measures; asserts nothing; `make bench search` for one subject
	$(RUN) python -m tests.bench $(SUBJECTS)
