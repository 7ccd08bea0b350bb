# Two commands do everything: `make run` and `make test`. Each sets up .venv first: once, and again when
# pyproject.toml or constraints.txt change.
#
#   make run                 the demonstration: five MiniWoB++ tasks, solved from pixels     (HEADED=1 to watch)
#   make run-phone           three tasks on the simulated phone, over adb                    (HEADED=1 to watch)
#   make test                the tests that are not slow, after installing the programs that they drive: five minutes
#   make test-all            all tests, including the long ones: half an hour
#   make check               lint, format, types, import directions, wheel contents
#   make bench               the benchmarks: each prints ours, the peer's, and the ratio
#   make test WORKERS=1      one test at a time                (four at a time on two cores otherwise)
#   make PYTHON=python3.13 … set up with another interpreter (the first `python3*` that is new enough otherwise)

VENV    := .venv
BIN     := $(VENV)/bin
RUN     := $(VENV)/.set-up-run
DEV     := $(VENV)/.set-up-dev
CLIENTS := $(VENV)/.set-up-clients
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --use-pep517 --constraint constraints.txt
APT     := test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get -qq update \
             && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends
PYTHON  ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
             $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

# A test spends more than half of its time waiting for a screen.
WORKERS ?= $(shell cores=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); \
             workers=$$((cores * 2)); echo $$((workers < 8 ? workers : 8)))

PYTEST = $(BIN)/python -m pytest --quiet --numprocesses $(WORKERS) --dist loadfile

# What the tests drive, besides Chromium: an X server, a window manager, applications, and fonts for all scripts.
PACKAGES := xvfb openbox x11vnc x11-utils x11-xserver-utils xauth xclip xdotool dbus-daemon at-spi2-core python3-tk \
            python3-gi gir1.2-gtk-3.0 default-jdk less \
            xterm mousepad galculator pcmanfm libreoffice-calc libreoffice-gtk3 fonts-noto-color-emoji fonts-wqy-zenhei

.PHONY: run run-phone test test-all check bench chromium packages clean

run: $(RUN) chromium
	@$(BIN)/python -m handeye.evals.demos.miniwob

run-phone: $(RUN) chromium
	@$(BIN)/python -m handeye.evals.demos.phone

test: $(DEV) chromium packages
	@$(PYTEST) -m 'not slow'

test-all: $(CLIENTS) chromium packages
	@$(PYTEST)

check: $(DEV)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	@# The editable install maps the packages with an import hook, which this cannot follow; the links of .types it can.
	cd .types && ../$(BIN)/lint-imports --config ../pyproject.toml --no-cache --no-logo
	$(BIN)/python -m pytest --quiet tests/handeye/test_wheel.py

bench: $(DEV) chromium packages
	@for script in benchmarks/*_step.py benchmarks/environments.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

# Cheap when a browser is installed, so it is checked each time: a browser can be removed after set-up.
chromium: $(RUN)
	@$(BIN)/python -m handeye.environments.browser.chromium --install

# Cheap when all are installed. Where they cannot be installed, one line names them, and the tests that need them skip.
packages:
	@missing=$$(for package in $(PACKAGES); do \
	    dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'install ok installed' || echo $$package; done); \
	  test -z "$$missing" || { echo "installing what the tests drive:" $$missing; $(APT) $$missing >/dev/null; } \
	    || echo "tests that need these programs are skipped without them: apt-get install -y" $$missing
	@# Debian's headless shell halves the time of the tests; Ubuntu has none.
	@test -x /usr/lib/chromium/chromium-headless-shell || ! apt-cache show chromium-headless-shell >/dev/null 2>&1 \
	  || { $(APT) chromium-headless-shell >/dev/null; } || true

clean:
	rm -rf $(VENV) build dist handeye.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis

# setuptools comes first and builds without isolation, so that the build is pinned too.
# miniwob is used for its HTML pages only and never imported: its selenium and gymnasium stay out of this
# environment. For everyone else, the extra `miniwob` in pyproject.toml installs it with its dependencies.
$(RUN): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "error: handeye needs Python 3.11 or newer: install one, or name it: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(MAKE) --no-print-directory $(VENV)
	@echo "installing handeye and what it needs into $(VENV): once, a few minutes"
	@$(INSTALL) setuptools
	@$(INSTALL) --no-build-isolation --editable '.[browser,android]'
	@$(INSTALL) --no-deps miniwob
	@# Playwright's driver is a node that needs libatomic, which a minimal Debian lacks.
	@$(BIN)/playwright --version >/dev/null 2>&1 || { $(APT) libatomic1 >/dev/null; $(BIN)/playwright --version >/dev/null; } \
	  || { echo "error: Playwright's driver does not start, see above: apt-get install -y libatomic1" >&2; exit 1; }
	@touch $@

$(DEV): $(RUN)
	@echo "installing what the tests need into $(VENV): once"
	@$(INSTALL) --no-build-isolation --editable '.[browser,android,desktop,serve,structured,dev]'
	@touch $@

# Where one of these does not install, its tests skip with that reason.
$(CLIENTS): $(DEV)
	@echo "installing what the simulated phone, servers of models and clusters are tried with: once"
	@$(INSTALL) --no-build-isolation --editable '.[browser,android,desktop,serve,structured,dev,clients]' \
	  || echo "tests of adb-shell, pure-python-adb, transformers serve, llama.cpp, schemathesis, Ray and parquet are skipped: they did not install"
	@# PyTorch with CUDA has brought it already; it is large, and its kernels run in an interpreter here.
	@$(INSTALL) --no-build-isolation --editable '.[gpu]' || echo "tests of Triton's kernels are skipped: it did not install"
	@{ command -v npm && npm install --silent --no-fund --no-audit --prefix $(VENV)/clients appium-adb@16.0.9; } >/dev/null \
	  || echo "tests of appium-adb are skipped: it did not install, or there is no npm"
	@touch $@

.PHONY: $(VENV)
$(VENV):
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	  package=$$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'); \
	  $(APT) $$package >/dev/null; \
	  $(PYTHON) -c 'import ensurepip' 2>/dev/null \
	    || { echo "error: $(PYTHON) cannot make a virtual environment: apt-get install -y $$package" >&2; exit 1; }; }
	@$(PYTHON) -m venv --clear $(VENV)
