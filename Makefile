# Everything from a bare machine: Debian with python3 (3.11 or later, with venv), git and make.
#   make report DUMP=config.ldf OUT=audit.xlsx    audit a dump into a workbook and a JSON document
#   make test                                     format, lint, types, tests
#   make test-stores                              fleets in an SFTP and an S3-compatible store
#   make lock                                     exact versions with hashes, from pyproject.toml
#   make audit-deps                               known vulnerabilities of those versions
#   make man                                      the manual page, from the help
#   make dist                                     what is released, checked, in dist/
#   make check-windows                            whether Windows gets everything without a compiler

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.PHONY: setup report test test-stores bench fuzz lock audit-deps man check-windows dist clean

VENV := .venv
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PIP := scripts/pip.sh $(VENV)
# Only what the lock files name, built with what they name.
LOCKED := $(PIP) --require-hashes --no-build-isolation
# By a path: the finder that setuptools makes otherwise takes a tenth of every start.
PACKAGE := $(PIP) --no-deps --no-build-isolation --config-settings editable_mode=compat --editable .

DUMP ?= samples/contoso-2003.ldf
OUT ?= report.xlsx
SIZE ?= 100
SECONDS ?= 60
JOBS ?= $(shell getconf _NPROCESSORS_ONLN)
UPGRADE ?=
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
	$(VENV)/bin/python -m pytest --numprocesses $(JOBS) --dist worksteal

# Real servers on the loopback address: OpenSSH's from Debian, and one that speaks S3.
test-stores: $(VENV)/.stores
	@command -v /usr/sbin/sshd >/dev/null || scripts/debian-packages.sh openssh-server
	PYTHONPATH=. $(VENV)/stores/bin/python -m pytest tests/fleets/test_stores.py

bench: $(VENV)/.dev
	$(VENV)/bin/python -m bench --size $(SIZE)

fuzz: $(VENV)/.dev
	@$(LOCKED) -r requirements/fuzz.txt
	$(VENV)/bin/python -m fuzz --seconds $(SECONDS)

# Versions stay where they still fit pyproject.toml; make lock UPGRADE=1 takes the newest.
lock: $(VENV)/.tools
	scripts/lock.sh $(VENV)/tools/bin/uv $(if $(UPGRADE),--upgrade)

# Asks the package index about every version; needs the network.
audit-deps: $(VENV)/.tools
	$(VENV)/tools/bin/pip-audit --strict --disable-pip --require-hashes --vulnerability-service pypi \
	  $(foreach lock,$(wildcard requirements/*.txt),--requirement $(lock))

# The manual page, which a test compares with the help.
man: $(VENV)/.run
	$(VENV)/bin/python scripts/man_page.py >docs/exchange-analyzer.1

# Resolves and downloads for Windows what is installed there; needs the network.
check-windows: $(VENV)/.tools $(VENV)/.dev
	$(VENV)/bin/mypy --platform win32
	scripts/check-windows.sh $(VENV)/tools/bin/uv

# What is released, checked and tried out, in dist/.
dist: $(VENV)/.tools $(VENV)/.run
	$(VENV)/bin/python scripts/dist.py $(VENV)/tools/bin dist

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -f report.xlsx report.json report.html analyzer/dump/line_scan.c analyzer/dump/line_scan.*.so
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@"$(PYTHON)" -m venv $(VENV)

# What running needs. python-ldap and the scan of big files are compiled; compiler and headers are
# installed only when that fails.
HEADERS := gcc libc6-dev python3-dev libsasl2-dev "libldap2-dev|libldap-dev"
$(VENV)/.run: pyproject.toml requirements/build.txt requirements/run.txt analyzer/dump/line_scan.pyx \
    analyzer/dump/wide_bytes.h analyzer/dump/wide_steps.h scripts/pip.sh scripts/debian-packages.sh | $(VENV)/bin/python
	@echo "Setting up $(VENV) (a minute or two the first time)"
	@$(PIP) --require-hashes -r requirements/build.txt
	@QUIET=1 $(LOCKED) -r requirements/run.txt || { \
	  scripts/debian-packages.sh $(HEADERS); $(LOCKED) -r requirements/run.txt; }
	@$(PACKAGE)
	@$(VENV)/bin/python -c "import analyzer.dump.line_scan" 2>/dev/null || { \
	  scripts/debian-packages.sh $(HEADERS); $(PACKAGE); }
	@$(VENV)/bin/python -m compileall -q analyzer
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	@$(LOCKED) -r requirements/dev.txt
	@touch $@

# Tools that are no part of the project's own environment, in one of their own.
$(VENV)/.tools: requirements/tools.txt scripts/pip.sh | $(VENV)/bin/python
	@$(VENV)/bin/python -m venv $(VENV)/tools
	@scripts/pip.sh $(VENV)/tools --require-hashes -r requirements/tools.txt
	@touch $@

$(VENV)/.stores: requirements/build.txt requirements/stores.txt scripts/pip.sh | $(VENV)/.run
	@$(VENV)/bin/python -m venv $(VENV)/stores
	@scripts/pip.sh $(VENV)/stores --require-hashes -r requirements/build.txt
	@scripts/pip.sh $(VENV)/stores --require-hashes --no-build-isolation -r requirements/stores.txt
	@touch $@

# The browser in which the tests open the page, and the tracer that shows every file they open.
$(VENV)/.browser: | $(VENV)/bin/python
	@command -v chromium >/dev/null || scripts/debian-packages.sh chromium
	@command -v strace >/dev/null || scripts/debian-packages.sh strace
	@touch $@
