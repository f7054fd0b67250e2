namespace Vae.Export.Graphs;

/// <summary>One operation of an ONNX graph.</summary>
/// <param name="Operation">ONNX's name of it.</param>
/// <param name="Inputs">What goes in.</param>
/// <param name="Output">What comes out.</param>
/// <param name="Attributes">Attributes: a long, a float, a string, or longs.</param>
internal sealed record OnnxNode(
    string Operation,
    IReadOnlyList<OnnxValue> Inputs,
    OnnxValue Output,
    IReadOnlyList<(string Name, object Value)> Attributes
);
