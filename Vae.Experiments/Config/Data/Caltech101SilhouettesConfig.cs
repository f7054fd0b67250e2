namespace Vae.Experiments.Config;

/// <summary>CalTech 101 Silhouettes: outlines of objects, 28x28 binary.</summary>
[Kind(
    "caltech101-silhouettes",
    "CalTech 101 Silhouettes: outlines of objects (1) on background (0), 28x28, binary from the start; 4,100 / 2,264 / 2,307, labelled by class."
)]
public sealed record Caltech101SilhouettesConfig : DataConfig;
