"""Scenarios of xs-fumo as tests of pytest: PYTEST.md beside this file says how to run them."""

import json
import os
import shlex
import subprocess

import pytest

COMMAND = shlex.split(os.environ.get("XS_FUMO", "npx xs-fumo"))
OPTIONS = shlex.split(os.environ.get("XS_FUMO_OPTIONS", "--board sim"))


class BenchError(Exception):
    """The bench broke: the scenario says nothing of the firmware."""


def scenarios():
    """Names of the scenarios of the suite."""
    words = [*COMMAND, "test", *OPTIONS, "--list", "--json"]
    listed = subprocess.run(words, stdout=subprocess.PIPE, check=True)
    return [row["name"] for row in json.loads(listed.stdout)]


@pytest.fixture
def outcome(request):
    """Runs one scenario: its last event. An error here is an error for pytest, and no failure."""
    words = [*COMMAND, "test", *OPTIONS, "--filter", request.param, "--json"]
    run = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    events = [json.loads(line) for line in run.stdout.splitlines()]
    ends = [e for e in events if e["kind"] == "scenario" and e["phase"] != "began"]
    assert {e["name"] for e in ends} <= {request.param}, "choose scenarios by pytest -k"
    if not ends:
        raise BenchError(f"xs-fumo ended with status {run.returncode}: {run.stderr.strip()}")
    problems = "; ".join(ends[-1].get("problems", []))
    if ends[-1]["phase"] == "error":
        raise BenchError(problems)
    if ends[-1]["phase"] == "skipped":
        pytest.skip(problems)
    return ends[-1]


@pytest.mark.parametrize("outcome", scenarios(), indirect=True)
def test_scenario(outcome):
    assert outcome["phase"] == "passed", "; ".join(outcome.get("problems", []))
