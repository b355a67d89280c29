"""Keep reruns in milliseconds. Importing this once is all there is to do.

Streamlit's full garbage collection after every run is switched off in `.streamlit/config.toml`; what the imports have made will never
be garbage, so the collector that remains need not look at it again.
"""

import gc

import numpy  # noqa: F401 - imported here so that it is frozen with the rest
import streamlit  # noqa: F401 - as above

gc.collect()
gc.freeze()
