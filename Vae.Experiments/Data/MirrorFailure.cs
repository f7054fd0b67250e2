namespace Vae.Experiments.Data;

/// <summary>Why a mirror didn't give a file.</summary>
public sealed record MirrorFailure(Uri Address, string Reason);
