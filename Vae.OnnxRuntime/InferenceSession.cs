using Vae.OnnxRuntime;
using Vae.OnnxRuntime.Native;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>A model, ready to run; any number of threads may run it at once.</summary>
/// <remarks>Disposing of a session waits for nobody: runs that have begun finish, and the last one releases the model.</remarks>
public sealed class InferenceSession : NativeHandle
{
    private readonly NodeTable inputs;
    private readonly NodeTable outputs;

    /// <summary>Loads a model's file.</summary>
    /// <exception cref="OnnxRuntimeException">The file isn't there, or is no model that this ONNX Runtime can run.</exception>
    public InferenceSession(string modelPath)
        : this(modelPath, null) { }

    /// <summary>Loads a model's file.</summary>
    /// <exception cref="OnnxRuntimeException">The file isn't there, or is no model that this ONNX Runtime can run.</exception>
    public InferenceSession(string modelPath, SessionOptions? options)
        : this(Load(modelPath, options)) { }

    /// <summary>Loads a model from a file's bytes.</summary>
    /// <exception cref="OnnxRuntimeException">The bytes are no model that this ONNX Runtime can run.</exception>
    public InferenceSession(byte[] model)
        : this(model, null) { }

    /// <summary>Loads a model from a file's bytes.</summary>
    /// <exception cref="OnnxRuntimeException">The bytes are no model that this ONNX Runtime can run.</exception>
    public InferenceSession(byte[] model, SessionOptions? options)
        : this(Load(model, options)) { }

    private InferenceSession(nint session)
        : base(session, Slot.ReleaseSession)
    {
        inputs = NodeTable.Inputs(session);
        outputs = NodeTable.Outputs(session);
        var metadata = Api.Get(Slot.SessionGetModelMetadata, session);
        ModelMetadata = new ModelMetadata(metadata);
        Api.Release(Slot.ReleaseModelMetadata, metadata);
    }

    /// <summary>The inputs' names, in the model's order.</summary>
    public IReadOnlyList<string> InputNames => inputs.Names;

    /// <summary>The outputs' names, in the model's order.</summary>
    public IReadOnlyList<string> OutputNames => outputs.Names;

    /// <summary>What the inputs are.</summary>
    public IReadOnlyDictionary<string, NodeMetadata> InputMetadata => inputs.Metadata;

    /// <summary>What the outputs are.</summary>
    public IReadOnlyDictionary<string, NodeMetadata> OutputMetadata => outputs.Metadata;

    /// <summary>What the model's file says about itself.</summary>
    public ModelMetadata ModelMetadata { get; }

    /// <summary>Runs the model; the outputs come in the order of their names, in memory of their own.</summary>
    /// <exception cref="OnnxRuntimeException">A name or shape or type isn't the model's, or the run was ended by <see cref="RunOptions.Terminate"/>.</exception>
    public IDisposableReadOnlyCollection<OrtValue> Run(
        RunOptions? runOptions,
        IReadOnlyCollection<string> inputNames,
        IReadOnlyCollection<OrtValue> inputValues,
        IReadOnlyCollection<string> outputNames
    )
    {
        ArgumentNullException.ThrowIfNull(outputNames);
        var results = new nint[outputNames.Count];
        RunInto(results, runOptions, inputNames, inputValues, outputNames);
        return new OrtValues(Array.ConvertAll(results, result => new OrtValue(result)));
    }

    /// <summary>Runs the model; the outputs come in the order of their names, in memory of their own.</summary>
    /// <exception cref="OnnxRuntimeException">A name or shape or type isn't the model's, or the run was ended by <see cref="RunOptions.Terminate"/>.</exception>
    public IDisposableReadOnlyCollection<OrtValue> Run(
        RunOptions? runOptions,
        IReadOnlyDictionary<string, OrtValue> inputs,
        IReadOnlyCollection<string> outputNames
    )
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return Run(runOptions, [.. inputs.Keys], [.. inputs.Values], outputNames);
    }

    /// <summary>Runs the model; the outputs are written into tensors of the caller's, nothing is copied.</summary>
    /// <exception cref="OnnxRuntimeException">A name or shape or type isn't the model's, or the run was ended by <see cref="RunOptions.Terminate"/>.</exception>
    public void Run(
        RunOptions? runOptions,
        IReadOnlyCollection<string> inputNames,
        IReadOnlyCollection<OrtValue> inputValues,
        IReadOnlyCollection<string> outputNames,
        IReadOnlyCollection<OrtValue> outputValues
    )
    {
        ArgumentNullException.ThrowIfNull(outputNames);
        ArgumentNullException.ThrowIfNull(outputValues);
        Match(outputNames.Count, outputValues.Count, "output");
        using var results = new Leases(outputValues);
        RunInto(results.Pointers, runOptions, inputNames, inputValues, outputNames);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        var released = base.ReleaseHandle();
        inputs?.Free(); // null if the constructor failed
        outputs?.Free();
        return released;
    }

    private unsafe void RunInto(
        nint[] results,
        RunOptions? runOptions,
        IReadOnlyCollection<string> inputNames,
        IReadOnlyCollection<OrtValue> inputValues,
        IReadOnlyCollection<string> outputNames
    )
    {
        ArgumentNullException.ThrowIfNull(inputNames);
        ArgumentNullException.ThrowIfNull(inputValues);
        Match(inputNames.Count, inputValues.Count, "input");
        using var session = Use();
        using var options = runOptions?.Use() ?? default;
        using var values = new Leases(inputValues);
        fixed (
            nint* fromNames = inputs.AllPointers(inputNames),
                toNames = outputs.Pointers(outputNames)
        )
        fixed (
            nint* from = values.Pointers,
                to = results
        )
        {
            Api.Call(
                Slot.Run,
                session.Pointer,
                options.Pointer,
                (nint)fromNames,
                (nint)from,
                values.Pointers.Length,
                (nint)toNames,
                results.Length,
                (nint)to
            );
        }
    }

    private static void Match(int names, int values, string kind)
    {
        if (names != values)
        {
            throw new ArgumentException($"There are {names} {kind} names and {values} {kind} values.");
        }
    }

    private static nint Load(string path, SessionOptions? options)
    {
        using var file = new NativeText(path);
        return Load(options, Slot.CreateSession, file.Pointer);
    }

    private static unsafe nint Load(byte[] model, SessionOptions? options)
    {
        ArgumentNullException.ThrowIfNull(model);
        fixed (byte* bytes = model)
        {
            return Load(options, Slot.CreateSessionFromArray, (nint)bytes, model.Length);
        }
    }

    private static nint Load(SessionOptions? options, Slot how, params ReadOnlySpan<nint> source)
    {
        using var own = options is null ? new SessionOptions() : null;
        using var settings = (options ?? own)!.Use();
        using var environment = OrtEnv.Instance().Use();
        return Api.Get(how, [environment.Pointer, .. source, settings.Pointer]);
    }
}
