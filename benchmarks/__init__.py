"""Benchmarks: nnlab against hand-written scripts and against the limit of the machine.

make bench
"""
