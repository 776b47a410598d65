"""`make demo`: plays the story against the running system and tells where everything is."""

import sys

from local.configuration import HOST, load
from local.story import Story, StoryFailed


def main() -> int:
    """0 when the story went as told."""
    configuration = load()
    try:
        Story(configuration, lambda line: print(line, flush=True)).play()
    except StoryFailed as failure:
        print(f"\nThe story stopped: {failure}", file=sys.stderr)
        return 1
    ports = configuration.ports
    print(
        f"""
The story went as told, and the system goes on running:
  API         {configuration.gateway_url}/v1
  Swagger UI  {configuration.gateway_url}/docs
  Mailbox     http://{HOST}:{ports.mail_web}
  Logs        {configuration.home}/logs
  Stop        make down"""
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
