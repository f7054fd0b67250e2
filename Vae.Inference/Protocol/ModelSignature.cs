using Microsoft.ML.OnnxRuntime;

namespace Vae.Inference.Protocol;

/// <summary>What goes into a model and what comes out.</summary>
public sealed record ModelSignature(IReadOnlyList<TensorInfo> Inputs, IReadOnlyList<TensorInfo> Outputs)
{
    /// <summary>Whether requests may be computed together, one below the other: every tensor begins with the batch's axis.</summary>
    public bool Batches { get; } = Inputs.Count > 0 && Inputs.Concat(Outputs).All(t => t.Batched);

    /// <summary>Names of the outputs, in order.</summary>
    public IReadOnlyList<string> OutputNames { get; } = [.. Outputs.Select(o => o.Name)];

    /// <summary>Names of the inputs, in order.</summary>
    public IReadOnlyList<string> InputNames { get; } = [.. Inputs.Select(i => i.Name)];

    public static ModelSignature Of(InferenceSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return new ModelSignature(
            [.. session.InputNames.Select(n => TensorInfo.From(n, session.InputMetadata[n]))],
            [.. session.OutputNames.Select(n => TensorInfo.From(n, session.OutputMetadata[n]))]
        );
    }

    /// <summary>The place of a name; −1: there is none.</summary>
    public static int Find(IReadOnlyList<TensorInfo> tensors, string name)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        for (int i = 0; i < tensors.Count; i++)
        {
            if (tensors[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }
}
