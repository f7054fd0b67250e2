using Vae.Core.Graphs;

namespace Vae.Core.Networks;

/// <summary>Batch normalisation: y = (x − μ) / √(σ² + ε) · w + b for each channel.</summary>
/// <remarks>
/// μ and σ² are the batch's over every axis but the channels' while the module trains, and running averages otherwise:
/// running ← (1 − momentum) running + momentum batch. A batch of one number per channel has no variance; it takes the running averages.
/// [..., D] with D channels, or images [..., C, H, W] with C of them. Ioffe and Szegedy 2015, arXiv:1502.03167, algorithms 1 and 2.
/// </remarks>
public sealed class BatchNormalisation : nn.Module, IDrawn
{
    private readonly Parameter weight;
    private readonly Parameter bias;
    private readonly Tensor running_mean; // PyTorch's names, in checkpoints too
    private readonly Tensor running_var;
    private readonly double[] shift;

    /// <summary>w begins at 1, b at 0; momentum .001 is TensorFlow's decay .999.</summary>
    public BatchNormalisation(
        long channels,
        bool images = false,
        double momentum = 0.001,
        double eps = 1e-3,
        Device? device = null
    )
        : base(nameof(BatchNormalisation))
    {
        weight = new Parameter(ones([channels], device: device));
        bias = new Parameter(zeros([channels], device: device));
        running_mean = zeros([channels], device: device);
        running_var = ones([channels], device: device);
        shift = new double[channels];
        ChannelAxis = images ? 3 : 1;
        Momentum = momentum;
        Eps = eps;
        RegisterComponents();
    }

    /// <summary>Number of channels.</summary>
    public long Channels => weight.shape[0];

    /// <summary>Where the channels are, counted from the last axis, which is 1.</summary>
    public int ChannelAxis { get; }

    /// <summary>The weight of a new batch in the running averages.</summary>
    public double Momentum { get; }

    /// <summary>ε.</summary>
    public double Eps { get; }

    /// <summary>w: [C].</summary>
    public Parameter Weight => weight;

    /// <summary>b: [C].</summary>
    public Parameter Bias => bias;

    /// <summary>The running mean: [C].</summary>
    public Tensor RunningMean => running_mean;

    /// <summary>The running variance (unbiased, as in PyTorch): [C].</summary>
    public Tensor RunningVariance => running_var;

    /// <summary>Lets b begin at a number other than 0 in some channels.</summary>
    public void BeginAt(long start, long length, double value)
    {
        using IDisposable off = no_grad();
        using var scope = NewDisposeScope();
        shift.AsSpan(checked((int)start), checked((int)length)).Fill(value);
        bias.narrow(0, start, length).fill_(value);
    }

    /// <inheritdoc/>
    public void Draw(Draws draws)
    {
        draws.Constant(weight, 1);
        draws.Constant(bias, 0);
        for (int i = 0; i < shift.Length; i++)
        {
            if (shift[i] != 0)
            {
                bias.narrow(0, i, 1).fill_(shift[i]);
            }
        }
    }

    /// <summary>The normalised x, of the same shape.</summary>
    public T Forward<T>(IGraph<T> g, T x) => g.BatchNorm(x, this);
}
