using System.CommandLine;
using Vae.Core.Models;
using Vae.Experiments.Config;
using Vae.Experiments.Evaluation;
using Vae.Experiments.Figures;
using Vae.Experiments.Training;

namespace Vae.Experiments.Commands;

/// <summary>vae sample, reconstruct and traverse: pictures by a trained model, as PNG.</summary>
internal static class PictureCommands
{
    internal static Command Sample() =>
        Create<SampleRequest>(
            "sample",
            "Draw from the prior: n=64 seed=0 temperature=1 label=7 out=FILE",
            (stored, request) =>
            {
                if (request.Label is { } label && label >= stored.Model.Classes)
                {
                    throw new ExperimentException(
                        ExitCode.Usage,
                        stored.Model.Classes == 0
                            ? $"label={label}: this model has no classes"
                            : $"label={label}: this model has classes 0 to {stored.Model.Classes - 1}"
                    );
                }

                return stored.Pictures.Samples(
                    request.N,
                    new Streams((uint)request.Seed).Of("sample"),
                    request.Temperature,
                    request.Label
                );
            }
        );

    internal static Command Reconstruct() =>
        Create<ReconstructRequest>(
            "reconstruct",
            "Redraw examples through the latent space: n=32 split=test seed=0 seen=14 out=FILE",
            (stored, request) =>
            {
                if (request.Seen is { } steps && (stored.Model.Steps == 0 || steps > stored.Model.Steps))
                {
                    throw new ExperimentException(
                        ExitCode.Usage,
                        stored.Model.Steps == 0
                            ? $"seen={steps}: only a model of sequences (kind \"vrnn\") completes what it has half seen"
                            : $"seen={steps}: these sequences have {stored.Model.Steps} steps"
                    );
                }

                using DeviceSplit split = stored.Load(request.Split);
                if (request.Seen is { } seen)
                {
                    return stored.Pictures.Completions(
                        split,
                        request.N,
                        seen,
                        stored.Streams.Binarise(split.Name + "/evaluate"),
                        new Streams((uint)request.Seed).Of("reconstruct")
                    );
                }

                return stored.Pictures.Reconstructions(
                    split,
                    request.N,
                    stored.Streams.Binarise(split.Name + "/evaluate"),
                    new Streams((uint)request.Seed).Of("reconstruct")
                );
            }
        );

    internal static Command Traverse() =>
        Create<TraverseRequest>(
            "traverse",
            "Move one latent dimension at a time: example=0 split=test dimensions=10 steps=11 range=3 out=FILE",
            (stored, request) =>
            {
                using var scope = NewDisposeScope();
                using DeviceSplit split = stored.Load(request.Split);
                if (request.Example >= split.Count)
                {
                    throw new ExperimentException(
                        ExitCode.Usage,
                        $"example={request.Example}: the {split.Name} split has examples 0 to {split.Count - 1}"
                    );
                }

                long enough = Math.Max(TraverseRequest.Encoded, request.Example + 1);
                Tensor encodings = Encodings.Of(
                    stored.Model,
                    split,
                    enough,
                    stored.Streams.Binarise(split.Name + "/evaluate")
                );
                return stored.Pictures.Traversals(
                    encodings,
                    request.Example,
                    request.Dimensions,
                    request.Steps,
                    request.Range,
                    stored.Model.LabelUse == LabelUse.Always ? split.Labels![request.Example] : null
                );
            }
        );

    private static Command Create<T>(string name, string description, Func<StoredModel, T, Canvas> draw)
        where T : PictureRequest
    {
        var directory = CommonOptions.RunDirectory();
        var keys = new Argument<string[]>("keys") { Description = "key=value ...", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command(name, description) { directory, keys };
        command.SetAction(parsed =>
        {
            T request = RequestReader.Read<T>(name, parsed.GetValue(keys) ?? []);
            using StoredModel stored = StoredModel.Open(parsed.GetRequiredValue(directory));
            string path = request.Out ?? Path.Combine(stored.Run.Figures, $"{name}.png");
            draw(stored, request).Save(path);
            Console.Out.WriteLine(path);
        });
        return command;
    }
}
