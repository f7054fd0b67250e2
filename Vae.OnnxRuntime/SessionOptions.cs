using Vae.OnnxRuntime;
using Vae.OnnxRuntime.Native;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>How a session computes. A session copies its options: they may be disposed of, or used for another one.</summary>
public sealed class SessionOptions : NativeHandle
{
    /// <summary>ONNX Runtime's defaults.</summary>
    public SessionOptions()
        : base(Api.Get(Slot.CreateSessionOptions), Slot.ReleaseSessionOptions) { }

    /// <summary>Plans memory by the shapes of earlier runs; worth it where they don't change. On by default.</summary>
    public bool EnableMemoryPattern
    {
        get;
        set
        {
            Set(value ? Slot.EnableMemPattern : Slot.DisableMemPattern);
            field = value;
        }
    } = true;

    /// <summary>Keeps freed memory for the next run. On by default.</summary>
    public bool EnableCpuMemArena
    {
        get;
        set
        {
            Set(value ? Slot.EnableCpuMemArena : Slot.DisableCpuMemArena);
            field = value;
        }
    } = true;

    /// <summary>Where the session writes its optimised model; "" for nowhere.</summary>
    public string OptimizedModelFilePath
    {
        get;
        set
        {
            Set(Slot.SetOptimizedModelFilePath, value);
            field = value;
        }
    } = "";

    /// <summary>What the session's log lines begin with.</summary>
    public string LogId
    {
        get;
        set
        {
            Set(Slot.SetSessionLogId, value);
            field = value;
        }
    } = "";

    /// <summary>From which severity on the session writes to standard error.</summary>
    public OrtLoggingLevel LogSeverityLevel
    {
        get;
        set
        {
            Set(Slot.SetSessionLogSeverityLevel, (nint)value);
            field = value;
        }
    } = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING;

    /// <summary>How much the severity "verbose" writes.</summary>
    public int LogVerbosityLevel
    {
        get;
        set
        {
            Set(Slot.SetSessionLogVerbosityLevel, value);
            field = value;
        }
    }

    /// <summary>Threads within an operator; 0 for one per core, 1 for the caller's own only.</summary>
    public int IntraOpNumThreads
    {
        get;
        set
        {
            Set(Slot.SetIntraOpNumThreads, value);
            field = value;
        }
    }

    /// <summary>Operators at a time, where <see cref="ExecutionMode"/> is parallel; 0 for one per core.</summary>
    public int InterOpNumThreads
    {
        get;
        set
        {
            Set(Slot.SetInterOpNumThreads, value);
            field = value;
        }
    }

    /// <summary>How far the graph is rewritten before it runs. As far as possible by default.</summary>
    public GraphOptimizationLevel GraphOptimizationLevel
    {
        get;
        set
        {
            Set(Slot.SetSessionGraphOptimizationLevel, (nint)value);
            field = value;
        }
    } = GraphOptimizationLevel.ORT_ENABLE_ALL;

    /// <summary>One operator after the other (the default), or several at a time.</summary>
    public ExecutionMode ExecutionMode
    {
        get;
        set
        {
            Set(Slot.SetSessionExecutionMode, (nint)value);
            field = value;
        }
    } = ExecutionMode.ORT_SEQUENTIAL;

    /// <summary>Sets one of ONNX Runtime's many other options, such as session.intra_op.allow_spinning ("0": waiting threads sleep).</summary>
    public void AddSessionConfigEntry(string configKey, string configValue)
    {
        using var key = new NativeText(configKey);
        using var value = new NativeText(configValue);
        using var self = Use();
        Api.Call(Slot.AddSessionConfigEntry, self.Pointer, key.Pointer, value.Pointer);
    }

    /// <summary>Lets an execution provider take what operators it can; the rest stays with those appended later, and the processor.</summary>
    /// <exception cref="OnnxRuntimeException">This build of ONNX Runtime has no such provider, or it does not load.</exception>
    public unsafe void AppendExecutionProvider(string providerName, Dictionary<string, string>? providerOptions = null)
    {
        using var name = new NativeText(providerName);
        using var options = new NativeTexts(providerOptions ?? []);
        using var self = Use();
        fixed (
            nint* keys = options.Keys,
                values = options.Values
        )
        {
            Api.Call(
                Slot.SessionOptionsAppendExecutionProvider,
                self.Pointer,
                name.Pointer,
                (nint)keys,
                (nint)values,
                options.Keys.Length
            );
        }
    }

    /// <summary>Lets NVIDIA's GPU number <paramref name="deviceId"/> take what operators it can.</summary>
    /// <exception cref="OnnxRuntimeException">This build of ONNX Runtime has no CUDA, or it does not load.</exception>
    public unsafe void AppendExecutionProvider_CUDA(int deviceId = 0)
    {
        using var texts = new NativeTexts(new Dictionary<string, string> { ["device_id"] = $"{deviceId}" });
        using var self = Use();
        var cuda = Api.Get(Slot.CreateCUDAProviderOptions);
        try
        {
            fixed (
                nint* keys = texts.Keys,
                    values = texts.Values
            )
            {
                Api.Call(Slot.UpdateCUDAProviderOptions, cuda, (nint)keys, (nint)values, texts.Keys.Length);
            }
            Api.Call(Slot.SessionOptionsAppendExecutionProviderCudaV2, self.Pointer, cuda);
        }
        finally
        {
            Api.Release(Slot.ReleaseCUDAProviderOptions, cuda);
        }
    }

    private void Set(Slot slot)
    {
        using var self = Use();
        Api.Call(slot, self.Pointer);
    }

    private void Set(Slot slot, nint value)
    {
        using var self = Use();
        Api.Call(slot, self.Pointer, value);
    }

    private void Set(Slot slot, string value)
    {
        using var text = new NativeText(value);
        Set(slot, text.Pointer);
    }
}
