"""Zstandard: that of the standard library, or its backport to what comes before Python 3.14."""

import sys

if sys.version_info >= (3, 14):
    from compression.zstd import CompressionParameter, ZstdCompressor, ZstdDecompressor
else:
    from backports.zstd import CompressionParameter, ZstdCompressor, ZstdDecompressor

__all__ = ["CompressionParameter", "ZstdCompressor", "ZstdDecompressor"]
