"""Benchmarks: how fast other engines answer the same questions on the same words."""
