namespace Vae.Experiments.Evaluation;

/// <summary>The first two principal components of a cloud of points: where its variance is largest.</summary>
/// <remarks>Pearson 1901, doi:10.1080/14786440109462720; eigenvectors of the covariance by orthogonal iteration (Golub and Van Loan, section 8.2.4).</remarks>
public static class PrincipalComponents
{
    private const int Iterations = 300;

    /// <summary>points: [N, Z], Z ≥ 2 → coordinates [N, 2] in float64, and the part of the variance that each axis explains.</summary>
    public static (Tensor Coordinates, double First, double Second) Of(Tensor points)
    {
        ArgumentNullException.ThrowIfNull(points);
        using var scope = NewDisposeScope();
        Tensor x = points.to(ScalarType.Float64);
        x = x - x.mean([0], keepdim: true);
        Tensor covariance = x.t().mm(x).div(Math.Max(1, x.shape[0] - 1));
        long z = covariance.shape[0];
        Tensor a = ones([z, 1], ScalarType.Float64);
        Tensor b = arange(z, ScalarType.Float64).view(z, 1).add(1).cos();
        for (int i = 0; i < Iterations; i++)
        {
            a = Unit(covariance.mm(a));
            Tensor next = covariance.mm(b);
            b = Unit(next - a * (a * next).sum());
        }

        double total = covariance.diag().sum().item<double>();
        return (cat([x.mm(a), x.mm(b)], 1).MoveToOuterDisposeScope(), Part(a), Part(b));

        double Part(Tensor axis) => total > 0 ? (axis * covariance.mm(axis)).sum().item<double>() / total : 0;
    }

    private static Tensor Unit(Tensor v)
    {
        double length = Math.Sqrt((v * v).sum().item<double>());
        return length > 0 ? v.div(length) : v;
    }
}
