"""Panels around the canvas, one file each."""
