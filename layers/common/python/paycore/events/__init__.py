"""Every event that this system tells the world, by subject. Fields are added, never changed; else a new version."""
