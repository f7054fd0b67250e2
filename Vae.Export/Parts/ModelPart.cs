using Vae.Core.Graphs;
using Vae.Core.Models;

namespace Vae.Export.Parts;

/// <summary>A part of a model of vectors that has an encoder and a decoder.</summary>
internal sealed class ModelPart : Part
{
    private readonly LatentVariableModel model;
    private readonly IAutoencoder coder;

    private ModelPart(
        string name,
        LatentVariableModel model,
        IAutoencoder coder,
        IReadOnlyList<PartInput> inputs,
        IReadOnlyList<PartOutput> outputs
    )
        : base(name, inputs, outputs) => (this.model, this.coder) = (model, coder);

    internal static IReadOnlyList<Part> Of(LatentVariableModel model, IAutoencoder coder)
    {
        PartInput x = new("x", model.Dimensions, InputKind.Data, "an example");
        PartInput eps = new("eps", model.NoiseSize, InputKind.Normal, "standard normal noise");
        PartInput priorEps = eps with { Width = model.PriorNoiseSize };
        PartInput latent = new("z", model.Latent, InputKind.Normal, "latent variables");
        PartInput label = new("label", model.Classes, InputKind.Label, "its class: a row with a single 1");
        PartInput[] none = [];
        PartInput[] given = model.LabelUse == LabelUse.Always ? [label] : none;
        PartInput[] decoded = coder.DecodesLabel ? [label] : none;
        PartOutput z = new("z", "latent variables");
        PartOutput mean = new("mean", "E[x | z], to be drawn");
        PartOutput parameters = new("parameters", LikelihoodMeaning.Of(coder.Likelihood));

        return
        [
            Make(
                "encoder",
                [x, .. model.Classes > 0 ? [label] : none],
                new("mean", "mean of the latent variables, before any flow"),
                new("scale", "standard deviation of each, before any flow"),
                new("context", "what the flows hear of x")
            ),
            Make("posterior", [x, eps, .. given], z, new("log_q", "log q(z | x) in nats")),
            Make("prior", [priorEps, .. decoded], z),
            Make("decoder", [latent, .. decoded], parameters, mean),
            MixesClasses(model, coder)
                ? Make("reconstruct", [x, eps], mean)
                : Make("reconstruct", [x, eps, .. given], parameters, mean),
            Make("log_weight", [x, eps, .. given], new PartOutput("log_w", "log p(x, z) - log q(z | x) in nats")),
            .. model is GaussianMixtureAutoencoder
                ? [Make("classifier", [x], new PartOutput("class_probabilities", "q(y | x)"))]
                : Array.Empty<Part>(),
        ];

        ModelPart Make(string name, PartInput[] inputs, params PartOutput[] outputs) =>
            new(name, model, coder, inputs, outputs);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<T> Forward<T>(IGraph<T> g, IReadOnlyDictionary<string, T> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        T? label = inputs.TryGetValue("label", out T? given) ? given : default;
        Observed<T> x = inputs.TryGetValue("x", out T? example) ? new(example) { Label = label } : default;
        switch (Name)
        {
            case "encoder":
                var (normal, context) = coder.Encode(g, x);
                return context is null ? [normal.Mean, normal.Scale] : [normal.Mean, normal.Scale, context];
            case "posterior":
                var q = model.SamplePosterior(g, x, inputs["eps"]);
                return [q.Z, q.LogQ];
            case "prior":
                return [model.SamplePrior(g, inputs["eps"], label)];
            case "decoder":
                return Decoded(g, inputs["z"], label);
            case "reconstruct":
                return MixesClasses(model, coder)
                    ? [model.Reconstruct(g, x, inputs["eps"])]
                    : Decoded(g, model.SamplePosterior(g, x, inputs["eps"]).Z, label);
            case "log_weight":
                return [model.LogWeights(g, x, inputs["eps"])];
            default:
                return [g.Exp(((GaussianMixtureAutoencoder)model).LogClassPosterior(g, x.X))];
        }
    }

    // A reconstruction without a label by a decoder that hears one is a mean over classes, of which there are no parameters.
    private static bool MixesClasses(LatentVariableModel model, IAutoencoder coder) =>
        coder.DecodesLabel && model.LabelUse != LabelUse.Always;

    private T[] Decoded<T>(IGraph<T> g, T z, T? label)
    {
        T parameters = coder.Parameters(g, z, label);
        return [parameters, coder.Likelihood is { } likelihood ? likelihood.Mean(g, parameters) : parameters];
    }
}
