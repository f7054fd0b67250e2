using Microsoft.ML.OnnxRuntime;

namespace Vae.Inference.Repository;

/// <summary>How ONNX Runtime computes here.</summary>
internal static class SessionSettings
{
    public static SessionOptions Create(ServiceOptions options)
    {
        var settings = new SessionOptions
        {
            IntraOpNumThreads = options.Threads,
            InterOpNumThreads = 1,
            EnableMemoryPattern = false, // batches have every size: a plan for each would be kept
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        settings.AddSessionConfigEntry("session.intra_op.allow_spinning", "0"); // waiting threads leave the processor to Kestrel's
        if (options.Cuda)
        {
            settings.AppendExecutionProvider_CUDA(0);
        }

        return settings;
    }
}
