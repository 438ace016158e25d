"""Reads dataset homes of rela-convert: rela.open(uri).

What a training reads by stands in rela.torch, a training itself in rela.train (bin/train), Spark's stages in rela.spark.
"""

from rela.home import Home, WrittenAnew, open, vectors
from rela.manifest import Manifest

__all__ = ["Home", "Manifest", "WrittenAnew", "open", "vectors"]
