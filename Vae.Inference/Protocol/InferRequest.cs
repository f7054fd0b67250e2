namespace Vae.Inference.Protocol;

/// <summary>An output that a request asks for: its place in the model's signature, and whether as bytes.</summary>
public readonly record struct WantedOutput(int Index, bool Binary);

/// <summary>A request that was read and checked: it fits its model.</summary>
/// <param name="Id">The client's name for it, sent back.</param>
/// <param name="Inputs">One for each input of the model, in the model's order.</param>
/// <param name="Rows">The batch's size; 1 where the model has no such axis.</param>
/// <param name="Outputs">What is asked for, in the request's order.</param>
/// <param name="Timeout">The client's own limit of its time in the queue.</param>
public sealed record InferRequest(
    string? Id,
    Tensor[] Inputs,
    int Rows,
    IReadOnlyList<WantedOutput> Outputs,
    TimeSpan? Timeout
);
