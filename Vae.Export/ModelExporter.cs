using Vae.Core.Models;
using Vae.Export.Graphs;
using Vae.Export.Parts;
using Vae.Primitives;

namespace Vae.Export;

/// <summary>From a trained model to ONNX files with their cards, each proved to compute what the model computes.</summary>
/// <param name="model">On the CPU.</param>
/// <param name="provenance">Where it comes from.</param>
/// <param name="options">How to export.</param>
public sealed class ModelExporter(LatentVariableModel model, Provenance provenance, ExportOptions options)
{
    /// <summary>The name of an exported model's file.</summary>
    public const string FileName = "model.onnx";

    /// <summary>Writes &lt;folder&gt;/&lt;name&gt;-&lt;part&gt;/&lt;version&gt;/ with model.onnx and card.json for each part; all or, when anything fails, none.</summary>
    /// <param name="folder">Made where it isn't there.</param>
    /// <param name="examples">Real examples for the proof, and their labels where the model hears them; null: only random inputs.</param>
    /// <param name="say">Hears a sentence for each part.</param>
    /// <returns>The folders.</returns>
    /// <exception cref="ExportException">It can't be exported as asked.</exception>
    /// <exception cref="ParityException">What was written doesn't compute the same.</exception>
    public IReadOnlyList<string> Export(string folder, Observed<Tensor>? examples, Action<string>? say = null)
    {
        using IDisposable off = no_grad();
        bool training = model.training;
        model.eval();
        try
        {
            using var folders = new ModelFolders(folder, provenance.Name);
            var cards = new List<ModelCard>();
            foreach (Part part in Chosen())
            {
                using var scope = NewDisposeScope();
                if (Write(part, folders, examples, say) is { } card)
                {
                    cards.Add(card);
                }
            }

            int version = folders.Commit();
            return [.. cards.Select(card => Path.Combine(folder, $"{card.Name}-{card.Part}", $"{version}"))];
        }
        finally
        {
            model.train(training);
        }
    }

    private IReadOnlyList<Part> Chosen()
    {
        if (!OnnxGraph.Opsets.Contains(options.Opset))
        {
            throw new ExportException(
                $"opset {options.Opset} can't be written; known are {string.Join(" and ", OnnxGraph.Opsets)}"
            );
        }

        IReadOnlyList<Part> parts = Part.Of(model);
        string? unknown = options.Parts?.FirstOrDefault(name => parts.All(part => part.Name != name));
        return unknown is null
            ? [.. parts.Where(part => options.Parts?.Contains(part.Name) ?? true)]
            : throw new ExportException(
                $"a model of kind '{provenance.Kind}' has no part '{unknown}'; it has {string.Join(", ", parts.Select(part => part.Name))}"
            );
    }

    // A part that can't be exported is a failure where it's asked for by name, and left out with a sentence where all were.
    private ModelCard? Write(Part part, ModelFolders folders, Observed<Tensor>? examples, Action<string>? say)
    {
        OnnxGraph graph;
        try
        {
            graph = Trace(part);
        }
        catch (ExportException e) when (options.Parts is null)
        {
            say?.Invoke($"{part.Name}: not exported: {e.Message}");
            return null;
        }

        string draft = folders.Draft(part.Name);
        string file = Path.Combine(draft, FileName);
        Store(graph, part, file, new Dictionary<string, string>());
        var inputs = new ParityInputs(model, provenance.UnitData);
        var real = examples is { } given ? inputs.Real(part, given) : null;
        var differences = new ParityProof(part, options).Hold(file, inputs.Drawn(part, options.RandomInputs), real);
        ModelCard card = CardOf(part, graph, new(options.RandomInputs, ParityProof.BatchSizes, differences));
        Store(graph, part, file, Metadata(card)); // the same graph, and what is known of it by now
        AtomicFile.WriteText(Path.Combine(draft, ModelCard.FileName), card.ToJson() + "\n");
        double worst = differences.Max(d => d.Relative);
        say?.Invoke(
            FormattableString.Invariant($"{part.Name}: {graph.Nodes} operations, largest difference {worst:G2}")
        );
        return card;
    }

    private OnnxGraph Trace(Part part)
    {
        var graph = new OnnxGraph(model, options.Opset, options.Half);
        var inputs = part.Inputs.ToDictionary(input => input.Name, input => graph.Input(input.Name, input.Width));
        foreach (var (output, value) in part.Outputs.Zip(part.Forward(graph, inputs)))
        {
            graph.Output(output.Name, value);
        }

        return graph;
    }

    private void Store(OnnxGraph graph, Part part, string file, IReadOnlyDictionary<string, string> metadata)
    {
        string description = $"{part.Name} of {provenance.Name}, a model of kind {provenance.Kind}";
        try
        {
            AtomicFile.Write(
                file,
                stream => graph.Write(stream, $"{provenance.Name}-{part.Name}", description, metadata)
            );
        }
        catch (NotSupportedException e)
        {
            throw new ExportException(e.Message, e);
        }
    }

    private ModelCard CardOf(Part part, OnnxGraph graph, ModelCardParity parity)
    {
        IReadOnlySet<string> heard = graph.Heard();
        return new ModelCard(
            provenance.Name,
            part.Name,
            provenance.RunId,
            provenance.Kind,
            provenance.Commit,
            provenance.Config,
            provenance.Data,
            provenance.Image,
            model.Dimensions,
            model.Latent,
            model.Classes,
            options.Opset,
            options.Half ? "fp16" : "fp32",
            [
                .. part
                    .Inputs.Where(input => heard.Contains(input.Name))
                    .Select(input => new ModelCardInput(
                        input.Name,
                        [OnnxValue.Batch, input.Width],
                        "FP32",
                        input.Meaning,
                        Range(input.Kind)
                    )),
            ],
            [
                .. graph.Outputs.Zip(
                    part.Outputs,
                    (value, output) => new ModelCardOutput(output.Name, value.Shape, "FP32", output.Meaning)
                ),
            ],
            parity
        );
    }

    private double[]? Range(InputKind kind) =>
        kind switch
        {
            InputKind.Data => provenance.UnitData ? [0, 1] : null,
            InputKind.Normal => [-4, 4],
            InputKind.Label => [0, 1],
            _ => null,
        };

    // The whole card, and what people look for first.
    private static Dictionary<string, string> Metadata(ModelCard card) =>
        new()
        {
            ["name"] = card.Name,
            ["part"] = card.Part,
            ["run_id"] = card.RunId,
            ["commit"] = card.Commit,
            ["data"] = card.Data.Name,
            ["licence"] = card.Data.Licence,
            ["card"] = card.ToJson(),
        };
}
