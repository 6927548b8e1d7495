"""Timings of the pages: run with `make bench`, never asserted in tests."""
