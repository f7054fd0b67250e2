using Vae.Core.Graphs;
using Vae.Core.Models;

namespace Vae.Export.Parts;

/// <summary>A part of a recurrent model: one step, with what it hears of the steps before as inputs, and what the next one hears as outputs.</summary>
/// <remarks>
/// The state is x_{t−1}, z_{t−1} and (h, c) of each cell from the bottom up: x_in, z_in, h0_in, c0_in, h1_in, ... and x_out, ...; all zeros before the first step.
/// A log-weight of a sequence is the sum of its steps'. A sequence goes on by itself by `prior`, then `decoder`, whose x_out is the most probable x.
/// </remarks>
internal sealed class RecurrentPart : Part
{
    private readonly VariationalRnn model;

    private RecurrentPart(
        string name,
        VariationalRnn model,
        IReadOnlyList<PartInput> inputs,
        IReadOnlyList<PartOutput> outputs
    )
        : base(name, inputs, outputs) => this.model = model;

    internal static IReadOnlyList<Part> Of(VariationalRnn model)
    {
        PartInput x = new("x", model.StepDimensions, InputKind.Data, "this step of an example");
        PartInput eps = new("eps", model.StepLatent, InputKind.Normal, "standard normal noise");
        PartInput latent = new("z", model.StepLatent, InputKind.Normal, "latent variables of this step");
        PartInput[] before =
        [
            new("x_in", model.StepDimensions, InputKind.Data, "x of the step before; 0 at first"),
            new("z_in", model.StepLatent, InputKind.Normal, "z of the step before; 0 at first"),
            .. model.Units.SelectMany(
                (units, i) =>
                    new PartInput[]
                    {
                        new($"h{i}_in", units, InputKind.State, $"h of cell {i} after the step before; 0 at first"),
                        new($"c{i}_in", units, InputKind.State, $"c of cell {i} after the step before; 0 at first"),
                    }
            ),
        ];
        PartOutput[] after =
        [
            .. before.Select(input => new PartOutput(input.Name[..^3] + "_out", $"{input.Name} of the next step")),
        ];
        PartOutput z = new("z", "latent variables of this step");
        PartOutput parameters = new("parameters", LikelihoodMeaning.Of(model.Likelihood));
        PartOutput mean = new("mean", "E[x | h, z], to be drawn");

        return
        [
            Make(
                "encoder",
                [x, .. before],
                new("mean", "mean of the latent variables of this step"),
                new("scale", "standard deviation of each")
            ),
            Make("posterior", [x, eps, .. before], z, new("log_q", "log q(z | h, x) of this step in nats")),
            Make("prior", [eps, .. before], z),
            Make("decoder", [latent, .. before], [parameters, mean, .. after]),
            Make("reconstruct", [x, eps, .. before], [parameters, mean, .. after]),
            Make(
                "log_weight",
                [x, eps, .. before],
                [new("log_w", "log p(x, z | h) - log q(z | h, x) of this step in nats"), .. after]
            ),
        ];

        RecurrentPart Make(string name, PartInput[] inputs, params PartOutput[] outputs) =>
            new(name, model, inputs, outputs);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<T> Forward<T>(IGraph<T> g, IReadOnlyDictionary<string, T> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        (T H, T C)[] cells = [.. model.Units.Select((_, i) => (inputs[$"h{i}_in"], inputs[$"c{i}_in"]))];
        var step = model.Step(g, new RecurrentState<T>(inputs["x_in"], inputs["z_in"], cells));
        switch (Name)
        {
            case "encoder":
                var normal = step.Posterior(inputs["x"]);
                return [normal.Mean, normal.Scale];
            case "posterior":
                var (sample, density) = step.Posterior(inputs["x"]).Sample(g, inputs["eps"]);
                return [sample, density];
            case "prior":
                return [step.Prior().Sample(g, inputs["eps"]).Z];
            case "decoder":
                T own = step.Parameters(inputs["z"]);
                return [own, model.Likelihood.Mean(g, own), .. After(model.Likelihood.Mode(g, own), inputs["z"])];
        }

        T x = inputs["x"];
        var (z, logQ) = step.Posterior(x).Sample(g, inputs["eps"]);
        T parameters = step.Parameters(z);
        if (Name == "reconstruct")
        {
            return [parameters, model.Likelihood.Mean(g, parameters), .. After(x, z)];
        }

        T logPrior = step.Prior().LogDensity(g, z);
        T logW = g.Add(model.Likelihood.LogDensity(g, x, parameters), g.Subtract(logPrior, logQ));
        return [logW, .. After(x, z)];

        IEnumerable<T> After(T lastX, T lastZ) =>
            [lastX, lastZ, .. step.Cells.SelectMany(cell => new[] { cell.H, cell.C })];
    }
}
