"""Draws 64 pictures from an exported model: python3 samples/digits.py MODELS/NAME PICTURE.png

Needs numpy and onnxruntime: pip install onnxruntime
"""

import struct
import sys
import zlib

import numpy as np
import onnxruntime as ort

models, picture = sys.argv[1:]
prior = ort.InferenceSession(f"{models}-prior/1/model.onnx", providers=["CPUExecutionProvider"])
decoder = ort.InferenceSession(f"{models}-decoder/1/model.onnx", providers=["CPUExecutionProvider"])

eps = np.random.default_rng(0).standard_normal((64, prior.get_inputs()[0].shape[1]), dtype=np.float32)
(z,) = prior.run(["z"], {"eps": eps})
(mean,) = decoder.run(["mean"], {"z": z})  # the expected pixels, from 0 to 1

side = int(mean.shape[1] ** 0.5)  # grey and square
grid = (255 * mean).astype(np.uint8).reshape(8, 8, side, side).transpose(0, 2, 1, 3).reshape(8 * side, 8 * side)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


with open(picture, "wb") as file:
    rows = b"".join(b"\0" + row.tobytes() for row in grid)
    size = struct.pack(">IIBBBBB", 8 * side, 8 * side, 8, 0, 0, 0, 0)  # 8 bits, grey
    file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
