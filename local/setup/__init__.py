"""Installs what the repository needs on a bare Debian 12; runs on the standard library alone."""
