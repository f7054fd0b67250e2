using Vae.Experiments.Config;

namespace Vae.Experiments.Sweeps;

/// <summary>A point of a sweep with its resolved config.</summary>
public sealed record SweepMember(SweepPoint Point, ExperimentConfig Config);
