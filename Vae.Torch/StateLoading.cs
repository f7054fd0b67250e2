using static TorchSharp.torch;

namespace Vae.Torch;

/// <summary>Copies stored tensors into live ones by name: all of them, or none when something doesn't fit.</summary>
internal static class StateLoading
{
    internal static void Copy(
        IReadOnlyDictionary<string, Tensor> source,
        IReadOnlyDictionary<string, Tensor> target,
        string owner
    )
    {
        string[] problems =
        [
            .. target.Keys.Where(key => !source.ContainsKey(key)).Select(key => $"'{key}' is missing"),
            .. source.Keys.Where(key => !target.ContainsKey(key)).Select(key => $"'{key}' is unknown to it"),
            .. target.Keys.Where(source.ContainsKey).SelectMany(key => ShapeProblem(key, source[key], target[key])),
        ];
        if (problems.Length > 0)
        {
            throw new InvalidOperationException($"The state doesn't fit {owner}: {string.Join("; ", problems)}.");
        }

        using IDisposable frozen = no_grad();
        foreach ((string key, Tensor live) in target)
        {
            live.copy_(source[key]);
        }
    }

    private static IEnumerable<string> ShapeProblem(string key, Tensor found, Tensor expected) =>
        found.shape.SequenceEqual(expected.shape)
            ? []
            :
            [
                $"'{key}' has the shape [{string.Join(", ", found.shape)}], expected [{string.Join(", ", expected.shape)}]",
            ];
}
