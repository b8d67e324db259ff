"""Requests that nobody would think of, made from the description of the widget's channel (docs/widget-openapi.yml).

FUZZ_CASES is their number for each operation; `make fuzz` takes many, `make test` few. The number that was sent is
printed. What must hold for each: no error of the server, an answer as it is described, and a server that goes on.
"""

import os
from collections import Counter
from collections.abc import Iterator

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from assistant.settings import ROOT
from tests.server.guarded import Guarded
from tests.server.widget import PATH, Visitor

CASES = int(os.environ.get("FUZZ_CASES", "40"))
CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]
schema = schemathesis.openapi.from_path(str(ROOT / "docs" / "widget-openapi.yml"))
schema.config.generation.update(modes=[schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE])


@pytest.fixture(scope="module")
def sent(guarded: Guarded, request: pytest.FixtureRequest) -> Iterator[Counter[str]]:
    counted: Counter[str] = Counter()
    yield counted
    assert requests.get(f"{guarded.base}/health/ready", timeout=20).status_code == 200
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print(f"\nfuzz: {counted.total()} requests:", ", ".join(f"{name} {n}" for name, n in sorted(counted.items())))


@pytest.fixture(scope="module")
def visitor(guarded: Guarded) -> Visitor:
    return Visitor(guarded)


@schema.parametrize()
@settings(
    max_examples=CASES,
    deadline=None,
    derandomize=CASES <= 100,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_requests_made_from_the_description(
    case: schemathesis.Case, guarded: Guarded, visitor: Visitor, sent: Counter[str]
) -> None:
    answer = case.call(base_url=guarded.base + PATH, headers={"Authorization": f"Bearer {visitor.token}"}, timeout=30)
    sent[f"{answer.status_code}"] += 1
    case.validate_response(answer, checks=CHECKS)
