namespace Vae.Export;

/// <summary>How to export.</summary>
public sealed record ExportOptions
{
    /// <summary>The parts; null for all that the model has.</summary>
    public IReadOnlyList<string>? Parts { get; init; }

    /// <summary>The version of ONNX's operators.</summary>
    public int Opset { get; init; } = 17;

    /// <summary>Whether weights are stored, and numbers computed, in half precision.</summary>
    public bool Half { get; init; }

    /// <summary>How many random inputs each part is tried on, in batches of 1, 2, 7 and 64; at least 74.</summary>
    public int RandomInputs { get; init; } = 1000;

    /// <summary>The greatest max |a − b| / max(1, max |b|) of an output: above it nothing is exported.</summary>
    public double Tolerance => Half ? 1e-2 : 1e-4;
}
