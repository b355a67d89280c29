"""In which order examples with labels are learnt from."""

import numpy as np


def turns(count: int, size: int, seed: int, step: int) -> list[int]:
    """The places of the examples whose turn it is in this step, `size` of `count`: all come equally often, in another order each epoch."""
    size = min(size, count)
    epochs = [divmod(turn, count) for turn in range((step - 1) * size, step * size)]
    orders = {epoch: np.random.default_rng((seed, epoch)).permutation(count) for epoch, _ in epochs}
    return [int(orders[epoch][place]) for epoch, place in epochs]
