// Draws 64 pictures from an exported model: node samples/digits.mjs MODELS/NAME PICTURE.png
// Needs onnxruntime-node, which ./vae has put into node_modules, and Node.js from 20.15 or 22.2 on (zlib.crc32).
import { writeFileSync } from "node:fs";
import { crc32, deflateSync } from "node:zlib";
import ort from "onnxruntime-node";

const [models, picture] = process.argv.slice(2);
const prior = await ort.InferenceSession.create(`${models}-prior/1/model.onnx`);
const decoder = await ort.InferenceSession.create(`${models}-decoder/1/model.onnx`);

// Standard normal numbers, by Box and Muller. JavaScript's own have no seed, so each run draws other pictures.
const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
const width = prior.inputMetadata[0].shape[1];
const eps = new ort.Tensor("float32", Float32Array.from({ length: 64 * width }, normal), [64, width]);
const { z } = await prior.run({ eps }, ["z"]);
const { mean } = await decoder.run({ z }, ["mean"]); // the expected pixels, from 0 to 1

const side = Math.sqrt(mean.dims[1]); // grey and square
const rows = Buffer.alloc(8 * side * (8 * side + 1)); // 8 rows of 8 pictures; each line of PNG begins with its filter, 0
for (let y = 0; y < 8 * side; y++) {
  for (let x = 0; x < 8 * side; x++) {
    const image = 8 * Math.floor(y / side) + Math.floor(x / side);
    rows[y * (8 * side + 1) + 1 + x] = 255 * mean.data[(image * side + (y % side)) * side + (x % side)];
  }
}

const number = (n) => Buffer.from([n >>> 24, n >>> 16, n >>> 8, n]);
const chunk = (kind, data) => {
  const body = Buffer.concat([Buffer.from(kind), data]);
  return Buffer.concat([number(data.length), body, number(crc32(body))]);
};
const size = Buffer.concat([number(8 * side), number(8 * side), Buffer.from([8, 0, 0, 0, 0])]); // 8 bits, grey
const start = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
writeFileSync(picture, Buffer.concat([start, chunk("IHDR", size), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]));
