using System.Globalization;

namespace Vae.Experiments.Training;

/// <summary>Averages per image over some steps: loss, ELBO and KL, in nats.</summary>
public readonly record struct RunningMean(double Images, double LossSum, double ElboSum, double KlSum)
{
    /// <summary>Nothing seen yet.</summary>
    public static RunningMean Zero => default;

    /// <summary>Mean loss per image.</summary>
    public double Loss => LossSum / Images;

    /// <summary>Mean ELBO per image.</summary>
    public double Elbo => ElboSum / Images;

    /// <summary>Mean KL(q(z | x) ‖ p(z)) per image.</summary>
    public double Kl => KlSum / Images;

    /// <summary>With a batch added, given by its means.</summary>
    public RunningMean Add(long images, double loss, double elbo, double kl) =>
        new(Images + images, LossSum + images * loss, ElboSum + images * elbo, KlSum + images * kl);

    /// <summary>With other sums added.</summary>
    public RunningMean Add(RunningMean other) =>
        new(Images + other.Images, LossSum + other.LossSum, ElboSum + other.ElboSum, KlSum + other.KlSum);

    /// <summary>The sums, to the last bit.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Images:R} {LossSum:R} {ElboSum:R} {KlSum:R}");

    /// <summary>What <see cref="ToString"/> wrote.</summary>
    public static RunningMean Parse(string text)
    {
        double[] sums = [.. text.Split(' ').Select(s => double.Parse(s, CultureInfo.InvariantCulture))];
        return sums is [var images, var loss, var elbo, var kl]
            ? new RunningMean(images, loss, elbo, kl)
            : throw new FormatException($"'{text}' isn't four numbers");
    }
}
