"""The template for `sam local`: the services stack, its functions pointed at the servers of the system that runs here.

A file for `--env-vars` would not do: SAM hands on only variables that the template declares, which the address of the
local AWS endpoint is not, and a container sees no file of ours, such as the certificate authority of the servers.
"""

import copy
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from local.aws_endpoint import ssm_parameters
from local.configuration import STAGE, Configuration
from local.template import Template, load_template
from local.variables import function_variables

STACK = f"paycore-{STAGE}-services"
AUTHORITY_LAYER = "LocalAuthorityLayer"
AUTHORITY_FILE = "local-ca.crt"


def write_sam_template(configuration: Configuration) -> Path:
    """Writes it beside the stack's own template, whose assets it names; returns its path."""
    template, folder = load_template(configuration), configuration.template_folder
    authority = configuration.home / "sam"
    authority.mkdir(exist_ok=True)
    shutil.copyfile(configuration.ca_file, authority / AUTHORITY_FILE)
    stack = json.loads((folder / f"{STACK}.template.json").read_text())
    file = folder / "sam.json"
    file.write_text(json.dumps(pointed_here(stack, template, configuration, ssm_parameters(configuration))))
    return file


def pointed_here(
    stack: Mapping[str, Any], template: Template, configuration: Configuration, read_parameter: Callable[[str], str]
) -> dict[str, Any]:
    """The stack with local variables in each of our functions, and a layer with the authority of our servers."""
    changed = copy.deepcopy(dict(stack))
    resources: dict[str, Any] = changed["Resources"]
    resources[AUTHORITY_LAYER] = {
        "Type": "AWS::Lambda::LayerVersion",
        "Properties": {"LayerName": "local-authority"},
        "Metadata": {"aws:asset:path": str(configuration.home / "sam"), "aws:asset:property": "Content"},
    }
    in_container = {str(configuration.ca_file): f"/opt/{AUTHORITY_FILE}"}
    for function in template.of_kind("AWS::Lambda::Function"):
        if not str(function.properties.get("Handler", "")).startswith("functions."):
            continue
        variables = function_variables(template, function, configuration, read_parameter)
        properties = resources[function.logical_id]["Properties"]
        properties["Environment"]["Variables"] = {
            **{name: in_container.get(value, value) for name, value in variables.items()},
            "AWS_ENDPOINT_URL": configuration.aws_endpoint_url,
            "AWS_ENDPOINT_URL_LAMBDA": configuration.invoke_url,
        }
        properties["Layers"].append({"Ref": AUTHORITY_LAYER})
    return changed
