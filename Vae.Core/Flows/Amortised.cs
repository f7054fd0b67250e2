using Vae.Core.Graphs;

namespace Vae.Core.Flows;

/// <summary>The numbers that a flow takes from its context: a linear map of h, or, where there's no context, numbers that are learned as they are.</summary>
/// <remarks>h: [..., C] → [..., N]; without a context [N]. Those that are learned as they are begin as N(0, 0.1²).</remarks>
public sealed class Amortised : nn.Module, IDrawn
{
    private readonly Linear? map;
    private readonly Parameter? free;

    /// <summary>So many numbers from a context of so many, which may be none.</summary>
    public Amortised(long numbers, long context, Device? device = null)
        : base(nameof(Amortised))
    {
        if (context > 0)
        {
            map = nn.Linear(context, numbers, device: device);
        }
        else
        {
            free = new Parameter(zeros([numbers], device: device));
        }

        RegisterComponents();
    }

    /// <inheritdoc/>
    public void Draw(Draws draws)
    {
        if (free is not null)
        {
            draws.Normal(free, 0, 0.1);
        }
    }

    /// <summary>The numbers.</summary>
    public T Forward<T>(IGraph<T> g, T? h) =>
        map is null
            ? g.Learned(free!)
            : g.Linear(h ?? throw new ArgumentNullException(nameof(h)), map.weight, map.bias);
}
