# Paitify's commands. Each installs what it misses (Debian packages, and says which) and needs a Swift 6.3 toolchain.

PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
DESTDIR ?=
install := PREFIX='$(PREFIX)' LIBDIR='$(LIBDIR)' DESTDIR='$(DESTDIR)' scripts/install.sh

.DEFAULT_GOAL := help
.PHONY: help run test demo build server library bench install install-library uninstall deb sbom docs swagger-ui

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 26

run: build ## start the issuer with a demonstration company; PAITIFY_PORT=8081 for another port
	@scripts/swagger-ui.sh || true
	@scripts/run.sh

test: ## run every test; the last line counts them
	@scripts/test.sh

demo: build ## the whole flow in the terminal: authorize, verify in C with the network off, confirm, rotate
	@scripts/demo.sh

build: server library ## build/bin/paitify and build/lib/libpaitifyverify.so.1

swagger-ui: ## fetch Swagger UI, for the issuer's page /swagger-ui.html
	@scripts/swagger-ui.sh

server:
	@scripts/setup.sh build
	@scripts/build-server.sh

library:
	@scripts/setup.sh build
	@scripts/build-verifier.sh

bench: build ## measure, and compare with the lower bounds of the machine
	@scripts/setup.sh bench
	@benchmarks/bench.sh

install: build ## install everything; PREFIX=, LIBDIR= and DESTDIR= say where
	@$(install)

install-library: library ## the same without the issuer: libraries, headers, pkg-config and CMake files, man pages
	@$(install) --libraries

uninstall: ## remove what the two installed in the same PREFIX= and LIBDIR=
	@$(install) --uninstall

deb: build ## the Debian packages, in build/deb
	@scripts/setup.sh package
	@scripts/build-deb.sh

sbom: build ## what is in what was built, as SPDX 2.3, in build/sbom
	@scripts/sbom.py

docs: ## the documentation of the Swift module Verifier, in build/docs
	@scripts/setup.sh build
	@scripts/build-docs.sh
