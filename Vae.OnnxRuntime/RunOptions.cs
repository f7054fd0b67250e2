using Vae.OnnxRuntime;
using Vae.OnnxRuntime.Native;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>How one run, or several, behave.</summary>
public sealed class RunOptions : NativeHandle
{
    /// <summary>ONNX Runtime's defaults.</summary>
    public RunOptions()
        : base(Api.Get(Slot.CreateRunOptions), Slot.ReleaseRunOptions) { }

    /// <summary>
    /// Ends the runs that have these options, between two operators, with an <see cref="OnnxRuntimeException"/>; may be set from any
    /// thread. As long as it is true, none begins either.
    /// </summary>
    public bool Terminate
    {
        get;
        set
        {
            using var self = Use();
            Api.Call(value ? Slot.RunOptionsSetTerminate : Slot.RunOptionsUnsetTerminate, self.Pointer);
            field = value;
        }
    }

    /// <summary>From which severity on the run writes to standard error.</summary>
    public OrtLoggingLevel LogSeverityLevel
    {
        get;
        set
        {
            Set(Slot.RunOptionsSetRunLogSeverityLevel, (nint)value);
            field = value;
        }
    } = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING;

    /// <summary>How much the severity "verbose" writes.</summary>
    public int LogVerbosityLevel
    {
        get;
        set
        {
            Set(Slot.RunOptionsSetRunLogVerbosityLevel, value);
            field = value;
        }
    }

    /// <summary>What the run's log lines begin with.</summary>
    public string LogId
    {
        get;
        set
        {
            using var text = new NativeText(value);
            Set(Slot.RunOptionsSetRunTag, text.Pointer);
            field = value;
        }
    } = "";

    /// <summary>Sets one of ONNX Runtime's other options of a run, such as memory.enable_memory_arena_shrinkage.</summary>
    public void AddRunConfigEntry(string configKey, string configValue)
    {
        using var key = new NativeText(configKey);
        using var value = new NativeText(configValue);
        using var self = Use();
        Api.Call(Slot.AddRunConfigEntry, self.Pointer, key.Pointer, value.Pointer);
    }

    private void Set(Slot slot, nint value)
    {
        using var self = Use();
        Api.Call(slot, self.Pointer, value);
    }
}
