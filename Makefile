# make run | test | bench | bench-nation | setup | lint | translations | lock | clean
# Needs python3 (3.11 or newer, with venv) and a shell; every other thing is fetched, locked, into .venv.

PYTHON ?= python3
PEOPLE ?= 25583
BIN := .venv/bin
PO := $(wildcard hrms/translations/*/*/LC_MESSAGES/messages.po)
MO := $(PO:.po=.mo)
# Two starts at once prepare one after the other.
ALONE := $(shell command -v flock >/dev/null 2>&1 && echo flock .setup.lock)
LOCK := uv pip compile --quiet --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUTF8 := 1
.DEFAULT_GOAL := run
.DELETE_ON_ERROR:
.PHONY: run test bench bench-nation setup setup-dev lint browser translations lock clean ready ready-dev

run: setup
	@exec $(BIN)/hrms run --people "$(PEOPLE)" $(if $(PORT),--port "$(PORT)")

setup:
	@$(ALONE) $(MAKE) --no-print-directory ready

setup-dev:
	@$(ALONE) $(MAKE) --no-print-directory ready-dev

ready: .venv/.app $(MO)
	@:

ready-dev: ready .venv/.dev
	@:

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo 'Cần Python 3.11 trở lên. Trên Debian: apt install python3 python3-venv' >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
	  || { echo 'Thiếu phần venv của Python. Trên Debian: apt install python3-venv' >&2; exit 1; }
	@test -w . || { echo "Không ghi được vào $$(pwd); hãy chạy bằng người dùng sở hữu thư mục này." >&2; exit 1; }
	@echo 'Tạo môi trường Python (.venv)…'
	@rm -rf .venv && $(PYTHON) -m venv .venv
	@touch $@

# pip names what it fetches; a line each shows that it is alive. Its own status is kept, since a pipe would lose it.
define pip_install
	@rm -f .venv/.failed; { $(BIN)/pip install --progress-bar off --require-hashes -r $(1) || touch .venv/.failed; } 2>&1 \
	  | while IFS= read -r line; do case "$$line" in \
	      Collecting*|Installing*) test ! -t 1 || printf '\r  %-72.72s' "$${line%% (from*}" ;; \
	      *rror*|*ERROR*|*hash*) printf '\n%s\n' "$$line" ;; esac; done; test ! -t 1 || echo; test ! -e .venv/.failed
endef

.venv/.packages: requirements.txt .venv/.made
	@echo 'Cài các gói đã khóa (lần đầu mất một, hai phút)…'
	$(call pip_install,requirements.txt)
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.packages
	@echo 'Cài các gói để kiểm thử…'
	$(call pip_install,requirements-dev.txt)
	@touch $@

.venv/.app: pyproject.toml .venv/.packages
	@echo 'Tạo lệnh hrms…'
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

%.mo: %.po | .venv/.packages
	@echo 'Dịch $<'
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

lint: setup-dev
	@echo '== ruff' && $(BIN)/ruff check . && $(BIN)/ruff format --check .
	@echo '== mypy' && $(BIN)/mypy
	@echo '== import rules' && $(BIN)/lint-imports
	@echo '== no floats in money and points' && $(BIN)/python -m tests.no_floats
	@echo '== templates' && $(BIN)/djlint templates --lint --quiet

# Unit, database, access and browser tests are one pytest run; translations and migrations are among them. Every core
# takes a file at a time, over a database server of its own; the browser's files, which take longest, come first.
test: lint browser
	@echo '== pytest' && $(BIN)/python -m pytest --numprocesses logical --maxprocesses 8 --dist loadfile --no-loadscope-reorder

browser:
	@echo '== chromium'
	@if command -v chromium >/dev/null 2>&1; then command -v chromium; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	  echo 'Cài chromium cho kiểm thử trình duyệt (apt-get install chromium)…'; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null; \
	else echo 'Kiểm thử trình duyệt cần chromium. Hãy chạy bằng root: apt-get install chromium' >&2; exit 1; fi

bench: setup-dev
	@$(BIN)/python -m bench --people "$(PEOPLE)"

bench-nation: setup-dev
	@$(BIN)/python -m bench --people 2000000 --nation

# Brings every catalogue up to what the code says today; what has no English yet stays empty, and the tests name it.
translations: setup-dev
	@$(BIN)/python -m tests.translations update
	@$(MAKE) --no-print-directory setup

lock:
	@command -v uv >/dev/null 2>&1 || { echo 'Cần uv để khóa phiên bản: pip install uv' >&2; exit 1; }
	@$(LOCK) requirements.in -o requirements.txt
	@$(LOCK) requirements-dev.in -o requirements-dev.txt

# The data in instance/ stay.
clean:
	@rm -rf .venv .setup.lock build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find hrms seed tests bench migrations -name __pycache__ -type d -prune -exec rm -rf {} +
	@rm -f $(MO)
