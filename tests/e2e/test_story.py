"""The story of the demonstration, as a test."""

import random

from local.configuration import Configuration
from local.story import Story


class TestStory:
    def test_goes_as_told(self, platform: Configuration) -> None:
        seed = random.SystemRandom().randrange(2**32)
        print(f"seed {seed}")
        Story(platform, print, seed).play()
