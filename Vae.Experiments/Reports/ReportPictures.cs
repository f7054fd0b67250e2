using System.Buffers.Binary;
using Vae.Experiments.Results;

namespace Vae.Experiments.Reports;

/// <summary>The pictures of a report, inside the page as data; small ones are enlarged without smoothing.</summary>
internal static class ReportPictures
{
    private const int Small = 640;

    // Best known first; others follow by name. The page draws the learning curves itself.
    private static readonly (string Name, string Caption)[] known =
    [
        ("samples", "What the model draws from its prior"),
        ("conditional_samples", "Drawings of each class"),
        ("reconstructions", "Test examples, and what the model makes of them"),
        ("completions", "Sequences that the model goes on with"),
        ("sequence_evolution", "A sequence as it is drawn"),
        ("clusters", "Test examples by the class that the model gives them"),
        ("latent_2d", "Test examples in the latent space"),
        ("latent_clusters", "The same by the model's classes"),
        ("traversals", "One latent dimension moved at a time"),
        ("k_convergence", "log p(x) against the number of samples"),
        ("hais_path", "The path of the annealed chains"),
        ("active_units", "Which latent dimensions are used"),
        ("sample", "Drawn later by vae sample"),
        ("reconstruct", "Made later by vae reconstruct"),
        ("traverse", "Made later by vae traverse"),
    ];

    private static readonly string[] left = ["learning_curves"];

    /// <summary>A figure for each picture of the run.</summary>
    public static IEnumerable<Markup> Of(RunDirectory run) =>
        !Directory.Exists(run.Figures)
            ? []
            : Directory
                .EnumerateFiles(run.Figures, "*.png")
                .Select(file => (File: file, Name: Path.GetFileNameWithoutExtension(file)))
                .Where(picture => !left.Contains(picture.Name))
                .OrderBy(picture => Rank(picture.Name))
                .ThenBy(picture => picture.Name, StringComparer.Ordinal)
                .Select(picture => Figure(File.ReadAllBytes(picture.File), picture.Name));

    private static int Rank(string name)
    {
        int at = Array.FindIndex(known, k => k.Name == name);
        return at < 0 ? known.Length : at;
    }

    private static Markup Figure(byte[] png, string name)
    {
        const int WidthAt = 16; // of a PNG file, in its first chunk; the height follows
        int width = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(WidthAt));
        int height = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(WidthAt + 4));
        int scale = Math.Max(1, Small / width);
        string caption = known.FirstOrDefault(k => k.Name == name).Caption ?? name.Replace('_', ' ');
        return $"""
            <figure class="picture"><img class="{(width < Small ? "pixels" : "smooth")}" width="{width
                * scale}" height="{height * scale}" alt="{caption}" src="data:image/png;base64,{Convert.ToBase64String(
                png
            )}">
            <figcaption>{caption}</figcaption></figure>

            """;
    }
}
