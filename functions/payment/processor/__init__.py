"""The simulated card processor: what the outside company does, with tables of its own. No module of ours uses it."""
