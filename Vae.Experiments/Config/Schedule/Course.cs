namespace Vae.Experiments.Config;

/// <summary>How long training is and how long an epoch of it: what schedules are measured by.</summary>
public sealed record Course(long StepsPerEpoch, long TotalSteps);
