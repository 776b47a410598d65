"""Each server away in turn: what does without it goes on, what needs it says so in time, nothing is lost."""
