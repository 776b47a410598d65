"""The layers that cdk/packaging.py built, as CloudFormation resources: synthesis only reads them."""

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from cdk.packaging import BUILD
from cdk.parts.payment_function import RUNTIME
from cdk.specs import LAYERS


def create_layers(scope: Construct, stage: str) -> dict[str, lambda_.ILayerVersion]:
    """Every layer by name; raises FileNotFoundError if one was not built."""
    return {name: _create_layer(scope, stage, name) for name in LAYERS}


def _create_layer(scope: Construct, stage: str, name: str) -> lambda_.LayerVersion:
    folder = BUILD / "aws" / name
    if not folder.is_dir():
        raise FileNotFoundError(f"layer {name} is not built: run `make setup`")
    return lambda_.LayerVersion(
        scope,
        f"{name}-layer",
        layer_version_name=f"paycore-{stage}-{name}",
        description=f"Paycore libraries: {name}",
        code=lambda_.Code.from_asset(str(folder)),
        compatible_runtimes=[RUNTIME],
        compatible_architectures=[lambda_.Architecture.ARM_64],
    )
