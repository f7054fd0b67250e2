namespace Vae.Core.Networks;

/// <summary>A rectangle of a masked weight outside of which its rows have nothing but zeros.</summary>
/// <param name="Row">The first output.</param>
/// <param name="Rows">How many outputs.</param>
/// <param name="Column">The first input that any of them hears.</param>
/// <param name="Columns">How many inputs from there to the last that any of them hears; 1 at least.</param>
public readonly record struct Panel(long Row, long Rows, long Column, long Columns)
{
    // Eight panels of a triangle leave 9/16 of the products, where half are alive. More of them, or of fewer rows, cost more than they save.
    private const int Most = 8;
    private const int FewestRows = 64;

    /// <summary>The panels of a mask made of degrees, or a single one that holds everything, where panels save less than an eighth of the products.</summary>
    public static IReadOnlyList<Panel> Of(long[] inputDegrees, long[] outputDegrees, bool strict)
    {
        int inputs = inputDegrees.Length;
        int outputs = outputDegrees.Length;
        int count = Math.Clamp(outputs / FewestRows, 1, Most);
        var panels = new Panel[count];
        for (int p = 0; p < count; p++)
        {
            int row = outputs * p / count;
            int next = outputs * (p + 1) / count;
            long degree = outputDegrees[row..next].Max();
            Predicate<long> heard = strict ? input => degree > input : input => degree >= input;
            int first = Math.Max(Array.FindIndex(inputDegrees, heard), 0);
            int last = Math.Max(Array.FindLastIndex(inputDegrees, heard), first);
            panels[p] = new Panel(row, next - row, first, last - first + 1);
        }

        long products = panels.Sum(panel => panel.Rows * panel.Columns);
        return 8 * products > 7L * inputs * outputs ? [new Panel(0, outputs, 0, inputs)] : panels;
    }
}
