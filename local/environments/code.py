"""What an environment sees: its own service and its declared layers, in AWS's order, and nothing of the developer's."""

import os
import shutil
from pathlib import Path

from local.configuration import Configuration
from local.environments.specification import Function
from local.template import REGION


def task_root(function: Function, configuration: Configuration) -> Path:
    """A folder that shows the source tree as the deployed zip would: functions/__init__.py and the one service."""
    root = configuration.home / "code" / function.name
    shutil.rmtree(root, ignore_errors=True)
    package = root / "functions"
    package.mkdir(parents=True)
    sources = configuration.repository / "functions"
    (package / "__init__.py").symlink_to(sources / "__init__.py")
    (package / function.service).symlink_to(sources / function.service, target_is_directory=True)
    return root


def search_path(function: Function, configuration: Configuration, root: Path) -> list[Path]:
    """AWS's order: the code, the layers, then what the runtime ships. A layer that setup did not build is refused."""
    built = configuration.repository / "build" / "layers" / "local"
    folders = [built / name / "python" for name in (*function.layers, "runtime")]
    for folder in folders:
        if not folder.is_dir():
            raise FileNotFoundError(f"{folder} of {function.name} is not built")
    return [root, *folders]


def process_variables(function: Function, configuration: Configuration, runtime_api: str) -> dict[str, str]:
    """The whole environment of one process: Lambda's reserved variables, our endpoints, the function's own."""
    root = configuration.home / "code" / function.name
    scratch = configuration.home / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    path = search_path(function, configuration, root)
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "TZ": ":UTC",
        "HOME": str(scratch),  # so that no ~/.aws of the developer is read
        "TMPDIR": str(scratch),
        "PYTHONPATH": os.pathsep.join(map(str, path)),
        "LAMBDA_TASK_ROOT": str(root),
        "LAMBDA_RUNTIME_DIR": str(path[-1]),
        "_HANDLER": function.handler,
        "AWS_EXECUTION_ENV": function.execution_env,
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "local",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": configuration.aws_endpoint_url,
        "AWS_ENDPOINT_URL_LAMBDA": configuration.invoke_url,
        **function.variables,
    }
