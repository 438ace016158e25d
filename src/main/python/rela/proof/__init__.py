"""The experiment: does training on a home's targets help, on how much of the data, with which targets and policies?"""
