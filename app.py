"""The CDK app: `cdk synth -c stage=dev` (dev is the default) builds the four stacks of one stage.

A deployment also says under which domain: `-c domain=pay.your.org`.
"""

from aws_cdk import App

from cdk.application import build

app = App()
build(app, app.node.try_get_context("stage") or "dev", app.node.try_get_context("domain"))
app.synth()
