"""The jar's Spark ML stages in PySpark 3.5; Spark is given the jar by spark.jars=target/rela-convert.jar.

Parameters have the names, the meaning and the defaults of the Java classes, and are set by keywords:
ImageFeaturizer(inputCol="content", modelUrl="builtin:prior").
"""

from __future__ import annotations

import json
from typing import Any

from pyspark.ml import Pipeline, PipelineModel
from pyspark.ml.common import _java2py
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.util import JavaMLReadable, JavaMLReader, JavaMLWritable
from pyspark.ml.wrapper import JavaEstimator, JavaModel, JavaParams, JavaTransformer
from pyspark.sql import SparkSession


def _param(name: str, doc: str, converter: Any = TypeConverters.toString) -> Param:
    return Param(Params._dummy(), name, doc, converter)


class _Reader(JavaMLReader):
    @classmethod
    def _java_loader_class(cls, clazz: type) -> str:
        return f"io.rela.ml.{clazz.__name__}"


class _Stage(JavaParams, JavaMLReadable, JavaMLWritable):
    """A stage of `io.rela.ml`, by a class of the same name."""

    def __init__(self, java_stage: Any = None, **params: Any) -> None:
        super().__init__()
        name = f"io.rela.ml.{type(self).__name__}"
        try:
            self._java_obj = java_stage or self._new_java_obj(name, self.uid)
        except TypeError as e:
            raise RuntimeError(f"Spark does not have {name}: set spark.jars to rela-convert.jar before the session starts") from e
        self._resetUid(self._java_obj.uid())
        for param in self.params:
            java_param = self._java_obj.getParam(param.name)
            if self._java_obj.hasDefault(java_param):
                self._setDefault(**{param.name: _java2py(self._context(), self._java_obj.getDefault(java_param).get())})
        self._transfer_params_from_java()
        self.setParams(**params)

    def setParams(self, **params: Any) -> _Stage:
        """Sets parameters by their names."""
        self._set(**params)
        return self

    @classmethod
    def read(cls) -> JavaMLReader:
        """Reads what `save` wrote."""
        return _Reader(cls)

    @classmethod
    def _from_java(cls, java_stage: Any) -> _Stage:
        return cls(java_stage)

    @staticmethod
    def _context() -> Any:
        return SparkSession.active().sparkContext


class ImageFeaturizer(_Stage, JavaTransformer):
    """Adds a column of features, what a prior makes of encoded pictures."""

    inputCol = _param("inputCol", "encoded pictures: binary, or a struct with a binary field bytes")
    outputCol = _param("outputCol", "features: array<float>, D values")
    errorCol = _param("errorCol", "why a row has no feature; with handleInvalid keep")
    handleInvalid = _param("handleInvalid", "rows whose picture is bad: error, skip or keep")
    engine = _param("engine", "DJL's engine: PyTorch")
    modelUrl = _param("modelUrl", "a .pt file, a DJL model directory, or builtin:prior")
    batchSize = _param("batchSize", "pictures per forward pass", TypeConverters.toInt)
    device = _param("device", "auto, cpu or gpu")
    inputSize = _param("inputSize", "side of the crop in pixels", TypeConverters.toInt)
    resize = _param("resize", "shorter side before the crop in pixels", TypeConverters.toInt)
    interpolation = _param("interpolation", "bilinear or bicubic")
    mean = _param("mean", "of red, green and blue in [0, 1]", TypeConverters.toListFloat)
    std = _param("std", "of red, green and blue in [0, 1]", TypeConverters.toListFloat)


class ProjectionEstimator(_Stage, JavaEstimator):
    """Fits axes to a column of features; gives a ProjectionModel."""

    inputCol = _param("inputCol", "features: array<float> or an ML vector, D values")
    outputCol = _param("outputCol", "targets: array<float>, k values")
    indexCol = _param("indexCol", "unique position of a sample, long, 0 or more")
    kind = _param("kind", "pca, random or none")
    dimensions = _param("dimensions", "k, the values of a target", TypeConverters.toInt)
    scale = _param("scale", "of the axes: axis, none, shrink or shrink:X")
    seed = _param("seed", "seed of random axes", TypeConverters.toInt)
    blockSize = _param("blockSize", "rows whose moments are made at once", TypeConverters.toInt)

    def _create_model(self, java_model: Any) -> ProjectionModel:
        return ProjectionModel(java_model)


class ProjectionModel(_Stage, JavaModel):
    """Adds a column of targets, features on fitted axes."""

    inputCol = _param("inputCol", "features: array<float> or an ML vector, D values")
    outputCol = _param("outputCol", "targets: array<float>, k values")


def load(path: str) -> Any:
    """A saved Pipeline, PipelineModel or stage with stages of this package in it.

    PySpark's own PipelineModel.load cannot read these: it looks for a Python module io.rela, and Python has an io of its own.
    """
    spark = SparkSession.active()
    kind = json.loads(spark.sparkContext.textFile(f"{path}/metadata").first())["class"]
    java_class = spark.sparkContext._jvm
    for part in kind.split("."):
        java_class = getattr(java_class, part)
    return _wrapped(java_class.load(path))


def _wrapped(java_stage: Any) -> Any:
    kind = java_stage.getClass().getName()
    if kind.startswith("io.rela.ml."):
        return globals()[kind.rpartition(".")[2]](java_stage)
    if kind == "org.apache.spark.ml.PipelineModel":
        made = PipelineModel([_wrapped(stage) for stage in java_stage.stages()])
    elif kind == "org.apache.spark.ml.Pipeline":
        made = Pipeline(stages=[_wrapped(stage) for stage in java_stage.getStages()])
    else:
        return JavaParams._from_java(java_stage)
    made._resetUid(java_stage.uid())
    return made
