# make test: installs what is missing, builds, and runs every test.

PACKAGES := libzmq3-dev libsqlite3-dev pkg-config python3-venv

.PHONY: test build setup

test: setup
	swift test

build: setup
	swift build -c release

setup:
	@command -v swift >/dev/null || { echo "Swift 6.2 or newer is needed: https://www.swift.org/install/linux/"; exit 1; }
	@missing=$$(for p in $(PACKAGES); do dpkg -s $$p >/dev/null 2>&1 || echo $$p; done); \
	[ -z "$$missing" ] && exit 0; \
	if ! command -v apt-get >/dev/null; then echo "Please install: $(PACKAGES)"; exit 1; fi; \
	sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	$$sudo apt-get update -qq && $$sudo apt-get install -y -qq $$missing
