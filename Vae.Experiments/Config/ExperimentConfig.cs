using Vae.Experiments.Data;

namespace Vae.Experiments.Config;

/// <summary>A whole experiment, as its TOML file and the overrides declare it.</summary>
[Table("The experiment as a whole; these keys stand above the first table.")]
public sealed record ExperimentConfig : IRules
{
    /// <summary>Names the folder of the runs.</summary>
    [Key(
        "The experiment's name; its runs lie in runs/NAME/.",
        Pattern = "[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}",
        PatternDoc = "1 to 64 letters, digits, '.', '_' or '-', without a leading dot",
        Apart = true
    )]
    public required string Name { get; init; }

    /// <summary>The seed of initialisation, batches, binarisation and sampling.</summary>
    [Key("The seed of everything random in the run.", Min = 0, Max = int.MaxValue, Apart = true)]
    public int Seed { get; init; }

    /// <summary>Where tensors live.</summary>
    [Key(
        "Where to compute.",
        Pattern = "cpu|cuda|cuda:[0-9]{1,4}",
        PatternDoc = "\"cpu\", \"cuda\" or \"cuda:N\"",
        Apart = true
    )]
    public string Device { get; init; } = "cpu";

    /// <summary>The number of threads of a CPU run; 0: the fastest.</summary>
    [Key(
        "Threads to compute with; \"auto\" tries, when a run begins, which number is the fastest for a training step, and the run keeps it.",
        Min = 1,
        Max = 1024,
        Zero = "auto",
        Absent = "all cores",
        Apart = true
    )]
    public int? Threads { get; init; }

    /// <summary>Memory that an evaluation may take, in gigabytes.</summary>
    [Key(
        "Gigabytes for the samples that an estimate draws at once, of which half a one is used at most; how many these are follows from it, and stands in run.log.",
        Above = 0,
        Absent = "half of what is free when the run begins, a power of two",
        Apart = true
    )]
    public double? MemoryGb { get; init; }

    /// <summary>The data set.</summary>
    [Key("The data set.")]
    public required DataConfig Data { get; init; }

    /// <summary>The model.</summary>
    [Key("The model.")]
    public required ModelConfig Model { get; init; }

    /// <summary>What training maximises.</summary>
    [Key("What training maximises.")]
    public ObjectiveConfig Objective { get; init; } = new ElboObjectiveConfig();

    /// <summary>How the parameters move.</summary>
    [Key("How the parameters move.")]
    public OptimizerConfig Optimizer { get; init; } = new AdamConfig();

    /// <summary>How long to train and when to look.</summary>
    [Key("How long to train and when to look.")]
    public required TrainConfig Train { get; init; }

    /// <summary>The estimates made after training, in this order.</summary>
    [Key("The estimates made after training, in this order.", Apart = true)]
    public ConfigList<EvaluateConfig> Evaluate { get; init; } = [];

    /// <summary>The pictures.</summary>
    [Key("The pictures.", Apart = true)]
    public FiguresConfig Figures { get; init; } = new();

    /// <summary>What is left for applications.</summary>
    [Key("What is left for applications.", Apart = true)]
    public ExportConfig Export { get; init; } = new();

    /// <summary>How many training examples a step of the optimizer sees.</summary>
    public long ImagesPerStep => (long)Data.BatchSize * Train.Accumulate;

    /// <summary>The resolved config as TOML: every key with its value, and equal again when it is read.</summary>
    public string ToToml() => TomlWriter.Write(this);

    /// <inheritdoc/>
    public IEnumerable<BrokenRule> Broken()
    {
        if (Model.PartLikelihood?.Refuse(Data) is { } unfit)
        {
            yield return new("model.likelihood.kind", unfit);
        }

        if (Data.Labelled is not null && DataShapes.ClassesOf(Data) == 0)
        {
            yield return new(
                "data.labelled",
                $"data.labelled says how many training examples keep their label, but data \"{Schema.KindOf(Data.GetType())}\" has no labels here: leave it out"
            );
        }

        if (
            Model.UsesLabels
            && DataShapes.ClassesOf(Data) is var found
            && found != Model.ClassCount
            && (found == 0 || found > Model.ClassCount)
        )
        {
            yield return new(
                found == 0 ? "model.kind" : "model.classes",
                found == 0
                    ? $"this model learns from labels, and data \"{Schema.KindOf(Data.GetType())}\" has none here"
                    : $"data \"{Schema.KindOf(Data.GetType())}\" has labels up to {found - 1}, and model.classes = {Model.ClassCount} takes 0 to {Model.ClassCount - 1}"
            );
        }

        if (Model.NeedsLabels && Data.Labelled is not null)
        {
            yield return new(
                "data.labelled",
                "data.labelled takes labels away, and this model is of x given its label: give it a [model.classifier], with which unknown labels are summed out"
            );
        }

        if (Export.Parts.Contains("classifier") && Model.ClassCount == 0)
        {
            yield return new("export.parts", "there is no classifier in this model, which has no classes");
        }

        if (Optimizer.Lr is ConstantScheduleConfig { Value: 0 })
        {
            yield return new("optimizer.lr", "optimizer.lr: must be greater than 0, or nothing moves");
        }

        foreach (BrokenRule rule in Model.Broken(this))
        {
            yield return rule;
        }

        if (Objective is ElboObjectiveConfig { FreeBits: > 0 } && Train.Accumulate > 1)
        {
            yield return new(
                "train.accumulate",
                "free_bits looks at the mean KL of a whole batch, which train.accumulate takes apart: use a larger batch_size instead"
            );
        }

        if (Train.Precision == PrecisionName.Tf32 && Device == "cpu")
        {
            yield return new(
                "train.precision",
                "\"tf32\" is a format of NVIDIA's GPUs: it needs device = \"cuda\"; a CPU has \"float32\" and \"bfloat16\""
            );
        }

        if (!Data.HasValidation && Train.EarlyStopping is not null)
        {
            yield return new(
                "train.early_stopping",
                "early stopping needs a validation split, but [data] has valid_size = 0"
            );
        }

        foreach (var (key, network) in Model.Networks)
        {
            foreach (BrokenRule misfit in network.Misfits(DataShapes.Of(Data)))
            {
                yield return misfit with
                {
                    Key = $"{key}.{misfit.Key}",
                };
            }

            if (network.Norm == NormName.Batch && Data.BatchSize == 1)
            {
                yield return new(
                    "data.batch_size",
                    $"batch norm in [{key}] takes mean and variance over a batch, which has a single example here; use a larger batch or norm = \"layer\""
                );
            }
        }

        for (var i = 0; i < Evaluate.Count; i++)
        {
            if (!Data.HasValidation && Evaluate[i].Split == SplitName.Valid)
            {
                yield return new($"evaluate.{i}.split", "there is no validation split: [data] has valid_size = 0");
            }

            foreach (BrokenRule rule in Evaluate[i].Broken(this))
            {
                yield return rule with
                {
                    Key = $"evaluate.{i}.{rule.Key}",
                };
            }
        }
    }

    /// <summary>What is allowed but perhaps not meant, a sentence each.</summary>
    public IEnumerable<string> Warnings()
    {
        if (Data.Labelled is not null && !Model.UsesLabels)
        {
            yield return "data.labelled takes labels from a model that doesn't use any; kind = \"cvae\" with [model.classifier], or \"gmvae\" with supervision, would";
        }

        foreach (string warning in Model.PartLikelihood?.Warnings(Data) ?? [])
        {
            yield return warning;
        }

        if (Model is not VrnnConfig && DataShapes.AreRagged(Data))
        {
            yield return "the sequences differ in length, and this model takes the zeros that fill up the shorter ones as data: its numbers say nothing about sequences; use kind = \"vrnn\" in [model]";
        }

        if (Objective is ElboObjectiveConfig elbo)
        {
            long dimensions = DataShapes.Of(Data).Aggregate(1L, (product, size) => product * size);
            foreach (string warning in elbo.Warnings(dimensions, ImagesPerStep))
            {
                yield return warning;
            }
        }
    }
}
