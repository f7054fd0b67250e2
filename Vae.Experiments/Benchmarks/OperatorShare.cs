namespace Vae.Experiments.Benchmarks;

/// <summary>An operator's part in a step.</summary>
/// <param name="Name">Such as aten::sum.</param>
/// <param name="Calls">How often in a step.</param>
/// <param name="Share">Its part of the step's time, without the operators that it calls itself.</param>
public sealed record OperatorShare(string Name, double Calls, double Share);
