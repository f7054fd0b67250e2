namespace Vae.Experiments.Config;

/// <summary>Marks the keys of a schedule that hold the scheduled number itself: what its own key allows holds for them too.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ScheduledAttribute : Attribute;
