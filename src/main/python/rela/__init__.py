"""Reads dataset homes of rela-convert: rela.open(uri). rela.torch serves trainings, rela.spark Spark; rela.train is bin/train."""

from rela.home import Home, WrittenAnew, open, vectors
from rela.manifest import Manifest

__all__ = ["Home", "Manifest", "WrittenAnew", "open", "vectors"]
