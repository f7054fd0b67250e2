namespace Vae.Core.Graphs;

/// <summary>One step of a described model: what it is, which parameters it uses, what comes out, and its cost per image.</summary>
/// <param name="Name">The module's path, such as "encoder.layers.0", or the operation's name where there are no parameters.</param>
/// <param name="Operation">The operation, such as "Linear".</param>
/// <param name="Output">The output's shape without the batch axis.</param>
/// <param name="Parameters">Number of parameters.</param>
/// <param name="Flops">Floating-point operations per image; a multiply-add counts as two.</param>
public sealed record DescribedOperation(string Name, string Operation, Described Output, long Parameters, long Flops);
