#!/usr/bin/env bash
# Compiles the three locks again after a change of dependencies in pyproject.toml. Needs uv.
# Add --upgrade to take newer releases. The locks name no index: pip takes the user's own.
set -euo pipefail
cd "$(dirname "$0")/.."

compile() {
    uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header --no-annotate --strip-extras \
        --quiet "$@"
}

compile --output-file packaging/requirements.lock "$@"
compile --extra dev --constraint packaging/requirements.lock \
    --output-file packaging/requirements-dev.lock "$@"
compile --extra package --constraint packaging/requirements.lock \
    --output-file packaging/requirements-package.lock "$@"
