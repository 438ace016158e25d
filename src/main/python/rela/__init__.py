"""Reads dataset homes of rela-convert: rela.open(uri). Training code stands in rela.torch, Spark's in rela.spark."""

from rela.home import Home, WrittenAnew, open, vectors
from rela.manifest import Manifest

__all__ = ["Home", "Manifest", "WrittenAnew", "open", "vectors"]
