"""Bytes in, words out: fetch or read sources and keep what they state, without interpreting it."""
