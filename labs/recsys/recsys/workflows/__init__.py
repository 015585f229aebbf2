"""A checker of GitHub Actions workflows: what a pipeline may do, and what a stranger may make it do.

A schema accepts a workflow whose token may write everything, whose actions are whatever a tag points at tomorrow, and
whose script is put together from the title of a pull request. Rules of our own look for that and always run;
check-jsonschema, actionlint and zizmor add to the list where they are installed, and a note says where they are not.

report = check(Path("deploy/ci/release.yaml"))
for finding in report.findings:
    print(finding)          # file:line: error [rule] job train: reason. What to do.
"""

from recsys.manifests.finding import Finding, Report
from recsys.workflows.check import check, check_text
from recsys.workflows.rules import RULES
from recsys.workflows.workflow import Job, Step, Workflow

__all__ = ["RULES", "Finding", "Job", "Report", "Step", "Workflow", "check", "check_text"]
