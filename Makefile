# Everything runs from here. `make help` lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PY := .venv/bin/python
export RASA_TELEMETRY_ENABLED := false
export TF_CPP_MIN_LOG_LEVEL := 3
export PYTHONWARNINGS := ignore
export SQLALCHEMY_SILENCE_UBER_WARNING := 1

.PHONY: help setup setup-dev lock widget widget-or-warn widget-test train run chat validate lint types unit understanding evaluate compare insights test-dialogues server-test channels-test browser-test test cluster faults picture widget-pictures guide-pictures bench bench-widget check check-links new-subject review channels purge erase export fuzz audit clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

setup: ## install what the assistant runs on, into .venv (only when something changed)
	@scripts/setup requirements.lock

setup-dev: ## the same, with what testing needs
	@scripts/setup requirements-dev.lock

widget: setup ## build the website widget, widget/dist/widget.js (Node comes with .venv)
	@scripts/setup requirements-widget.lock && scripts/build-widget

widget-or-warn: setup
	@$(MAKE) --no-print-directory widget || echo "The website widget could not be built (see above); going on with what there is." >&2

widget-test: widget ## the widget's types, style and unit tests
	@scripts/npm run --silent types && scripts/npm run --silent lint && scripts/npm run --silent unit

run: setup widget-or-warn ## train if needed, start the assistant and its action server, say where to talk to it
	@$(PY) -m assistant.serve

cluster: setup widget-or-warn ## the whole service on this machine: PostgreSQL, Redis, two assistants, nginx (Debian's packages)
	@$(PY) -m assistant.cluster

faults: setup-dev widget ## break the cluster in thirty ways while visitors talk, and count what is lost (a quarter of an hour)
	@scripts/need-packages && $(PY) -m tests.faults.run

chat: setup ## the same, and talk to it in this terminal (EXPLAIN=1: what it understood, did, and leans on)
	@$(PY) -m assistant.chat $(if $(filter 1,$(EXPLAIN)),--explain)

train: setup ## train a model
	@$(PY) -m assistant.rasa train --force --skip-validation --fixed-model-name assistant

picture: setup ## draw docs/dialogue.png from the running assistant (needs chromium)
	@PYTHONPATH=. $(PY) scripts/draw_dialogue.py

widget-pictures: setup-dev widget ## draw docs/widget/*.png
	@scripts/need-packages && PYTHONPATH=. $(PY) scripts/draw_widget.py

bench: setup-dev ## what an answer costs, beside stock and bare Rasa: reports/bench.html (20 minutes; SHORT=1: four)
	@$(if $(filter 1,$(SHORT)),SHORT=1,scripts/need-packages &&) $(PY) -m assistant.bench

guide-pictures: setup-dev widget ## draw docs/guide/*.png, the staff's workbench
	@scripts/need-packages && PYTHONPATH=. $(PY) scripts/draw_guide.py

bench-widget: setup-dev widget ## measure the widget: its size, the time to open, the time to an answer
	@scripts/need-packages && PYTHONPATH=. $(PY) scripts/bench_widget.py

channels: setup ## which messaging channels are on, what the others lack, whether the providers take the credentials
	@$(PY) -m assistant.check_channels

check: setup ## find mistakes in the content files, in seconds (SINCE=… compares the facts with another version)
	@$(PY) -m assistant.checking --since "$${SINCE:-HEAD}"

new-subject: setup ## add a subject: asks in French what is needed, writes it in all the right places
	@$(PY) -m assistant.checking.new_subject

review: setup ## the messages that the staff marked as misunderstood, by subject (EXPORT=1: also reports/review.yml, to read)
	@$(PY) -m assistant.keeping $(if $(filter 1,$(EXPORT)),--export)

check-links: setup ## ask each address that the assistant gives, print a table
	@$(PY) -m assistant.check_links

purge: setup ## delete the conversations older than RETENTION_DAYS (the assistant does it by itself every day)
	@$(PY) -m assistant.privacy purge

erase: setup ## erase one conversation: make erase SENDER=…
	@$(PY) -m assistant.privacy erase -- "$$SENDER"

export: setup ## give one conversation to read: make export SENDER=…
	@$(PY) -m assistant.privacy export -- "$$SENDER"

lock: ## make the lock files anew from requirements*.in
	@scripts/lock

lint: setup-dev ## style and simple mistakes
	@$(PY) -m ruff check . && $(PY) -m ruff format --check .

types: setup-dev ## static types
	@$(PY) -m mypy assistant actions

validate: setup-dev ## Rasa's own check of the data
	@$(PY) -m rasa data validate --fail-on-warnings

unit: setup-dev ## the tests that need no server
	@$(PY) -m pytest tests/unit

understanding: setup-dev ## how well unseen messages are understood
	@$(PY) -m assistant.serve --train-only && $(PY) -m pytest tests/understanding

evaluate: setup-dev ## measure how well it understands, as one page: reports/index.html
	@$(PY) -m assistant.evaluation.evaluate

insights: setup ## what visitors ask, and ask in vain: reports/insights.html (RARE=1: rare wording too, asks for INSIGHTS_TOKEN)
	@$(PY) -m assistant.insights $(if $(filter 1,$(RARE)),--rare)

compare: setup-dev ## the same sets for other pipelines too, in one run (half an hour; PARTS=cost: time and memory alone)
	@$(PY) -m assistant.evaluation.compare $(if $(filter cost,$(PARTS)),--cost)

test-dialogues: setup ## Rasa's dialogue tests, each that goes wrong shown in French (FILE=tests/dialogues/… for one file)
	@$(PY) -m assistant.keeping.failures $(if $(FILE),"$$FILE")

server-test: setup-dev ## the tests that talk to the running assistant over HTTP
	@scripts/need-packages && $(PY) -m pytest tests/server

channels-test: setup-dev ## the messaging channels, every fault on every channel, and a server that is killed (5 minutes)
	@ALL_CHANNELS=1 $(PY) -m pytest tests/server/test_messaging.py tests/messaging

browser-test: setup-dev widget ## the tests that drive browsers against the running assistant
	@scripts/need-packages && $(PY) -m pytest tests/browser

fuzz: setup-dev ## thousands of requests that nobody would think of, against the widget's channel
	@FUZZ_CASES=$${FUZZ_CASES:-2000} $(PY) -m pytest tests/server/test_fuzz.py

audit: setup-dev ## known vulnerabilities of the locked packages (asks api.osv.dev, or says that it could not)
	@scripts/audit

test: setup-dev ## all tests, in under 20 minutes, two lanes beside each other
	@$(PY) -m tests.everything

clean: ## remove what was made: model, reports, caches (not .venv, not the conversations)
	@rm -rf models reports results .rasa .pytest_cache .ruff_cache .mypy_cache widget/dist
