"""ReLA-F: training that starts from a home's targets and goes over to an original algorithm."""
