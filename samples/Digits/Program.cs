// Draws 64 pictures from an exported model: dotnet run --project samples/Digits -- MODELS/NAME PICTURE.png
using Microsoft.ML.OnnxRuntime;
using Vae.Primitives;

using var prior = new InferenceSession($"{args[0]}-prior/1/model.onnx");
using var decoder = new InferenceSession($"{args[0]}-decoder/1/model.onnx");

var random = new Random(0);
var noise = new float[64 * prior.InputMetadata["eps"].Dimensions[1]];
for (var i = 0; i < noise.Length; i++) // standard normal numbers, by Box and Muller
{
    noise[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}

using var eps = OrtValue.CreateTensorValueFromMemory(noise, [64, noise.Length / 64]);
using var z = prior.Run(null, ["eps"], [eps], ["z"]);
using var images = decoder.Run(null, ["z"], [z[0]], ["mean"]); // the expected pixels, from 0 to 1
var mean = images[0].GetTensorDataAsSpan<float>();

var side = (int)Math.Sqrt(mean.Length / 64); // grey and square
var grid = new byte[mean.Length]; // 8 rows of 8 pictures
for (var i = 0; i < grid.Length; i++)
{
    var (y, x) = (i / (8 * side), i % (8 * side));
    grid[i] = (byte)(255 * mean[(8 * (y / side) + x / side) * side * side + y % side * side + x % side]);
}
AtomicFile.Write(args[1], file => Png.Write(file, 8 * side, 8 * side, 1, grid));
