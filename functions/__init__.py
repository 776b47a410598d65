"""The services: one folder each. This module is the first that every function imports."""

import gc

# An import makes a great many objects that live as long as the environment. With CPython's own threshold (700) the
# collector walks them again and again, a tenth of an API function's import.
gc.set_threshold(50_000, 20, 100)
