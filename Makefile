# Two commands for a stranger: make evidence, make test. Everything else serves them.
PYTHON ?= python3
TOPIC ?= hcc-sorafenib-cr
DATA ?= data
VENV := .venv
RUN := $(VENV)/bin/python
SHIPPED := catalog/evidence/$(TOPIC)

.DELETE_ON_ERROR:
.PHONY: evidence refresh curated chain test check dictionary calibration reference pictures clean

# From shipped evidence to the evidence table; offline once installed. A second run changes nothing.
evidence: curated
	@$(RUN) -m ingest.cohort $(SHIPPED)/park2015_tables_2_to_5.csv --mapping $(SHIPPED)/park2015_mapping.toml --topic $(TOPIC) --data $(DATA)
	@$(MAKE) --no-print-directory chain

# What PubMed has now, then the chain to a new evidence table; needs a network and NCBI_EMAIL.
# Curated reports come first: a refresh looks up each of them, whether the search names it or not.
refresh: curated
	@$(RUN) -m ingest.pubmed --topic $(TOPIC) --data $(DATA) --full-text
	@$(MAKE) --no-print-directory evidence

curated: $(VENV)/installed
	@$(RUN) -m ingest.curation import --topic $(TOPIC) --data $(DATA)

chain: $(VENV)/installed
	@$(RUN) -m harmonize --topic $(TOPIC) --data $(DATA)
	@$(RUN) -m expectations --topic $(TOPIC) --data $(DATA)
	@$(RUN) -m synthesize --topic $(TOPIC) --data $(DATA)

test: $(VENV)/installed
	$(RUN) -m pytest

check: $(VENV)/installed
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(RUN) -m pytest tests/unit/test_layers.py tests/unit/test_docs_*.py

dictionary: $(VENV)/installed
	$(RUN) -m catalog dictionary --write docs/dictionary.md

calibration: $(VENV)/installed
	$(RUN) -m benchmarks.calibration

# The numbers that tests/reference compares with, from R 4.2 and Debian's r-cran-metafor, -survival, -brglm2, -jsonlite.
PRINTING := survival_curves survival_curves_medians survival_curves_turnbull tables2x2
reference:
	cd tests/reference/r && Rscript proportions.R ../values && Rscript comparisons.R ../values
	cd tests/reference/r && set -e && for name in $(PRINTING); do Rscript $$name.R > ../values/$$name.new; \
	  mv ../values/$$name.new ../values/$$name.json; done

# The figures that the README shows, from the report as it stands.
pictures: evidence
	cp $(DATA)/$(TOPIC)/report/forest_cr_rate.png $(DATA)/$(TOPIC)/report/kaplan_meier_by_drug_status.png docs/images/

# The stamp is written last, so an installation that was cut off is done again.
$(VENV)/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv --clear $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

clean:
	rm -rf $(VENV) $(DATA)
