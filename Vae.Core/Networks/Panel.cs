namespace Vae.Core.Networks;

/// <summary>A rectangle of a masked weight outside of which its rows have nothing but zeros.</summary>
/// <param name="Row">The first output.</param>
/// <param name="Rows">How many outputs.</param>
/// <param name="Column">The first input that any of them hears.</param>
/// <param name="Columns">How many inputs from there to the last that any of them hears; 1 at least.</param>
/// <param name="Partial">The first input that not all of them hear.</param>
/// <param name="Partials">How many inputs from there to the last that not all of them hear.</param>
public readonly record struct Panel(long Row, long Rows, long Column, long Columns, long Partial, long Partials)
{
    // Eight panels of a triangle leave 9/16 of the products, where half are alive. More of them, or of fewer rows, cost more than they save.
    private const int Most = 8;
    private const int FewestRows = 64;

    /// <summary>A single panel for any mask of such a shape.</summary>
    public static Panel Whole(long outputs, long inputs) => new(0, outputs, 0, inputs, 0, inputs);

    /// <summary>The panels of a mask made of degrees, or a single one that holds everything, where panels save less than an eighth of the products.</summary>
    public static IReadOnlyList<Panel> Of(long[] inputDegrees, long[] outputDegrees, bool strict)
    {
        int inputs = inputDegrees.Length;
        int outputs = outputDegrees.Length;
        int count = Math.Clamp(outputs / FewestRows, 1, Most);
        if (inputs == 0)
        {
            return [Whole(outputs, inputs)];
        }

        var panels = new Panel[count];
        for (int p = 0; p < count; p++)
        {
            int row = outputs * p / count;
            int next = outputs * (p + 1) / count;
            Predicate<long> heard = By(outputDegrees[row..next].Max());
            Predicate<long> byAll = By(outputDegrees[row..next].Min());
            int first = Math.Max(Array.FindIndex(inputDegrees, heard), 0);
            int last = Math.Max(Array.FindLastIndex(inputDegrees, heard), first);
            int columns = last - first + 1;
            int partial = Array.FindIndex(inputDegrees, first, columns, input => !byAll(input));
            int partials =
                partial < 0
                    ? 0
                    : Array.FindLastIndex(inputDegrees, last, columns, input => !byAll(input)) - partial + 1;
            panels[p] = new Panel(row, next - row, first, columns, Math.Max(partial, first), partials);
        }

        long products = panels.Sum(panel => panel.Rows * panel.Columns);
        return 8 * products > 7L * inputs * outputs ? [Whole(outputs, inputs)] : panels;

        Predicate<long> By(long degree) => strict ? input => degree > input : input => degree >= input;
    }
}
