using Vae.OnnxRuntime.Native;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>What a model's file says about itself.</summary>
public sealed class ModelMetadata
{
    /// <param name="metadata">OrtModelMetadata*; stays the caller's.</param>
    internal ModelMetadata(nint metadata)
    {
        ProducerName = Text(Slot.ModelMetadataGetProducerName, metadata);
        GraphName = Text(Slot.ModelMetadataGetGraphName, metadata);
        Domain = Text(Slot.ModelMetadataGetDomain, metadata);
        Description = Text(Slot.ModelMetadataGetDescription, metadata);
        GraphDescription = Text(Slot.ModelMetadataGetGraphDescription, metadata);
        Version = Api.Get(Slot.ModelMetadataGetVersion, metadata);
        CustomMetadataMap = Map(metadata);
    }

    /// <summary>The program that wrote the model.</summary>
    public string ProducerName { get; }

    /// <summary>The graph's name.</summary>
    public string GraphName { get; }

    /// <summary>Whose model it is, as a reversed domain name.</summary>
    public string Domain { get; }

    /// <summary>What the model is for.</summary>
    public string Description { get; }

    /// <summary>What the graph computes.</summary>
    public string GraphDescription { get; }

    /// <summary>The model's version.</summary>
    public long Version { get; }

    /// <summary>Whatever else the model's author says, by key.</summary>
    public Dictionary<string, string> CustomMetadataMap { get; }

    private static string Text(Slot slot, nint metadata) => Api.TakeText(slot, metadata, Api.DefaultAllocator) ?? "";

    private static unsafe Dictionary<string, string> Map(nint metadata)
    {
        nint keys = 0;
        long count = 0;
        Api.Call(
            Slot.ModelMetadataGetCustomMetadataMapKeys,
            metadata,
            Api.DefaultAllocator,
            (nint)(&keys),
            (nint)(&count)
        );
        var map = new Dictionary<string, string>();
        for (var i = 0; i < count; i++)
        {
            var key = ((nint*)keys)[i];
            map[Api.Text(key)] =
                Api.TakeText(Slot.ModelMetadataLookupCustomMetadataMap, metadata, Api.DefaultAllocator, key) ?? "";
            Api.Free(key);
        }
        if (keys != 0)
        {
            Api.Free(keys);
        }
        return map;
    }
}
