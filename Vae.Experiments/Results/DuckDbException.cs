namespace Vae.Experiments.Results;

/// <summary>A statement that DuckDB refused, in DuckDB's words; <see cref="DuckDb"/> decides whose mistake it was.</summary>
internal sealed class DuckDbException(string message) : Exception(message);
