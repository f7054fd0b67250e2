// The engine, in one place: with the real TorchSharp package these three lines and the project reference are all that changes,
// but for what Vae.Torch adds of its own (PhiloxTensor, state files, fused optimizer steps).
global using TorchSharp;
global using TorchSharp.Modules;
global using static TorchSharp.torch;
