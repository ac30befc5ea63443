# make demo       a flood, bad air and attacks in twenty seconds, through the real daemon
# make test       builds, then runs every test, the benchmark's smoke run and its count of allocations
# make build      leaves the release binary at .build/release/tocsin: one file with Swift in it, for
#                 any Debian with libzmq5 and libsqlite3-0
# make install    puts what `make build` left, and all that belongs to it, below $(DESTDIR)
# make uninstall  takes it away again, but for the configuration and the state

PACKAGES := libzmq3-dev libsqlite3-dev zlib1g-dev pkg-config python3-venv systemd
# Its name says what is in the environment, so that an older one gets what is new.
VENV := .venv/pyzmq-jsonschema-pyyaml-formats-glances
# rsyslog for its test, unpacked and not installed: the machine's own log goes on as it is.
RSYSLOG := .venv/rsyslog
RSYSLOG_PACKAGES := rsyslog rsyslog-czmq libczmq4 libestr0 libfastjson4 liblognorm5

prefix ?= /usr
sysconfdir ?= /etc
unitdir ?= /lib/systemd/system
BINARY := .build/release/tocsin
SHARE := $(DESTDIR)$(prefix)/share
PROGRAM := $(DESTDIR)$(prefix)/bin/tocsin
UNIT := $(DESTDIR)$(unitdir)/tocsin.service
CONFIGURATION := $(DESTDIR)$(sysconfdir)/tocsin/tocsin.yaml
MANUAL := $(SHARE)/man/man1/tocsin.1
BASH := $(SHARE)/bash-completion/completions/tocsin
ZSH := $(SHARE)/zsh/vendor-completions/_tocsin
FISH := $(SHARE)/fish/vendor_completions.d/tocsin.fish
RULES := $(SHARE)/tocsin/rules
# What is written for /usr and /etc, as it reads where it is installed.
PLACED := sed -e 's|/usr/bin/tocsin|$(prefix)/bin/tocsin|g' \
    -e 's|/usr/share/tocsin|$(prefix)/share/tocsin|g' -e 's|/etc/tocsin|$(sysconfdir)/tocsin|g'

.PHONY: demo test build setup install uninstall

demo: build
	$(BINARY) demo

test: build $(VENV) $(RSYSLOG)
	swift test
	.build/release/tocsin-bench --smoke
	.build/release/tocsin-bench allocations

build: setup
	swift build -c release --static-swift-stdlib

install:
	@[ -x $(BINARY) ] || { echo "There is no $(BINARY): run \`make build\` first."; exit 1; }
	install -D -m 755 $(BINARY) $(PROGRAM)
	! command -v strip >/dev/null || strip $(PROGRAM)
	install -d $(dir $(UNIT)) $(dir $(CONFIGURATION)) $(dir $(MANUAL)) $(dir $(BASH)) \
	    $(dir $(ZSH)) $(dir $(FISH)) $(RULES)
	$(PLACED) systemd/tocsin.service > $(UNIT)
	[ -e $(CONFIGURATION) ] || $(PLACED) systemd/tocsin.yaml > $(CONFIGURATION)
	cp -R rules/. $(RULES)
	$(BINARY) manual > $(MANUAL)
	$(BINARY) --generate-completion-script bash > $(BASH)
	$(BINARY) --generate-completion-script zsh > $(ZSH)
	$(BINARY) --generate-completion-script fish > $(FISH)

uninstall:
	rm -f $(PROGRAM) $(UNIT) $(MANUAL) $(BASH) $(ZSH) $(FISH)
	rm -rf $(SHARE)/tocsin

# A third-party client for the integration tests, a reader of schemas, writers of formats, and a
# program that publishes.
$(VENV): setup
	[ -e $@ ] || { python3 -m venv .venv && \
	    .venv/bin/pip install --quiet pyzmq jsonschema pyyaml \
	    msgpack geojson 'cloudevents>=2' glances && touch $@; }

# Where it cannot be had, its test says so and is skipped.
$(RSYSLOG): $(VENV)
	@[ -e $@ ] || ! command -v apt-get >/dev/null || { \
	    rm -rf $@.new && mkdir -p $@.new && cd $@.new && \
	    apt-get download -qq $(RSYSLOG_PACKAGES) 2>/dev/null && \
	    for package in *.deb; do dpkg -x $$package . || exit 1; done && \
	    rm *.deb && cd ../.. && mv $@.new $@; } || echo "There is no rsyslog to test with."

setup:
	@command -v swift >/dev/null || { \
	    echo "Tocsin needs Swift 6.2 or newer: https://www.swift.org/install/linux/"; exit 1; }
	@pkg-config --exists 'libzmq >= 4.3' sqlite3 zlib 2>/dev/null && \
	    python3 -c 'import ensurepip' 2>/dev/null && \
	    { command -v systemd-analyze || ! command -v apt-get; } >/dev/null && exit 0; \
	command -v apt-get >/dev/null || { \
	    echo "Please install libzmq 4.3 or newer, SQLite 3 and zlib, all with headers and pkg-config"; \
	    echo "files, and Python 3 with venv; on Debian: $(PACKAGES)"; exit 1; }; \
	sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	$$sudo apt-get update -qq && \
	DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq $(PACKAGES) >/dev/null
