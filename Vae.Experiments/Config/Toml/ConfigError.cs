namespace Vae.Experiments.Config;

/// <summary>One thing wrong with a config, and where.</summary>
public sealed record ConfigError(Source Source, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Source}: {Message}";
}
