.PHONY: run test bench guides lock

run: ## the portal with its demonstration, on http://127.0.0.1:8000
	@bin/run

test: ## every check, then the whole suite on SQLite and PostgreSQL
	@bin/test

bench: ## figures on the database of `make run`, as ratios of one run
	@bin/install requirements.txt
	@DEBUG=1 .venv/bin/python -W ignore -m benchmarks.pages
	@DEBUG=1 .venv/bin/python -W ignore -m benchmarks.search
	@DEBUG=1 .venv/bin/python -W ignore -m benchmarks.communes

guides: ## take the pictures of the guides again
	@bin/guides

lock: ## write both requirements files again from pyproject.toml
	@bin/lock
