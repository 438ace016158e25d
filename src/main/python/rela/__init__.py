"""Reads dataset homes of rela-convert: rela.open(uri). rela.torch is for trainings, rela.train is bin/train, rela.spark is for Spark."""

from rela.home import Home, WrittenAnew, open, vectors
from rela.manifest import Manifest

__all__ = ["Home", "Manifest", "WrittenAnew", "open", "vectors"]
