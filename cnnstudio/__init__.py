"""CNN Studio: repairs damaged photographs with convolutional networks, offline.

A photo's way through the house: :mod:`cnnstudio.imaging` reads it, :mod:`cnnstudio.engine` repairs the
pixels under a mask with a network from :mod:`cnnstudio.networks`, and :mod:`cnnstudio.imaging` writes it
with its metadata kept. :mod:`cnnstudio.cli` walks that way from a terminal; the window walks it on a
background thread. The top modules (:mod:`errors`, :mod:`cards`, :mod:`jobs`, :mod:`paths`) are the words
that all rooms share: standard library only.
"""

import os

# Read when torch is loaded. Its threads else wait for one another by spinning, and where other programs want the cores
# as well, a repair of many small steps takes ten times as long. Not to spin at all is half as fast where nobody does:
# GNU's threads spin for some microseconds.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("GOMP_SPINCOUNT", "1000")

__version__ = "0.1.0"
