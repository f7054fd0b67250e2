using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Vae.Core.Graphs;
using Vae.Export.Parts;
using Vae.Primitives;

namespace Vae.Export;

/// <summary>Holds an exported part against the model it was made from: the same inputs through ONNX Runtime and through the trainer.</summary>
/// <remarks>
/// Every output b of the trainer and a of ONNX Runtime must have max |a − b| / max(1, max |b|) below the tolerance, over all inputs together. Where a part jumps
/// (it chooses a mixture's component, or a pixel that is 0 or 1), a rounding error may take an input across: such a row counts as equal when it is what the
/// trainer computes for an input that differs by rounding. At most one row in a hundred may.
/// </remarks>
public sealed class ParityProof(Part part, ExportOptions options)
{
    // How many rows the trainer computes at once.
    private const int Chunk = 50;

    /// <summary>The sizes of the batches.</summary>
    public static IReadOnlyList<int> BatchSizes => [1, 2, 7, 64];

    private double Rounding => options.Half ? 1e-3 : 1e-6;

    /// <summary>The largest differences of every output.</summary>
    /// <exception cref="ParityException">One is above the tolerance.</exception>
    /// <param name="file">The exported part.</param>
    /// <param name="random">random inputs by name: [count, Width] each.</param>
    /// <param name="real">Inputs from real examples, where there are any.</param>
    public IReadOnlyList<ModelCardDifference> Hold(
        string file,
        IReadOnlyDictionary<string, Tensor> random,
        IReadOnlyDictionary<string, Tensor>? real
    )
    {
        ArgumentNullException.ThrowIfNull(random);
        try
        {
            using IDisposable off = no_grad();
            return Differences(file, random, real);
        }
        catch (Exception e) when (e is OnnxRuntimeException or DllNotFoundException)
        {
            throw new ParityException($"{part.Name}: ONNX Runtime can't run what was written: {e.Message}", e);
        }
    }

    private IReadOnlyList<ModelCardDifference> Differences(
        string file,
        IReadOnlyDictionary<string, Tensor> random,
        IReadOnlyDictionary<string, Tensor>? real
    )
    {
        using var settings = new SessionOptions();
        using var session = new InferenceSession(file, settings);
        var drawn = Differences(session, random, Batches((int)random.Values.First().shape[0]));
        if (real is null)
        {
            return drawn;
        }

        int rows = (int)real.Values.First().shape[0];
        var seen = Differences(session, real, Enumerable.Repeat(64, rows / 64).Append(rows % 64));
        return
        [
            .. drawn.Zip(
                seen,
                (a, b) =>
                    new ModelCardDifference(a.Name, Math.Max(a.Absolute, b.Absolute), Math.Max(a.Relative, b.Relative))
            ),
        ];
    }

    // So many rows in batches of each size: two thirds in batches of 64, a tenth in each other size, the rest one by one.
    private static int[] Batches(int rows)
    {
        int large = Math.Max(1, rows * 2 / 3 / 64);
        int middle = Math.Max(1, rows / 10 / 7);
        int small = Math.Max(1, rows / 10 / 2);
        int single = rows - (large * 64) - (middle * 7) - (small * 2);
        return
        [
            .. Enumerable.Repeat(1, single),
            .. Enumerable.Repeat(2, small),
            .. Enumerable.Repeat(7, middle),
            .. Enumerable.Repeat(64, large),
        ];
    }

    private List<ModelCardDifference> Differences(
        InferenceSession session,
        IReadOnlyDictionary<string, Tensor> inputs,
        IEnumerable<int> batches
    )
    {
        int rows = (int)inputs.Values.First().shape[0];
        float[][] expected = Trainer(inputs);
        float[][] found = Runtime(session, inputs, batches, expected);
        double[] bounds =
        [
            .. expected.Select(b =>
                options.Tolerance
                * Math.Max(1, b.Where(float.IsFinite).Select(number => Math.Abs((double)number)).DefaultIfEmpty().Max())
            ),
        ];
        int[] off = [.. Enumerable.Range(0, rows).Where(row => Worst(row) > 1)];
        if (off.Length > 0 && off.Length <= rows / 100)
        {
            Excuse(inputs, off, expected, found, Worst);
        }

        return
        [
            .. session.OutputNames.Select(
                (name, i) =>
                {
                    double absolute = Enumerable
                        .Range(0, expected[i].Length)
                        .Select(j => Distance(found[i][j], expected[i][j]))
                        .DefaultIfEmpty()
                        .Max();
                    double relative = absolute / bounds[i] * options.Tolerance;
                    return relative <= options.Tolerance
                        ? new ModelCardDifference(name, absolute, relative)
                        : throw new ParityException(
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"{part.Name}: '{name}' of ONNX Runtime differs from the trainer's by {absolute:G3}, {relative:G3} of its size, where {options.Tolerance:G1} is allowed; nothing was exported"
                            )
                        );
                }
            ),
        ];

        // How many times the bound a row's worst difference is.
        double Worst(int row) =>
            expected
                .Select(
                    (b, i) =>
                    {
                        int width = b.Length / rows;
                        return Enumerable
                                .Range(row * width, width)
                                .Select(j => Distance(found[i][j], b[j]))
                                .DefaultIfEmpty()
                                .Max() / bounds[i];
                    }
                )
                .Max();
    }

    // Rows that the trainer itself computes from inputs a rounding away are compared with those.
    private void Excuse(
        IReadOnlyDictionary<string, Tensor> inputs,
        int[] rows,
        float[][] expected,
        float[][] found,
        Func<int, double> worst
    )
    {
        using var scope = NewDisposeScope();
        Tensor index = tensor([.. rows.Select(row => (long)row)], [rows.Length]);
        foreach (double factor in new[] { 1 + Rounding, 1 - Rounding })
        {
            float[][] near = Trainer(inputs.ToDictionary(i => i.Key, i => i.Value.index_select(0, index) * factor));
            for (int k = 0; k < rows.Length; k++)
            {
                float[][] before =
                [
                    .. expected.Select((b, i) => Row(b, rows[k], near[i].Length / rows.Length).ToArray()),
                ];
                if (worst(rows[k]) <= 1)
                {
                    continue;
                }

                Put([.. near.Select(b => Row(b, k, b.Length / rows.Length).ToArray())]);
                if (!(worst(rows[k]) <= 1))
                {
                    Put(before);
                }

                void Put(float[][] values)
                {
                    for (int i = 0; i < values.Length; i++)
                    {
                        values[i].CopyTo(Row(expected[i], rows[k], values[i].Length));
                    }
                }
            }
        }
    }

    private static Span<float> Row(float[] all, int row, int width) => all.AsSpan(row * width, width);

    private static double Distance(float a, float b) =>
        a == b ? 0
        : float.IsNaN(a) || float.IsNaN(b) ? double.PositiveInfinity
        : Math.Abs((double)a - b);

    private float[][] Trainer(IReadOnlyDictionary<string, Tensor> inputs)
    {
        long rows = inputs.Values.First().shape[0];
        List<float>[] outputs = [];
        for (long start = 0; start < rows; start += Chunk)
        {
            using var scope = NewDisposeScope();
            long count = Math.Min(Chunk, rows - start);
            var made = part.Forward(
                new TensorGraph(),
                inputs.ToDictionary(i => i.Key, i => i.Value.narrow(0, start, count))
            );
            outputs = outputs.Length == 0 ? [.. made.Select(_ => new List<float>())] : outputs;
            foreach (var (list, values) in outputs.Zip(made))
            {
                list.AddRange(Numbers(values));
            }
        }

        return [.. outputs.Select(list => list.ToArray())];
    }

    private static float[][] Runtime(
        InferenceSession session,
        IReadOnlyDictionary<string, Tensor> inputs,
        IEnumerable<int> batches,
        float[][] like
    )
    {
        string[] names = [.. session.InputNames];
        var given = names.ToDictionary(name => name, name => Numbers(inputs[name]));
        int rows = (int)inputs.Values.First().shape[0];
        float[][] outputs = [.. like.Select(values => new float[values.Length])];
        using var options = new RunOptions();
        int start = 0;
        foreach (int size in batches.Where(size => size > 0))
        {
            OrtValue[] values =
            [
                .. names.Select(name =>
                {
                    int width = given[name].Length / rows;
                    return OrtValue.CreateTensorValueFromMemory(
                        given[name][(start * width)..((start + size) * width)],
                        [size, width]
                    );
                }),
            ];
            using var results = session.Run(options, names, values, session.OutputNames);
            for (int i = 0; i < outputs.Length; i++)
            {
                int width = outputs[i].Length / rows;
                results[i].GetTensorDataAsSpan<float>().CopyTo(outputs[i].AsSpan(start * width, size * width));
            }

            foreach (OrtValue value in values)
            {
                value.Dispose();
            }

            start += size;
        }

        return outputs;
    }

    private static float[] Numbers(Tensor values) => values.to(ScalarType.Float32).contiguous().data<float>().ToArray();
}
