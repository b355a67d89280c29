"""What browser tests wait for, and how long at most: milliseconds.

Workers give way to everything else (`worker.POLITENESS`), so where all cores run tests a training of seconds takes minutes, and so may the
first answer of one that is still loading.
"""

QUIET = "[data-testid=stApp][data-test-script-state=notRunning]"
MINUTE = 60_000
TRAINED = 5 * MINUTE
