namespace Vae.Core.Networks;

/// <summary>The weight of a linear map or convolution: a parameter W itself, or in weight norm g · W / ‖W‖, a norm and a gain for each output.</summary>
/// <remarks>Salimans and Kingma 2016, arXiv:1602.07868, eq. 2.</remarks>
/// <param name="Weight">W, [O, I], [O, I, k, k′], or transposed [I, O, k, k′].</param>
/// <param name="Gain">g: [O]; null without weight norm.</param>
/// <param name="Axis">The outputs' axis in W: 0, transposed 1.</param>
public sealed record Kernel(Parameter Weight, Parameter? Gain, int Axis = 0)
{
    /// <summary>Number of outputs, O.</summary>
    public long Outputs => Weight.shape[Axis];

    /// <summary>W / ‖W‖.</summary>
    public Tensor Direction() => Weight / Norm();

    /// <summary>What multiplies the input.</summary>
    public Tensor Value() => Gain is null ? Weight : Weight * (Gain.view(Norm().shape) / Norm());

    private Tensor Norm() =>
        Weight
            .square()
            .sum([.. Enumerable.Range(0, (int)Weight.dim()).Where(i => i != Axis).Select(i => (long)i)], keepdim: true)
            .sqrt();
}
