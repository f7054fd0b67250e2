using Vae.Primitives;

namespace Vae.Export;

/// <summary>Where a model comes from: what its card says beside what the model itself knows.</summary>
/// <param name="Name">The experiment's name, which becomes the model's.</param>
/// <param name="RunId">The run that trained it.</param>
/// <param name="Kind">The kind of model, such as vae.</param>
/// <param name="Commit">The program's commit in that run; "unknown" outside a checkout.</param>
/// <param name="Config">The run's resolved config, TOML.</param>
/// <param name="Data">What it was trained on.</param>
/// <param name="Image">The shape of an example as an image; null where it is none.</param>
/// <param name="UnitData">Whether examples lie in [0, 1].</param>
public sealed record Provenance(
    string Name,
    string RunId,
    string Kind,
    string Commit,
    string Config,
    ModelCardData Data,
    ModelCardImage? Image,
    bool UnitData
);
