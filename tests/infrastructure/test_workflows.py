"""What GitHub runs is what we run: the same script, the same command, the same stages."""

import re

from cdk.environments import STAGES
from tests.infrastructure.conftest import ROOT

WORKFLOWS = ROOT / ".github" / "workflows"


class TestCi:
    def test_runs_the_script_of_every_submission(self) -> None:
        assert "      - run: .ci/run\n" in (WORKFLOWS / "ci.yml").read_text()
        assert (ROOT / ".ci" / "run").is_file()


class TestDeploy:
    def test_offers_the_stages_that_exist(self) -> None:
        (options,) = re.findall(r"options: \[(.*)\]", (WORKFLOWS / "deploy.yml").read_text())
        assert options.split(", ") == list(STAGES)

    def test_waits_for_the_reviewers_of_the_stage_and_stores_no_key(self) -> None:
        text = (WORKFLOWS / "deploy.yml").read_text()
        assert "environment: ${{ inputs.stage }}" in text
        assert "id-token: write" in text
        assert "aws-access-key-id" not in text
