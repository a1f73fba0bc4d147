# Everything from a bare machine: Debian with python3 (3.11 or later, with venv), git and make.
#   make report DUMP=config.ldf OUT=audit.xlsx    audit a dump into a workbook and a JSON document
#   make test                                     format, lint, types, tests

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.PHONY: setup report test bench fuzz clean

VENV := .venv
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PIP := scripts/pip.sh $(VENV)

DUMP ?= samples/contoso-2003.ldf
OUT ?= report.xlsx
SIZE ?= 100
SECONDS ?= 60
export DUMP OUT

setup: $(VENV)/.dev

report: $(VENV)/.run
	@json="$${OUT%.*}.json"; outputs=(-o "$$OUT"); \
	[ "$$json" = "$$OUT" ] || outputs+=(-o "$$json"); \
	$(VENV)/bin/exchange-analyzer audit --overwrite "$${outputs[@]}" -- "$$DUMP"

test: $(VENV)/.dev $(VENV)/.browser
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/python -m pytest

bench: $(VENV)/.dev
	$(VENV)/bin/python -m bench --size $(SIZE)

fuzz: $(VENV)/.dev
	@$(PIP) --group fuzz
	$(VENV)/bin/python -m fuzz --seconds $(SECONDS)

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -f report.xlsx report.json report.html analyzer/dump/line_scan.c analyzer/dump/line_scan.*.so
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@"$(PYTHON)" -m venv $(VENV)

# What running needs. python-ldap and the scan of big files are compiled; compiler and headers are
# installed only when that fails.
HEADERS := gcc libc6-dev python3-dev libsasl2-dev "libldap2-dev|libldap-dev"
$(VENV)/.run: pyproject.toml analyzer/dump/line_scan.pyx scripts/pip.sh scripts/debian-packages.sh \
    | $(VENV)/bin/python
	@echo "Setting up $(VENV) (a minute or two the first time)"
	@$(PIP) --upgrade pip
	@$(VENV)/bin/python -c "import ldap" 2>/dev/null || QUIET=1 $(PIP) "python-ldap>=3.4.4" || { \
	  scripts/debian-packages.sh $(HEADERS); $(PIP) "python-ldap>=3.4.4"; }
	@$(PIP) --editable .
	@$(VENV)/bin/python -c "import analyzer.dump.line_scan" 2>/dev/null || { \
	  scripts/debian-packages.sh $(HEADERS); $(PIP) --editable .; }
	@$(VENV)/bin/python -m compileall -q analyzer
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	@$(PIP) --group dev
	@touch $@

# The browser in which the tests open the page, and the tracer that shows every file they open.
$(VENV)/.browser: | $(VENV)/bin/python
	@command -v chromium >/dev/null || scripts/debian-packages.sh chromium
	@command -v strace >/dev/null || scripts/debian-packages.sh strace
	@touch $@
