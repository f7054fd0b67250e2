using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Vae.Inference.Repository;

/// <summary>A version that was found: loaded, or why not.</summary>
internal sealed record ModelState(string Name, int Version, ServedModel? Model, string Reason);

/// <summary>The models of some folders, found, loaded and unloaded.</summary>
internal sealed class ModelRepository(ServiceOptions options, ILogger<ModelRepository> log) : IDisposable
{
    private readonly ConcurrentDictionary<string, IReadOnlyList<ModelState>> models = new(StringComparer.Ordinal);
    private readonly Lock changing = new();
    private readonly IReadOnlyList<string> roots = [.. options.Folders.Select(ModelFile.Root)];

    /// <summary>Whether every model that was there at the start is loaded and warm, or was found unfit.</summary>
    public bool Ready { get; private set; }

    /// <summary>All that was found, by name and version.</summary>
    public IEnumerable<ModelState> States =>
        models.OrderBy(m => m.Key, StringComparer.Ordinal).SelectMany(m => m.Value);

    /// <summary>All that can be asked.</summary>
    public IReadOnlyList<ServedModel> Loaded => [.. States.Select(s => s.Model).OfType<ServedModel>()];

    /// <summary>Loads everything that is there.</summary>
    public void LoadAll()
    {
        foreach (string name in roots.SelectMany(ModelFile.All).Select(f => f.Name).Distinct())
        {
            Load(name);
        }

        Ready = true;
        log.LogInformation("ready with {Count} models", Loaded.Count);
    }

    /// <summary>Loads a model's versions, anew where they were loaded; false: there is none of that name.</summary>
    public bool Load(string name)
    {
        lock (changing)
        {
            IReadOnlyList<ModelFile> files =
                roots.Select(root => ModelFile.Versions(root, name)).FirstOrDefault(found => found.Count > 0) ?? [];
            if (files.Count == 0)
            {
                return false;
            }

            Replace(name, [.. files.Select(Load)]);
            return true;
        }
    }

    /// <summary>Finishes what waits for a model, and frees it; false: there is none of that name.</summary>
    public bool Unload(string name)
    {
        lock (changing)
        {
            if (!models.ContainsKey(name))
            {
                return false;
            }

            Replace(name, []);
            log.LogInformation("unloaded {Model}", name);
            return true;
        }
    }

    /// <summary>The model that a request names, of its newest version where it names none.</summary>
    public ServedModel Find(string name, string? version)
    {
        if (!models.TryGetValue(name, out var states))
        {
            throw Ready
                ? RefusedException.NotFound($"there is no model '{Shown(name)}'; GET /v2/models lists them")
                : RefusedException.NotReady("models are being loaded");
        }

        ModelState state =
            (
                version is null ? states.LastOrDefault(s => s.Model is not null) ?? states[^1]
                : ModelFile.VersionOf(version) is var number and > 0 ? states.FirstOrDefault(s => s.Version == number)
                : null
            )
            ?? throw RefusedException.NotFound(
                $"'{name}' has no version '{Shown(version!)}'; it has {string.Join(", ", states.Select(s => s.Version))}"
            );
        return state.Model
            ?? throw RefusedException.NotReady($"'{name}' version {state.Version} isn't loaded: {state.Reason}");
    }

    /// <summary>The versions of a model that can be asked.</summary>
    public IReadOnlyList<int> VersionsOf(string name) =>
        models.TryGetValue(name, out var states)
            ? [.. states.Where(s => s.Model is not null).Select(s => s.Version)]
            : [];

    private ModelState Load(ModelFile file)
    {
        try
        {
            ServedModel model = ServedModel.Load(file, options);
            log.LogInformation("loaded {Model} version {Version}", file.Name, file.Version);
            return new ModelState(file.Name, file.Version, model, "");
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            log.LogError("{Path} can't be served: {Reason}", file.Path, e.Message);
            return new ModelState(file.Name, file.Version, null, e.Message);
        }
    }

    private void Replace(string name, IReadOnlyList<ModelState> states)
    {
        models.TryGetValue(name, out var old);
        if (states.Count > 0)
        {
            models[name] = states;
        }
        else
        {
            models.TryRemove(name, out _);
        }

        foreach (ModelState state in old ?? [])
        {
            state.Model?.Dispose();
        }
    }

    private static string Shown(string name) => name.Length <= 64 ? name : name[..64] + "...";

    public void Dispose()
    {
        lock (changing)
        {
            foreach (string name in models.Keys)
            {
                Replace(name, []);
            }
        }
    }
}
