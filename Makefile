# make demo   a flood, bad air and attacks in twenty seconds, through the real daemon
# make test   builds, then runs every test, the benchmark's smoke run and its count of allocations
# make build  leaves the release binary at .build/release/tocsin

PACKAGES := libzmq3-dev libsqlite3-dev zlib1g-dev pkg-config python3-venv
# Its name says what is in the environment, so that an older one gets what is new.
VENV := .venv/pyzmq-jsonschema-pyyaml-formats

.PHONY: demo test build setup

demo: build
	.build/release/tocsin demo

test: build $(VENV)
	swift test
	.build/release/tocsin-bench --smoke
	.build/release/tocsin-bench allocations

build: setup
	swift build -c release

# A third-party client for the integration tests, a reader of schemas, and writers of formats.
$(VENV): setup
	[ -e $@ ] || { python3 -m venv .venv && \
	    .venv/bin/pip install --quiet pyzmq jsonschema pyyaml \
	    msgpack geojson 'cloudevents>=2' && touch $@; }

setup:
	@command -v swift >/dev/null || { \
	    echo "Tocsin needs Swift 6.2 or newer: https://www.swift.org/install/linux/"; exit 1; }
	@pkg-config --exists 'libzmq >= 4.3' sqlite3 zlib 2>/dev/null && \
	    python3 -c 'import ensurepip' 2>/dev/null && exit 0; \
	command -v apt-get >/dev/null || { \
	    echo "Please install libzmq 4.3 or newer, SQLite 3 and zlib, all with headers and pkg-config"; \
	    echo "files, and Python 3 with venv; on Debian: $(PACKAGES)"; exit 1; }; \
	sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	$$sudo apt-get update -qq && \
	DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq $(PACKAGES) >/dev/null
