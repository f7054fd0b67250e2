namespace Vae.Experiments.Data;

/// <summary>A folder of NumPy files, a sequence of floating-point numbers each, [T, D]; T may differ from one to the next.</summary>
internal static class UserSequences
{
    /// <summary>[T, D] with the T of the longest, from the files' headers. ExperimentException (Data): one has no steps, or another D.</summary>
    public static IReadOnlyList<int> ShapeOf(UserFolder folder)
    {
        var (lengths, dimensions) = Headers(folder);
        return [lengths.Max(), dimensions];
    }

    /// <summary>The T of every sequence, and D.</summary>
    public static (IReadOnlyList<int> Lengths, int Dimensions) Headers(UserFolder folder)
    {
        var lengths = new List<int>();
        int? dimensions = null;
        foreach (var (path, _) in folder.Files)
        {
            var shape = UserFiles.Guard(path, () => Checked(UserArray.Header(path).Dimensions, dimensions));
            lengths.Add(shape[0]);
            dimensions = shape[1];
        }

        return (lengths, dimensions!.Value);
    }

    /// <summary>All of them, filled up with zeros to [steps, D].</summary>
    public static (Split, IReadOnlyList<int>) Read(string name, UserFolder folder, int steps)
    {
        int dimensions = Headers(folder).Dimensions;
        int count = folder.Files.Count;
        var values = new float[checked(count * steps * dimensions)];
        var lengths = new int[count];
        foreach (var (i, (path, _)) in folder.Files.Index())
        {
            var sequence = UserFiles.Guard(path, () => Floats(NpyArray.Parse(File.ReadAllBytes(path))));
            sequence.CopyTo(values, i * steps * dimensions);
            lengths[i] = sequence.Length / dimensions;
        }

        return (
            new(name, count, null, values, folder.Labels)
            {
                Lengths = lengths.All(length => length == steps) ? null : lengths,
            },
            [steps, dimensions]
        );
    }

    private static IReadOnlyList<int> Checked(IReadOnlyList<int> shape, int? dimensions) =>
        shape switch
        {
            [0, _] => throw new InvalidDataException("a sequence of no steps"),
            [_, > 0 and var d] when dimensions is { } others && d != others => throw new InvalidDataException(
                $"{d} numbers a step, but the sequences before it have {others}"
            ),
            [_, > 0] => shape,
            _ => throw new InvalidDataException(
                $"an array of [{string.Join(", ", shape)}]; a sequence is [T, D], T steps of D numbers"
            ),
        };

    private static float[] Floats(NpyArray array) =>
        array.Type is NpyType.F4 or NpyType.F8
            ? UserArray.Finite(array.Floats(), array.Dimensions)
            : throw new InvalidDataException(
                $"elements of type {array.Type}; a sequence is of floating-point numbers (float32 or float64)"
            );
}
