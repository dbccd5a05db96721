# `make` alone lists the verbs. Every path here is relative: the folder may have any name.
.DEFAULT_GOAL := help
.PHONY: help setup run test test-all lint fix seed bench messages audit

PYTHON ?= python3
BOOTSTRAP = $(PYTHON) -m expansion.launch.bootstrap
TOOLS = $(BOOTSTRAP) tools
ARGS ?=

help:  ## this list
	@sed -n 's/^\([a-z-]*\):  *## */make \1	/p' Makefile | expand -t 16

setup:  ## make the environment, nothing else
	@$(BOOTSTRAP) setup

run:  ## set up if needed, then the system on http://127.0.0.1:8000/ (PORT=8001 for another port)
	@$(BOOTSTRAP) run

test:  ## the tests of every change (ARGS="-k word" for some of them)
	@$(BOOTSTRAP) test $(ARGS)

test-all:  ## every test on both databases
	@$(BOOTSTRAP) test --all $(ARGS)

lint:  ## formatter, linters, types, import contracts; changes nothing
	@$(TOOLS) -m ruff check .
	@$(TOOLS) -m ruff format --check .
	@$(TOOLS) -m djlint templates --lint --quiet
	@$(TOOLS) -m mypy
	@$(TOOLS) -c "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"

fix:  ## what formatter and linters can put right by themselves
	@$(TOOLS) -m ruff check --fix .
	@$(TOOLS) -m ruff format .

seed:  ## load the demo department (ARGS="--scale big" for the large one)
	@$(TOOLS) manage.py seed $(ARGS)

bench:  ## measure the speed on the large department
	@$(TOOLS) -m bench $(ARGS)

messages:  ## collect the words on screen into the catalogue and derive the traditional one
	@$(TOOLS) manage.py makemessages --locale zh_Hans --no-wrap --no-obsolete --no-location --ignore .venv --ignore node_modules --ignore var
	@$(TOOLS) manage.py make_traditional
	@$(BOOTSTRAP) setup

audit:  ## known holes in the locked packages
	@$(TOOLS) -m pip_audit --disable-pip --require-hashes -r requirements.txt
	@$(TOOLS) -m pip_audit --disable-pip --require-hashes -r requirements-dev.txt
