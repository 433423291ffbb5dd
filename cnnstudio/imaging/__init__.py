"""Photographs as arrays: reading, writing, metadata, masks, rectangles. NumPy, Pillow and OpenCV; no Qt, no torch."""
