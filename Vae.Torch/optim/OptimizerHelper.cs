using TorchSharp.Modules;
using Vae.Torch;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What all optimizers share: parameters by name, state tensors per parameter, one native call per step.</summary>
public abstract unsafe partial class OptimizerHelper : optim.Optimizer, IOptimizerState
{
    private readonly (string Name, Parameter Parameter)[] targets;
    private readonly string[] quantities;
    private readonly Tensor?[] states; // [parameter, quantity]; null where this variant of the algorithm has none
    private readonly Tensor steps;
    private readonly nint[] parameterHandles;
    private readonly nint[] stateHandles;
    private readonly Outcome[] outcomes;
    private readonly Rate rate;

    private protected OptimizerHelper(
        IEnumerable<(string name, Parameter parameter)> parameters,
        double lr,
        params (string Quantity, bool Used)[] quantities
    )
    {
        Require(lr >= 0, nameof(lr), lr, "at least 0");
        targets = [.. parameters.Select(p => (p.name, p.parameter))];
        if (targets.GroupBy(t => t.Name).FirstOrDefault(g => g.Count() > 1) is { } same)
        {
            throw new ArgumentException($"Two parameters have the name '{same.Key}'.", nameof(parameters));
        }

        this.quantities = [.. quantities.Select(q => q.Quantity)];
        using IDisposable frozen = no_grad();
        states =
        [
            .. targets.SelectMany(t =>
                quantities.Select(q => q.Used ? t.Parameter.zeros_like().DetachFromDisposeScope() : null)
            ),
        ];
        steps = zeros([targets.Length], ScalarType.Int64).DetachFromDisposeScope();
        parameterHandles = new nint[targets.Length];
        stateHandles = new nint[states.Length];
        outcomes = new Outcome[targets.Length];
        rate = new Rate { LearningRate = lr, InitialLearningRate = lr };
    }

    public override IEnumerable<optim.ILearningRateController> ParamGroups => [rate];

    private protected double LearningRate => rate.LearningRate;

    public override IEnumerable<Parameter> parameters() => targets.Select(t => t.Parameter);

    public override Tensor? step(Func<Tensor>? closure = null)
    {
        Tensor? loss = closure?.Invoke();
        Step(1, null, 0);
        return loss;
    }

    internal void Step(double scale, IReadOnlyList<Tensor>? averages, double kept)
    {
        if (averages is not null && averages.Count != targets.Length)
        {
            throw new ArgumentException($"{averages.Count} averages of {targets.Length} parameters.", nameof(averages));
        }

        using IDisposable frozen = no_grad();
        for (int i = 0; i < targets.Length; i++)
        {
            parameterHandles[i] = targets[i].Parameter.Handle;
        }

        for (int i = 0; i < states.Length; i++)
        {
            stateHandles[i] = states[i]?.Handle ?? 0;
        }

        nint[]? averageHandles = averages?.Select(a => a.Handle).ToArray();
        fixed (
            nint* parameters = parameterHandles,
                state = stateHandles,
                average = averageHandles
        )
        fixed (Outcome* outcome = outcomes)
        fixed (byte* counts = steps.bytes)
        {
            var all = new NativeParameters
            {
                Count = targets.Length,
                Quantities = quantities.Length,
                Parameters = parameters,
                States = state,
                Steps = (long*)counts,
                Outcomes = outcome,
                Scale = scale,
                Averages = average,
                Kept = kept,
            };
            TorchException.ThrowIf(StepNative(&all), GetType().Name);
            for (int i = 0; i < targets.Length; i++)
            {
                if (outcomes[i] == Outcome.Left)
                {
                    using DisposeScope scope = NewDisposeScope();
                    Parameter parameter = targets[i].Parameter;
                    if (parameter.grad is { } gradient)
                    {
                        Update(
                            parameter,
                            scale == 1 ? gradient : gradient.mul_(scale),
                            states.AsSpan(i * quantities.Length, quantities.Length),
                            all.Steps[i]
                        );
                    }

                    averages?[i].mul_(kept).add_(parameter, 1 - kept);
                }
            }
        }
    }

    /// <summary>Updates all parameters that are plain CPU tensors, and counts every parameter's step.</summary>
    private protected abstract int StepNative(NativeParameters* all);

    /// <summary>The same update of one parameter, composed of operators.</summary>
    private protected abstract void Update(Tensor parameter, Tensor gradient, ReadOnlySpan<Tensor?> state, long step);

    IReadOnlyDictionary<string, Tensor> IOptimizerState.StateTensors()
    {
        var tensors = new Dictionary<string, Tensor> { ["step"] = steps };
        for (int i = 0; i < states.Length; i++)
        {
            if (states[i] is { } state)
            {
                tensors.Add($"{targets[i / quantities.Length].Name}.{quantities[i % quantities.Length]}", state);
            }
        }

        return tensors;
    }

    void IOptimizerState.LoadStateTensors(IReadOnlyDictionary<string, Tensor> tensors) =>
        StateLoading.Copy(tensors, ((IOptimizerState)this).StateTensors(), GetType().Name);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            steps.Dispose();
            foreach (Tensor? state in states)
            {
                state?.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private protected static IEnumerable<(string, Parameter)> Numbered(IEnumerable<Parameter> parameters) =>
        parameters.Select((parameter, place) => ($"{place}", parameter));

    /// <summary>The direction of the step before the algorithm: ±g + weight_decay · p.</summary>
    private protected static Tensor Directed(Tensor gradient, Tensor parameter, bool maximize, double weightDecay)
    {
        Tensor g = maximize ? gradient.neg() : gradient;
        return weightDecay == 0 ? g : g.add(parameter, weightDecay);
    }

    private protected static void RequireBetas(double beta1, double beta2)
    {
        Require(beta1 is >= 0 and < 1, nameof(beta1), beta1, "at least 0 and less than 1");
        Require(beta2 is >= 0 and < 1, nameof(beta2), beta2, "at least 0 and less than 1");
    }

    private protected static void Require(bool holds, string name, double value, string allowed)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(name, value, $"An optimizer's {name} must be {allowed}.");
        }
    }

    private sealed class Rate : optim.ILearningRateController
    {
        public double LearningRate { get; set; }

        public double InitialLearningRate { get; set; }
    }
}
