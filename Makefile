# Everything runs from .venv in this folder, which resort_site/bootstrap.py makes at first use.
# HOST, PORT and DATA_DIR say where the demo listens and keeps its files; PYTHON names a Python 3.11.

ifeq ($(origin PYTHON), undefined)
PYTHON := $(shell for name in python3.11 python3 python; do \
	$$name -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null && echo $$name && break; done)
endif
BOOTSTRAP = resort_site/bootstrap.py
IN_VENV = .venv/bin/python

.PHONY: demo test test-services check bench python
.SILENT:

# `exec`, here and below: a TERM sent to make then reaches the program itself, not a shell in between.
demo: python
	exec $(PYTHON) $(BOOTSTRAP) product manage.py demo

test: python
	exec env -u DATABASE_URL -u REDIS_URL $(PYTHON) $(BOOTSTRAP) development -m pytest -m "not services" $(ARGS)

test-services: python
	exec $(PYTHON) $(BOOTSTRAP) development -m tests.services $(ARGS)

bench: python
	exec $(PYTHON) $(BOOTSTRAP) development -m tests.benchmarks $(ARGS)

check: python
	$(PYTHON) $(BOOTSTRAP) development
	$(IN_VENV) -m ruff format --check .
	$(IN_VENV) -m ruff check .
	$(IN_VENV) -m mypy
	.venv/bin/lint-imports
	SITE_MODE=test $(IN_VENV) manage.py makemigrations --check --dry-run
	SITE_MODE=production ALLOWED_HOSTS=studies.example.org CSRF_TRUSTED_ORIGINS=https://studies.example.org \
	DATABASE_URL=postgresql://localhost/resort REDIS_URL=redis://localhost \
	SECRET_KEY=$$($(IN_VENV) -c 'import secrets; print(secrets.token_urlsafe(64))') \
	$(IN_VENV) manage.py check --deploy --fail-level WARNING

python:
	test -n "$(PYTHON)" || { echo "Python 3.11 was not found: install it, or name it: make demo PYTHON=/path/to/python3.11" >&2; exit 1; }
