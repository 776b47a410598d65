"""The commands of the local system: `python -m local setup | up | down | status | logs | sam`."""

import argparse
import sys


def main() -> None:
    """Only `setup` may run on a bare interpreter, so each command imports its own part."""
    parser = argparse.ArgumentParser(prog="python -m local")
    commands = parser.add_subparsers(dest="command", required=True)
    setup = commands.add_parser("setup", help="install everything that is missing")
    setup.add_argument("--sam", action="store_true", help="also the SAM CLI, in an environment of its own")
    up = commands.add_parser("up", help="start everything and wait until it is ready")
    up.add_argument("--servers-only", action="store_true", help="neither migrate nor start functions")
    commands.add_parser("down", help="stop exactly what was started")
    commands.add_parser("status", help="what runs, where, with how much memory")
    logs = commands.add_parser("logs", help="follow the logs")
    logs.add_argument("names", nargs="*", help="servers or functions (default: all)")
    commands.add_parser("sam", help="write the template that samconfig.toml names, for the system that runs")
    arguments = parser.parse_args()
    if arguments.command == "setup":
        setup_command(sam=arguments.sam)
    else:
        running_command(arguments)


def setup_command(*, sam: bool) -> None:
    """Installs; a problem of the machine is told in its own words, without a trace."""
    from local.setup.installation import run_setup, run_setup_sam
    from local.setup.step import SetupError

    try:
        run_setup_sam() if sam else run_setup()
    except SetupError as error:
        sys.exit(str(error))


def running_command(arguments: argparse.Namespace) -> None:
    """Starts, stops or shows the system that the environment's configuration describes."""
    from local import up
    from local.configuration import load
    from local.processes import NotReady
    from local.sam import write_sam_template
    from local.status import follow_logs, print_status

    configuration = load()
    try:
        match arguments.command:
            case "up":
                up.start(configuration, servers_only=arguments.servers_only)
                up.print_places(configuration)
            case "down":
                up.stop(configuration)
            case "status":
                print_status(configuration)
            case "logs":
                follow_logs(configuration, arguments.names)
            case "sam":
                print(write_sam_template(configuration))
    except NotReady as error:
        sys.exit(f"\n{error}\n`make down` stops the rest; `make up` tries again.")


if __name__ == "__main__":
    main()
