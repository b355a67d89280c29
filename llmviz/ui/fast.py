"""Keep reruns in milliseconds. Importing this once is all there is to do.

Streamlit's full garbage collection after every run is switched off in `.streamlit/config.toml`; what the imports have made will never
be garbage, so the collector that remains need not look at it again.
"""

import gc
import sys
from functools import cache

import numpy  # noqa: F401 - imported here so that it is frozen with the rest
from streamlit import config
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

gc.collect()
gc.freeze()
# A page makes some ten thousand objects that live as long as it: looked at 700 at a time they cost a tenth.
gc.set_threshold(20_000, 20, 20)


def settle() -> None:
    """From now on no option of Streamlit changes: it asks for one with each of a page's hundred messages, and for the colours goes six
    times through all of them whenever a page is drawn, which are now written down once. And whoever sends gets the processor sooner from
    whoever draws.
    """
    sys.setswitchinterval(0.001)
    config.get_option = cache(config.get_option)
    config.get_options_for_section = cache(config.get_options_for_section)
    write = app_session._populate_theme_msg

    @cache
    def written(section: str) -> CustomThemeConfig:
        theme = CustomThemeConfig()
        write(theme, section)
        return theme

    def colours(msg: CustomThemeConfig, section: str = "theme") -> None:
        if (theme := written(section)).ByteSize():  # a message that is merged with an empty one counts as given
            msg.MergeFrom(theme)

    app_session._populate_theme_msg = colours
